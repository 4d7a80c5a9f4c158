use crate::world::{World, kind};
use blastline_jobs::{
    names::Table,
    ports::{Entity, Match, Prop, Query, Select, StorageErrorKind as Kind, Stored},
};
use time::macros::datetime;

const TABLE: Table = Table::JobState;

async fn read(world: &World, pk: &str, rk: &str) -> Option<Stored> {
    world.tables.get(TABLE, pk, rk, Select::All).await.unwrap()
}

pub async fn every_type_comes_back_as_it_was_written(world: &World) {
    let mut entity = Entity::new("job-1", "current")
        .text("empty", "")
        .text("text", "It's 5 µm <&> \"quoted\" \\ 日本 😀\r\n\t end ")
        .text("number_like", "0012")
        .text("date_like", "2026-11-21T10:00:00Z")
        .bool("yes", true)
        .bool("no", false)
        .time("exact", datetime!(2026-11-21 10:11:12.1234567 UTC))
        .time("whole", datetime!(2026-11-21 00:00 UTC))
        .time("early", datetime!(1970-01-01 00:00 UTC));
    for (name, value) in [("int_min", i64::MIN), ("int_max", i64::MAX), ("int_zero", 0), ("int_32", 1 << 31)]
    {
        entity.props.insert(name.into(), Prop::Int(value));
    }
    for (name, value) in [
        ("tiny", 5e-324),
        ("e_value", 3.141_592_653_589_793e-180),
        ("tenth", 0.1),
        ("whole_f", 200.0),
        ("large", f64::MAX),
        ("huge_whole", 1e22),
        ("negative", -12.5),
        ("infinite", f64::INFINITY),
        ("minus_infinite", f64::NEG_INFINITY),
    ] {
        entity.props.insert(name.into(), Prop::Float(value));
    }
    let etag = world.tables.insert(TABLE, &entity).await.unwrap();
    let stored = read(world, "job-1", "current").await.unwrap();
    assert_eq!(stored, Stored { etag, entity });

    world.tables.insert(TABLE, &Entity::new("job-1", "nan").float("f", f64::NAN)).await.unwrap();
    let stored = read(world, "job-1", "nan").await.unwrap();
    assert!(stored.entity.get_float("f").unwrap().is_nan());

    let late = datetime!(2026-11-21 10:11:12.123456789 +02:00);
    world.tables.insert(TABLE, &Entity::new("job-1", "late").time("t", late)).await.unwrap();
    let stored = read(world, "job-1", "late").await.unwrap().entity.get_time("t").unwrap();
    assert_eq!(stored, datetime!(2026-11-21 08:11:12.1234567 UTC), "100 ns are kept");
}

pub async fn an_insert_meets_what_is_there(world: &World) {
    let entity = Entity::new("p", "r").text("a", "first");
    world.tables.insert(TABLE, &entity).await.unwrap();
    let second = world.tables.insert(TABLE, &Entity::new("p", "r").text("a", "second")).await;
    assert_eq!(kind(second), Kind::AlreadyExists);
    assert_eq!(read(world, "p", "r").await.unwrap().entity, entity);
}

pub async fn a_patch_merges_under_a_version(world: &World) {
    let first = world.tables.insert(TABLE, &Entity::new("p", "r").text("a", "1").int("b", 1)).await.unwrap();
    let patch = Entity::new("p", "r").int("b", 2).text("c", "3");
    let second = world.tables.patch(TABLE, &patch, &Match::Version(first.clone())).await.unwrap();
    assert_ne!(first, second);
    let stored = read(world, "p", "r").await.unwrap();
    assert_eq!(stored.etag, second);
    assert_eq!(stored.entity, Entity::new("p", "r").text("a", "1").int("b", 2).text("c", "3"));

    let late =
        world.tables.patch(TABLE, &Entity::new("p", "r").text("a", "old"), &Match::Version(first)).await;
    assert_eq!(kind(late), Kind::LostRace);
    assert_eq!(read(world, "p", "r").await.unwrap().entity.get_text("a").unwrap(), "1");

    world.tables.patch(TABLE, &Entity::new("p", "r").text("a", "any"), &Match::Any).await.unwrap();
    assert_eq!(read(world, "p", "r").await.unwrap().entity.get_text("a").unwrap(), "any");

    for condition in [Match::Any, Match::Version(second)] {
        let nothing = world.tables.patch(TABLE, &Entity::new("p", "absent").text("a", "1"), &condition).await;
        assert_eq!(kind(nothing), Kind::NotFound);
    }
    assert!(read(world, "p", "absent").await.is_none());
}

pub async fn an_upsert_replaces_the_whole_row(world: &World) {
    let created =
        world.tables.upsert(TABLE, &Entity::new("p", "r").text("a", "1").text("b", "2")).await.unwrap();
    let replaced = world.tables.upsert(TABLE, &Entity::new("p", "r").text("b", "3")).await.unwrap();
    assert_ne!(created, replaced);
    let stored = read(world, "p", "r").await.unwrap();
    assert_eq!(stored, Stored { etag: replaced, entity: Entity::new("p", "r").text("b", "3") });
}

