//! Tables, queues, blobs and clock behind gates. What a write did is put into the history with the row as it was and is.

use super::caller::Caller;
use super::history::Event;
use async_trait::async_trait;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::names::{Container, QueueName, Table};
use blastline_jobs::ports::{
    BatchOp, BlobInfo, BlobPage, BlobStream, Blobs, Clock, Continuation, ETag, Entity, Match, Page,
    PutCondition, Query, Queues, Received, Select, StorageResult, Stored, Tables,
};
use bytes::Bytes;
use futures::FutureExt;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use time::OffsetDateTime;

/// What memory does at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory never waits")
}

pub struct GatedTables(pub Caller);

impl GatedTables {
    fn peek(caller: &Caller, table: Table, pk: &str, rk: &str) -> Option<Entity> {
        let found = now(caller.world.stores.tables.get(table, pk, rk, Select::All));
        found.ok().flatten().map(|stored| stored.entity)
    }

    /// Does a write and tells what it changed.
    fn write<T>(
        caller: &Caller,
        (table, pk, rk): (Table, &str, &str),
        write: impl FnOnce() -> StorageResult<T>,
    ) -> StorageResult<T> {
        let old = Self::peek(caller, table, pk, rk);
        let done = write()?;
        let new = Self::peek(caller, table, pk, rk);
        caller.tell(Event::Row { table, old, new });
        Ok(done)
    }
}

#[async_trait]
impl Tables for GatedTables {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        self.0.world.stores.tables.ensure(table).await
    }

    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        let what = || format!("insert {table}/{}/{}", entity.pk, entity.rk);
        self.0
            .call(what, |caller| {
                Self::write(caller, (table, &entity.pk, &entity.rk), || {
                    now(caller.world.stores.tables.insert(table, entity))
                })
            })
            .await
    }

    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        let what = || format!("upsert {table}/{}/{}", entity.pk, entity.rk);
        self.0
            .call(what, |caller| {
                Self::write(caller, (table, &entity.pk, &entity.rk), || {
                    now(caller.world.stores.tables.upsert(table, entity))
                })
            })
            .await
    }

    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        let what = || format!("patch {table}/{}/{}", patch.pk, patch.rk);
        self.0
            .call(what, |caller| {
                Self::write(caller, (table, &patch.pk, &patch.rk), || {
                    now(caller.world.stores.tables.patch(table, patch, condition))
                })
            })
            .await
    }

    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        let what = || format!("get {table}/{pk}/{rk}");
        self.0.call(what, |caller| now(caller.world.stores.tables.get(table, pk, rk, select))).await
    }

    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        let what = || format!("delete {table}/{pk}/{rk}");
        self.0
            .call(what, |caller| {
                Self::write(caller, (table, pk, rk), || {
                    now(caller.world.stores.tables.delete(table, pk, rk, condition))
                })
            })
            .await
    }

    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        let what = || format!("query {table}/{}", query.pk);
        self.0.call(what, |caller| now(caller.world.stores.tables.query(table, query, after))).await
    }

    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        let what = || format!("batch {table}/{pk}");
        self.0
            .call(what, |caller| {
                let peek = || ops.iter().map(|op| Self::peek(caller, table, pk, op.rk())).collect::<Vec<_>>();
                let before = peek();
                now(caller.world.stores.tables.batch(table, pk, ops))?;
                for (old, new) in before.into_iter().zip(peek()) {
                    caller.tell(Event::Row { table, old, new });
                }
                Ok(())
            })
            .await
    }
}

pub struct GatedQueues(pub Caller);

impl GatedQueues {
    /// Hides a message that was taken for another while, as the host does; gives the receipt that holds from now on.
    pub async fn hide(
        &self,
        queue: QueueName,
        message: &Received,
        span: Duration,
    ) -> StorageResult<Received> {
        let what = || format!("hide a message of {queue}");
        self.0
            .call(what, |caller| {
                let hidden = caller.world.stores.queues.hide(queue, message, span);
                caller.world.queue_changed(queue);
                hidden
            })
            .await
    }
}

