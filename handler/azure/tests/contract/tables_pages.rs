use crate::world::World;
use blastline_jobs::{
    memory::MemoryTables,
    names::Table,
    ports::{BatchOp, Entity, Match, Query, Select, Tables},
};

const TABLE: Table = Table::JobIndex;

async fn fill(world: &World, pk: &str, keys: &[String]) {
    for hundred in keys.chunks(100) {
        let ops: Vec<_> = hundred
            .iter()
            .map(|rk| BatchOp::Insert(Entity::new(pk, rk).text("rk_again", rk).int("n", 1)))
            .collect();
        world.tables.batch(TABLE, pk, &ops).await.unwrap();
    }
}

/// Reads page by page, checking that no page is larger than asked for.
async fn walk(world: &World, query: &Query) -> Vec<String> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = world.tables.query(TABLE, query, after.as_ref()).await.unwrap();
        assert!(page.rows.len() <= usize::from(query.page_size));
        keys.extend(page.rows.into_iter().map(|row| row.entity.rk));
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}

pub async fn more_rows_than_a_page_come_to_the_last_one(world: &World) {
    let keys: Vec<_> = (0..1_050).map(|n| format!("{n:06}")).collect();
    fill(world, "owner", &keys).await;
    // Neighbours on both sides, which no page may wander into.
    fill(world, "owne", &["x".into()]).await;
    fill(world, "owner2", &["y".into()]).await;
    assert_eq!(walk(world, &Query::partition("owner")).await, keys);
    let query = Query { page_size: 400, select: Select::Only(&["n"]), ..Query::partition("owner") };
    assert_eq!(walk(world, &query).await, keys);
    let first = world.tables.query(TABLE, &Query { page_size: 3, ..query }, None).await.unwrap();
    assert_eq!(first.rows.len(), 3);
    assert_eq!(first.rows[0].entity, Entity::new("owner", "000000").int("n", 1));
    assert!(first.next.is_some());
    assert_eq!(walk(world, &Query::partition("nobody")).await, [""; 0]);
}

pub async fn a_range_of_row_keys_is_cut_where_it_says(world: &World) {
    let keys: Vec<_> = (0..30).map(|n| format!("{n:04}")).collect();
    fill(world, "p", &keys).await;
    let query = |from: Option<&str>, to: Option<&str>, page_size| Query {
        from: from.map(Into::into),
        to: to.map(Into::into),
        page_size,
        ..Query::partition("p")
    };
    for page_size in [1, 4, 1000] {
        assert_eq!(walk(world, &query(Some("0005"), Some("0012"), page_size)).await, keys[5..12]);
        assert_eq!(walk(world, &query(Some("0025"), None, page_size)).await, keys[25..]);
        assert_eq!(walk(world, &query(None, Some("0003"), page_size)).await, keys[..3]);
        assert_eq!(walk(world, &query(Some("00045"), Some("0006"), page_size)).await, keys[5..6]);
        assert_eq!(walk(world, &query(Some("0012"), Some("0005"), page_size)).await, [""; 0]);
    }
}

pub async fn pages_of_keys_in_any_script_follow_each_other(world: &World) {
    let mut keys: Vec<String> =
        ["'", "''a", "Z", "a b", "a+b", "a&b=c", "ä", "日本", "50%", "%2F"].map(String::from).to_vec();
    fill(world, "it's ü 日本", &keys).await;
    let query = Query { page_size: 1, ..Query::partition("it's ü 日本") };
    keys.sort_by_key(|key| key.encode_utf16().collect::<Vec<_>>());
    assert_eq!(walk(world, &query).await, keys);
}

pub async fn pages_survive_a_row_that_goes_away_between_them(world: &World) {
    let keys: Vec<_> = (0..10).map(|n| format!("{n:02}")).collect();
    fill(world, "p", &keys).await;
    let query = Query { page_size: 4, ..Query::partition("p") };
    let first = world.tables.query(TABLE, &query, None).await.unwrap();
    for gone in ["03", "04"] {
        world.tables.delete(TABLE, "p", gone, &Match::Any).await.unwrap();
    }
    let second = world.tables.query(TABLE, &query, first.next.as_ref()).await.unwrap();
    let seen: Vec<_> = second.rows.into_iter().map(|row| row.entity.rk).collect();
    assert_eq!(seen, ["05", "06", "07", "08"]);
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let tables = MemoryTables::ready();
    for rk in ["a", "b", "c"] {
        tables.insert(TABLE, &Entity::new("p", rk)).await.unwrap();
    }
    tables.begin_queries_with_an_empty_page();
    let query = Query { from: Some("b".into()), ..Query::partition("p") };
    let first = tables.query(TABLE, &query, None).await.unwrap();
    assert!(first.rows.is_empty() && first.next.is_some());
    let rows = tables.query_all(TABLE, &query).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.entity.rk.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert!(tables.query_all(TABLE, &Query::partition("none")).await.unwrap().is_empty());
}