pub async fn a_select_brings_only_what_was_asked_for(world: &World) {
    let entity = Entity::new("p", "r").text("a", "1").text("payload_json", "x".repeat(10_000)).int("n", 7);
    let etag = world.tables.insert(TABLE, &entity).await.unwrap();
    let select = Select::Only(&["a", "n", "not_there"]);
    let expected = Stored { etag, entity: Entity::new("p", "r").text("a", "1").int("n", 7) };
    assert_eq!(world.tables.get(TABLE, "p", "r", select).await.unwrap(), Some(expected.clone()));
    let query = Query { select, ..Query::partition("p") };
    assert_eq!(world.tables.query_all(TABLE, &query).await.unwrap(), std::slice::from_ref(&expected));
    let keys = world.tables.get(TABLE, "p", "r", Select::Only(&[])).await.unwrap().unwrap();
    assert_eq!(keys, Stored { entity: Entity::new("p", "r"), ..expected });
    assert_eq!(world.tables.get(TABLE, "p", "absent", select).await.unwrap(), None);
}

pub async fn a_delete_is_conditional_and_told_when_it_finds_nothing(world: &World) {
    let old = world.tables.insert(TABLE, &Entity::new("p", "r")).await.unwrap();
    let new = world.tables.patch(TABLE, &Entity::new("p", "r").text("a", "1"), &Match::Any).await.unwrap();
    assert_eq!(kind(world.tables.delete(TABLE, "p", "r", &Match::Version(old)).await), Kind::LostRace);
    assert!(read(world, "p", "r").await.is_some());
    world.tables.delete(TABLE, "p", "r", &Match::Version(new)).await.unwrap();
    assert!(read(world, "p", "r").await.is_none());
    assert_eq!(kind(world.tables.delete(TABLE, "p", "r", &Match::Any).await), Kind::NotFound);
}

pub async fn keys_may_hold_what_the_service_allows(world: &World) {
    let keys =
        ["it's", "''", "a b", "50%", "%41", "ü-日本-😀", "a&b=c+d", "(x),;:@!$*", "\"q\"", "<a>", "", "."];
    for pk in keys {
        for rk in ["it's", "", "ü 50% &"] {
            let entity = Entity::new(pk, rk).text("a", format!("{pk}|{rk}"));
            let etag = world.tables.insert(TABLE, &entity).await.unwrap();
            let stored = Stored { etag, entity };
            assert_eq!(read(world, pk, rk).await, Some(stored.clone()), "{pk:?} {rk:?}");
            let query = Query { from: Some(rk.into()), to: Some(format!("{rk}!")), ..Query::partition(pk) };
            assert_eq!(world.tables.query_all(TABLE, &query).await.unwrap(), [stored], "{pk:?} {rk:?}");
            world.tables.patch(TABLE, &Entity::new(pk, rk).text("a", "2"), &Match::Any).await.unwrap();
            world.tables.delete(TABLE, pk, rk, &Match::Any).await.unwrap();
            assert_eq!(read(world, pk, rk).await, None);
        }
    }
}

pub async fn keys_that_the_service_forbids_are_refused(world: &World) {
    for bad in ["a/b", "a\\b", "a#b", "a?b", "a\nb", "a\u{7f}b"] {
        for (pk, rk) in [(bad, "r"), ("p", bad)] {
            assert_eq!(
                kind(world.tables.insert(TABLE, &Entity::new(pk, rk)).await),
                Kind::Invalid,
                "{bad:?}"
            );
            assert_eq!(kind(world.tables.upsert(TABLE, &Entity::new(pk, rk)).await), Kind::Invalid);
            assert_eq!(
                kind(world.tables.patch(TABLE, &Entity::new(pk, rk), &Match::Any).await),
                Kind::Invalid
            );
            assert_eq!(kind(world.tables.get(TABLE, pk, rk, Select::All).await), Kind::Invalid);
            assert_eq!(kind(world.tables.delete(TABLE, pk, rk, &Match::Any).await), Kind::Invalid);
        }
    }
    let named = Entity::new("p", "r").text("no-name", "");
    assert_eq!(kind(world.tables.insert(TABLE, &named).await), Kind::Invalid);
}

pub async fn a_missing_table_is_an_error_and_not_an_absent_row(world: &World) {
    let tables = world.bare().tables;
    assert_eq!(kind(tables.get(TABLE, "p", "r", Select::All).await), Kind::NotFound);
    assert_eq!(kind(tables.query(TABLE, &Query::partition("p"), None).await), Kind::NotFound);
    assert_eq!(kind(tables.insert(TABLE, &Entity::new("p", "r")).await), Kind::NotFound);
    assert_eq!(kind(tables.upsert(TABLE, &Entity::new("p", "r")).await), Kind::NotFound);
}
