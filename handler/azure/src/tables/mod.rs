//! Tables: a thin client of our own on the core crate's pipeline, because no official crate exists.
//!
//! [`wire`] turns entities into the service's JSON and back, [`address`] writes URLs and filters, [`batch`] the
//! multipart bodies; this file sends.

mod address;
mod batch;
#[cfg(test)]
mod test_properties;
mod wire;

use crate::CallLimits;
use address::Address;
use async_trait::async_trait;
use azure_core::http::{
    Context, Method, Pipeline, RawResponse, Request, Url,
    headers::{CONTENT_TYPE, ETAG, HeaderName, Headers, IF_MATCH},
};
use blastline_jobs::{
    names::Table,
    ports::{
        BatchOp, Continuation, ETag, Entity, Match, Page, Query, Select, StorageError, StorageErrorKind,
        StorageResult, Stored, Tables,
        limits::{check_batch, check_entity, check_key, check_query},
    },
};
use wire::{read_entity, read_page, write_entity};

/// Version of the Table service: the one that the official clients of other languages send, and the first that
/// takes tokens. Blobs and queues went on from there.
const API_VERSION: &str = "2020-12-06";
/// Every type but text, truth values, 32-bit integers and fractions is then named beside its property.
const JSON: &str = "application/json;odata=minimalmetadata";
const NEXT_PARTITION: HeaderName = HeaderName::from_static("x-ms-continuation-nextpartitionkey");
const NEXT_ROW: HeaderName = HeaderName::from_static("x-ms-continuation-nextrowkey");

/// Tables over a pipeline that authorises and retries.
///
/// A write whose answer was lost is tried again and may then meet itself: an insert says `AlreadyExists`, a patch
/// under a version says `LostRace`, a delete says `NotFound`. Callers read again and decide, as after any race.
pub struct AzureTables {
    address: Address,
    pipeline: Pipeline,
    limits: CallLimits,
}

/// A request body with its content type.
struct Body {
    content_type: String,
    bytes: Vec<u8>,
}

impl Body {
    fn json(bytes: Vec<u8>) -> Self {
        Self { content_type: "application/json".to_owned(), bytes }
    }
}

impl AzureTables {
    /// At a service address.
    pub fn new(base: Url, pipeline: Pipeline, limits: CallLimits) -> Self {
        Self { address: Address::new(base), pipeline, limits }
    }

    async fn send(
        &self,
        what: &str,
        method: Method,
        url: Url,
        body: Option<Body>,
        condition: Option<&Match>,
    ) -> StorageResult<RawResponse> {
        let mut request = Request::new(url, method);
        request.insert_header("accept", JSON);
        request.insert_header("x-ms-version", API_VERSION);
        request.insert_header("dataserviceversion", "3.0;NetFx");
        request.insert_header("maxdataserviceversion", "3.0;NetFx");
        request.insert_header("prefer", "return-no-content");
        if let Some(condition) = condition {
            request.insert_header(IF_MATCH, if_match(condition).to_owned());
        }
        let mut size = 0;
        if let Some(body) = body {
            size = body.bytes.len() as u64;
            request.insert_header(CONTENT_TYPE, body.content_type);
            request.set_body(body.bytes);
        }
        let context = Context::new();
        let call = self.pipeline.send(&context, &mut request, Some(Default::default()));
        self.limits.bounded_upload(what, size, call).await
    }

    async fn write(
        &self,
        what: &str,
        method: Method,
        url: Url,
        entity: &Entity,
        condition: Option<&Match>,
    ) -> StorageResult<ETag> {
        check_entity(what, entity)?;
        let body = Body::json(write_entity(what, entity)?);
        etag(what, self.send(what, method, url, Some(body), condition).await?.headers())
    }

    /// One page of all rows of a table.
    pub async fn scan(
        &self,
        table: Table,
        select: Select,
        after: Option<&Continuation>,
    ) -> StorageResult<Page> {
        self.page(&format!("scan {table}"), self.address.scan(table, select, after)).await
    }

