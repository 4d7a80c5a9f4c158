use crate::world::{World, kind};
use blastline_jobs::{
    names::Table,
    ports::{BatchOp, Entity, Match, Query, Select, StorageErrorKind as Kind},
};

const TABLE: Table = Table::JobChunks;

async fn rows(world: &World) -> Vec<Entity> {
    let rows = world.tables.query_all(TABLE, &Query::partition("p")).await.unwrap();
    rows.into_iter().map(|row| row.entity).collect()
}

pub async fn a_batch_does_all_its_operations(world: &World) {
    let kept =
        world.tables.insert(TABLE, &Entity::new("p", "kept's").text("a", "1").int("n", 1)).await.unwrap();
    world.tables.insert(TABLE, &Entity::new("p", "gone ü")).await.unwrap();
    let ops = [
        BatchOp::Insert(Entity::new("p", "new").text("text", "line\r\n--batch\r\nHTTP/1.1 500 x\r\n日本 😀")),
        BatchOp::Patch(Entity::new("p", "kept's").int("n", 2), Match::Version(kept)),
        BatchOp::Delete("gone ü".into(), Match::Any),
    ];
    world.tables.batch(TABLE, "p", &ops).await.unwrap();
    assert_eq!(
        rows(world).await,
        [
            Entity::new("p", "kept's").text("a", "1").int("n", 2),
            Entity::new("p", "new").text("text", "line\r\n--batch\r\nHTTP/1.1 500 x\r\n日本 😀"),
        ]
    );
    world.tables.batch(TABLE, "p", &[]).await.unwrap();
}

pub async fn a_failed_batch_leaves_nothing_and_names_the_operation(world: &World) {
    let old = world.tables.insert(TABLE, &Entity::new("p", "b").text("a", "1")).await.unwrap();
    world.tables.patch(TABLE, &Entity::new("p", "b").text("a", "2"), &Match::Any).await.unwrap();
    let before = rows(world).await;
    for (failing, expected, named) in [
        (BatchOp::Insert(Entity::new("p", "b")), Kind::AlreadyExists, "operation 1 (insert b)"),
        (
            BatchOp::Patch(Entity::new("p", "b").text("a", "3"), Match::Version(old.clone())),
            Kind::LostRace,
            "operation 1 (patch b)",
        ),
        (BatchOp::Patch(Entity::new("p", "no"), Match::Any), Kind::NotFound, "operation 1 (patch no)"),
        (BatchOp::Delete("b".into(), Match::Version(old)), Kind::LostRace, "operation 1 (delete b)"),
        (BatchOp::Delete("no".into(), Match::Any), Kind::NotFound, "operation 1 (delete no)"),
    ] {
        let ops = [
            BatchOp::Insert(Entity::new("p", "a")),
            failing,
            BatchOp::Insert(Entity::new("p", "c").int("n", 1)),
        ];
        let error = world.tables.batch(TABLE, "p", &ops).await.unwrap_err();
        assert_eq!(error.kind, expected, "{error}");
        assert!(error.what.ends_with(named), "{error}");
        assert_eq!(rows(world).await, before, "{named}");
    }
}

pub async fn a_batch_that_the_service_does_not_take_is_refused(world: &World) {
    let many: Vec<_> = (0..101).map(|n| BatchOp::Insert(Entity::new("p", format!("{n:03}")))).collect();
    assert_eq!(kind(world.tables.batch(TABLE, "p", &many).await), Kind::TooLarge);
    let elsewhere = [BatchOp::Insert(Entity::new("q", "r"))];
    assert_eq!(kind(world.tables.batch(TABLE, "p", &elsewhere).await), Kind::Invalid);
    let twice = [BatchOp::Insert(Entity::new("p", "r")), BatchOp::Delete("r".into(), Match::Any)];
    assert_eq!(kind(world.tables.batch(TABLE, "p", &twice).await), Kind::Invalid);
    let row = |rk: u32, text: &str| {
        let text = text.repeat(32 * 1024);
        let row = Entity::new("p", format!("{rk}"));
        BatchOp::Insert((0..15).fold(row, |row, n| row.text(&format!("t{n}"), text.clone())))
    };
    let ascii: Vec<_> = (0..9).map(|rk| row(rk, "x")).collect();
    assert_eq!(kind(world.tables.batch(TABLE, "p", &ascii).await), Kind::TooLarge);
    let other: Vec<_> = (0..2).map(|rk| row(rk, "é")).collect();
    assert_eq!(kind(world.tables.batch(TABLE, "p", &other).await), Kind::TooLarge);
    assert_eq!(rows(world).await, []);
    world.tables.batch(TABLE, "p", &ascii[..8]).await.unwrap();
    world.tables.batch(TABLE, "p", &[row(8, "é")]).await.unwrap();
    assert_eq!(rows(world).await.len(), 9);
}

pub async fn a_hundred_operations_fit_in_a_batch(world: &World) {
    let text = "x".repeat(1000);
    let insert = |n: u32| BatchOp::Insert(Entity::new("p", format!("{n:03}")).text("t", text.clone()));
    world.tables.batch(TABLE, "p", &(0..100).map(insert).collect::<Vec<_>>()).await.unwrap();
    let ops: Vec<_> = (0..100)
        .map(|n| match n % 2 {
            0 => BatchOp::Delete(format!("{n:03}"), Match::Any),
            _ => BatchOp::Patch(Entity::new("p", format!("{n:03}")).int("n", n), Match::Any),
        })
        .collect();
    world.tables.batch(TABLE, "p", &ops).await.unwrap();
    let left = rows(world).await;
    assert_eq!(left.len(), 50);
    assert!(left.iter().all(|row| row.get_int("n").unwrap() % 2 == 1));
    assert!(world.tables.get(TABLE, "p", "000", Select::All).await.unwrap().is_none());
}
