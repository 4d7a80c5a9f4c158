use super::lock;
use crate::{
    names::Table,
    ports::{
        BatchOp, Continuation, ETag, Entity, Match, Page, Prop, Query, Select, StorageError,
        StorageErrorKind, StorageResult, Stored, Tables,
        limits::{batch_op, check_batch, check_entity, check_key, check_query},
    },
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

/// Tables in memory. Clones share their rows.
#[derive(Debug, Clone, Default)]
pub struct MemoryTables {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    tables: HashMap<Table, Rows>,
    writes: u64,
    empty_pages: bool,
}

/// Rows in the service's order, which is that of UTF-16 units.
type Rows = BTreeMap<(Key, Key), Stored>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key(Vec<u16>);

impl Key {
    fn of(text: &str) -> Self {
        Self(text.encode_utf16().collect())
    }
}

impl MemoryTables {
    /// Without any table.
    pub fn new() -> Self {
        Self::default()
    }

    /// With every table there is.
    pub fn ready() -> Self {
        let tables = Self::default();
        lock(&tables.state).tables = Table::ALL.iter().map(|table| (*table, Rows::new())).collect();
        tables
    }

    /// Makes every query begin with an empty page, as the service may at any time.
    pub fn begin_queries_with_an_empty_page(&self) {
        lock(&self.state).empty_pages = true;
    }
}

impl MemoryTables {
    /// One page of all rows of a table.
    pub fn scan(
        &self,
        table: Table,
        select: Select,
        page_size: usize,
        after: Option<&Continuation>,
    ) -> StorageResult<Page> {
        let mut state = lock(&self.state);
        let start = after.map_or_else(
            || (Key::of(""), Key::of("")),
            |after| (Key::of(&after.pk), Key::of(after.rk.as_deref().unwrap_or_default())),
        );
        let mut rows = state.rows(&format!("scan {table}"), table)?.range(start..).map(|(_, row)| row);
        let page = rows.by_ref().take(page_size).map(|row| selected(row, select)).collect();
        let next = rows
            .next()
            .map(|row| Continuation { pk: row.entity.pk.clone(), rk: Some(row.entity.rk.clone()) });
        Ok(Page { rows: page, next })
    }
}

impl State {
    fn rows(&mut self, what: &str, table: Table) -> StorageResult<&mut Rows> {
        let missing = || StorageError::new(StorageErrorKind::NotFound, what, "TableNotFound");
        self.tables.get_mut(&table).ok_or_else(missing)
    }

    fn write(&mut self, what: &str, table: Table, mut entity: Entity) -> StorageResult<ETag> {
        check_entity(what, &entity)?;
        for prop in entity.props.values_mut() {
            if let Prop::Time(moment) = prop {
                // The service keeps 100 ns.
                *moment = moment.replace_nanosecond(moment.nanosecond() / 100 * 100).unwrap_or(*moment);
            }
        }
        self.writes += 1;
        let etag = ETag(format!("W/\"memory'{}'\"", self.writes));
        let key = (Key::of(&entity.pk), Key::of(&entity.rk));
        self.rows(what, table)?.insert(key, Stored { etag: etag.clone(), entity });
        Ok(etag)
    }

    /// The row, where the condition holds for it.
    fn matching(
        &mut self,
        what: &str,
        table: Table,
        pk: &str,
        rk: &str,
        condition: &Match,
    ) -> StorageResult<Stored> {
        check_key(what, pk)?;
        check_key(what, rk)?;
        let row = self.rows(what, table)?.get(&(Key::of(pk), Key::of(rk)));
        let row =
            row.ok_or_else(|| StorageError::new(StorageErrorKind::NotFound, what, "ResourceNotFound"))?;
        match condition {
            Match::Version(etag) if *etag != row.etag => {
                Err(StorageError::new(StorageErrorKind::LostRace, what, "UpdateConditionNotSatisfied"))
            }
            Match::Any | Match::Version(_) => Ok(row.clone()),
        }
    }

    fn insert(&mut self, what: &str, table: Table, entity: &Entity) -> StorageResult<ETag> {
        check_entity(what, entity)?;
        if self.rows(what, table)?.contains_key(&(Key::of(&entity.pk), Key::of(&entity.rk))) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, what, "EntityAlreadyExists"));
        }
        self.write(what, table, entity.clone())
    }

    fn patch(&mut self, what: &str, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        check_entity(what, patch)?;
        let mut merged = self.matching(what, table, &patch.pk, &patch.rk, condition)?.entity;
        merged.props.extend(patch.props.clone());
        self.write(what, table, merged)
    }

    fn delete(
        &mut self,
        what: &str,
        table: Table,
        pk: &str,
        rk: &str,
        condition: &Match,
    ) -> StorageResult<()> {
        self.matching(what, table, pk, rk, condition)?;
        self.rows(what, table)?.remove(&(Key::of(pk), Key::of(rk)));
        Ok(())
    }

    fn query(&mut self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        let what = format!("query {table}/{}", query.pk);
        check_query(&what, query)?;
        let begin = |rk: &str| Continuation { pk: query.pk.clone(), rk: Some(rk.to_owned()) };
        let start = match after {
            Some(after) => after.rk.clone().unwrap_or_default(),
            None => query.from.clone().unwrap_or_default(),
        };
        if after.is_none() && self.empty_pages {
            self.rows(&what, table)?;
            return Ok(Page { rows: Vec::new(), next: Some(begin(&start)) });
        }
        let to = query.to.as_deref().map(Key::of);
        let pk = Key::of(&query.pk);
        let mut rows = self
            .rows(&what, table)?
            .range((pk.clone(), Key::of(&start))..)
            .take_while(|((row_pk, rk), _)| *row_pk == pk && to.as_ref().is_none_or(|to| rk < to))
            .map(|(_, row)| row);
        let page: Vec<_> =
            rows.by_ref().take(usize::from(query.page_size)).map(|row| selected(row, query.select)).collect();
        let next = rows.next().map(|row| begin(&row.entity.rk));
        Ok(Page { rows: page, next })
    }
}