    async fn page(&self, what: &str, url: Url) -> StorageResult<Page> {
        let response = self.send(what, Method::Get, url, None, None).await?;
        let headers = response.headers();
        let next = headers
            .get_optional_string(&NEXT_PARTITION)
            .map(|pk| Continuation { pk, rk: headers.get_optional_string(&NEXT_ROW) });
        Ok(Page { rows: read_page(what, response.body().as_ref())?, next })
    }
}

/// The header value of a condition.
fn if_match(condition: &Match) -> &str {
    match condition {
        Match::Any => "*",
        Match::Version(ETag(etag)) => etag,
    }
}

fn etag(what: &str, headers: &Headers) -> StorageResult<ETag> {
    let value = headers.get_optional_string(&ETAG);
    value
        .map(ETag)
        .ok_or_else(|| StorageError::new(StorageErrorKind::Corrupt, what, "the answer has no ETag"))
}

#[async_trait]
impl Tables for AzureTables {
    async fn ensure(&self, table: Table) -> StorageResult<()> {
        let what = format!("create table {table}");
        let body = Body::json(format!(r#"{{"TableName":"{table}"}}"#).into_bytes());
        match self.send(&what, Method::Post, self.address.tables(), Some(body), None).await {
            Err(error) if error.kind == StorageErrorKind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }

    async fn insert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        let what = format!("insert {table}/{}/{}", entity.pk, entity.rk);
        self.write(&what, Method::Post, self.address.table(table), entity, None).await
    }

    async fn upsert(&self, table: Table, entity: &Entity) -> StorageResult<ETag> {
        let what = format!("upsert {table}/{}/{}", entity.pk, entity.rk);
        let url = self.address.entity(table, &entity.pk, &entity.rk);
        self.write(&what, Method::Put, url, entity, None).await
    }

    async fn patch(&self, table: Table, patch: &Entity, condition: &Match) -> StorageResult<ETag> {
        let what = format!("patch {table}/{}/{}", patch.pk, patch.rk);
        let url = self.address.entity(table, &patch.pk, &patch.rk);
        self.write(&what, Method::Patch, url, patch, Some(condition)).await
    }

    async fn get(&self, table: Table, pk: &str, rk: &str, select: Select) -> StorageResult<Option<Stored>> {
        let what = format!("get {table}/{pk}/{rk}");
        check_key(&what, pk)?;
        check_key(&what, rk)?;
        let url = self.address.select(self.address.entity(table, pk, rk), select);
        match self.send(&what, Method::Get, url, None, None).await {
            Ok(response) => read_entity(&what, response.body().as_ref()).map(Some),
            Err(error) if error.is_not_found() && !error.cause.contains("TableNotFound") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, table: Table, pk: &str, rk: &str, condition: &Match) -> StorageResult<()> {
        let what = format!("delete {table}/{pk}/{rk}");
        check_key(&what, pk)?;
        check_key(&what, rk)?;
        let url = self.address.entity(table, pk, rk);
        self.send(&what, Method::Delete, url, None, Some(condition)).await.map(drop)
    }

    async fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> StorageResult<Page> {
        let what = format!("query {table}/{}", query.pk);
        check_query(&what, query)?;
        self.page(&what, self.address.query(table, query, after)).await
    }

    async fn batch(&self, table: Table, pk: &str, ops: &[BatchOp]) -> StorageResult<()> {
        let what = format!("batch {table}/{pk}");
        if ops.is_empty() {
            return Ok(());
        }
        check_batch(&what, pk, ops)?;
        let request = batch::write(&what, &self.address, table, pk, ops)?;
        let body = Body { content_type: request.content_type, bytes: request.body };
        let response = self.send(&what, Method::Post, self.address.batch(), Some(body), None).await?;
        batch::check(&what, ops, response.body().as_ref())
    }
}