#[async_trait]
impl Queues for GatedQueues {
    async fn ensure(&self, queue: QueueName) -> StorageResult<()> {
        self.0.world.stores.queues.ensure(queue).await
    }

    async fn send(&self, queue: QueueName, body: &str, delay: Option<Duration>) -> StorageResult<()> {
        let what = || format!("send to {queue}");
        self.0
            .call(what, |caller| {
                let world = &caller.world;
                let late = if world.happens(|weather| weather.late) {
                    world.draw(|chance| chance.millis(1_000, 120_000))
                } else {
                    Duration::ZERO
                };
                let seen_after = delay.unwrap_or_default() + late;
                now(world.stores.queues.send(queue, body, Some(seen_after)))?;
                caller.tell(Event::Sent { queue, body: body.to_owned() });
                world.queue_changed(queue);
                Ok(())
            })
            .await
    }

    async fn approximate_count(&self, queue: QueueName) -> StorageResult<u64> {
        let what = || format!("count {queue}");
        self.0.call(what, |caller| now(caller.world.stores.queues.approximate_count(queue))).await
    }

    async fn receive(&self, queue: QueueName, max: u8, visibility: Duration) -> StorageResult<Vec<Received>> {
        let what = || format!("receive from {queue}");
        self.0
            .call(what, |caller| {
                let world = &caller.world;
                let taken = now(world.stores.queues.receive(queue, max, visibility))?;
                for message in &taken {
                    if queue.poison().is_some() && world.happens(|weather| weather.twice) {
                        let span = world.draw(|chance| chance.millis(1_000, 20_000));
                        let _ = world.stores.queues.hide(queue, message, span);
                        caller.fault(format!("{queue}: the lease of {} is lost", message.body));
                    }
                }
                world.queue_changed(queue);
                Ok(taken)
            })
            .await
    }

    async fn delete(&self, queue: QueueName, message: &Received) -> StorageResult<()> {
        let what = || format!("delete from {queue}");
        self.0
            .call(what, |caller| {
                now(caller.world.stores.queues.delete(queue, message))?;
                caller.tell(Event::Deleted { queue, body: message.body.clone() });
                Ok(())
            })
            .await
    }
}

pub struct GatedBlobs(pub Caller);

#[async_trait]
impl Blobs for GatedBlobs {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        self.0.world.stores.blobs.ensure(container).await
    }

    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        let what = || format!("put {path}");
        self.0
            .call(what, |caller| {
                now(caller.world.stores.blobs.put(path, body.clone(), content_type, condition))?;
                caller.tell(Event::Blob { path: path.to_string(), bytes: Some(body.len()) });
                Ok(())
            })
            .await
    }

    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64> {
        let what = || format!("put {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.put_file(path, file, content_type))).await
    }

    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        let what = || format!("get {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.get(path, max_bytes))).await
    }

    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        let what = || format!("get a range of {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.get_range(path, range.clone()))).await
    }

    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        let what = || format!("open {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.open(path, range.clone()))).await
    }

    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        let what = || format!("get {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.get_file(path, file))).await
    }

    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        let what = || format!("head {path}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.head(path))).await
    }

    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        let what = || format!("list {container}/{prefix}");
        self.0.call(what, |caller| now(caller.world.stores.blobs.list(container, prefix, after))).await
    }

    async fn delete_version(&self, blob: &BlobInfo) -> StorageResult<bool> {
        let what = || format!("delete a version of {}", blob.path);
        self.0
            .call(what, |caller| {
                let was_there = now(caller.world.stores.blobs.delete_version(blob))?;
                caller.tell(Event::Blob { path: blob.path.to_string(), bytes: None });
                Ok(was_there)
            })
            .await
    }

    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        let what = || format!("delete {path}");
        self.0
            .call(what, |caller| {
                let was_there = now(caller.world.stores.blobs.delete(path))?;
                caller.tell(Event::Blob { path: path.to_string(), bytes: None });
                Ok(was_there)
            })
            .await
    }
}

pub struct GatedClock(pub Caller);

#[async_trait]
impl Clock for GatedClock {
    fn now(&self) -> OffsetDateTime {
        self.0.world.skewed_now(self.0.process)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.wait(duration).await;
    }
}