fn selected(row: &Stored, select: Select) -> Stored {
    let mut row = row.clone();
    if let Select::Only(names) = select {
        row.entity.props.retain(|name, _| names.contains(&name.as_str()));
    }
    row
}

#[async_trait]
impl Tables for MemoryTables {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        lock(&self.state).tables.entry(table).or_default();
        Ok(())
    }

    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        lock(&self.state).insert(&format!("insert {table}/{}/{}", entity.pk, entity.rk), table, entity)
    }

    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        let what = format!("upsert {table}/{}/{}", entity.pk, entity.rk);
        lock(&self.state).write(&what, table, entity.clone())
    }

    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        let what = format!("patch {table}/{}/{}", patch.pk, patch.rk);
        lock(&self.state).patch(&what, table, patch, condition)
    }

    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        let what = format!("get {table}/{pk}/{rk}");
        check_key(&what, pk)?;
        check_key(&what, rk)?;
        let mut state = lock(&self.state);
        let row = state.rows(&what, table)?.get(&(Key::of(pk), Key::of(rk)));
        Ok(row.map(|row| selected(row, select)))
    }

    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        lock(&self.state).delete(&format!("delete {table}/{pk}/{rk}"), table, pk, rk, condition)
    }

    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        lock(&self.state).query(table, query, after)
    }

    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        let what = format!("batch {table}/{pk}");
        check_batch(&what, pk, ops)?;
        let mut state = lock(&self.state);
        // What the batch may change, to be put back if one operation fails.
        let rows = state.rows(&what, table)?;
        let before: Vec<_> = ops
            .iter()
            .map(|op| {
                let key = (Key::of(pk), Key::of(op.rk()));
                let row = rows.get(&key).cloned();
                (key, row)
            })
            .collect();
        for (index, op) in ops.iter().enumerate() {
            let what = batch_op(&what, index, op);
            let done = match op {
                BatchOp::Insert(entity) => state.insert(&what, table, entity).map(drop),
                BatchOp::Patch(entity, condition) => state.patch(&what, table, entity, condition).map(drop),
                BatchOp::Delete(rk, condition) => state.delete(&what, table, pk, rk, condition),
            };
            if let Err(error) = done {
                let rows = state.rows(&what, table)?;
                for (key, row) in before {
                    match row {
                        Some(row) => rows.insert(key, row),
                        None => rows.remove(&key),
                    };
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::limits::MAX_TEXT_UNITS;
    use futures::FutureExt;

    #[test]
    fn a_patch_that_makes_a_row_too_large_changes_nothing() {
        let tables = MemoryTables::ready();
        let row = |from: u32, to: u32| {
            let text = "x".repeat(MAX_TEXT_UNITS);
            (from..to).fold(Entity::new("p", "r"), |row, n| row.text(&format!("t{n}"), text.clone()))
        };
        let etag = tables.insert(Table::JobState, &row(0, 10)).now_or_never().unwrap().unwrap();
        let patched = tables.patch(Table::JobState, &row(10, 20), &Match::Any).now_or_never().unwrap();
        assert_eq!(patched.unwrap_err().kind, StorageErrorKind::TooLarge);
        let stored =
            tables.get(Table::JobState, "p", "r", Select::All).now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(stored, Stored { etag, entity: row(0, 10) });
    }
}
