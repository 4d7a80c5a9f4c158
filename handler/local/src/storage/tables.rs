//! Table calls: insert, and create on demand.

use super::error::StorageError;
use super::transport::{Call, Service, Storage};
use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewTable<'a> {
    table_name: &'a str,
}

impl Storage {
    /// Inserts a row, creating the table when it is missing. A row with these keys already there is a conflict.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn insert_row(&self, table: &str, row: &Map<String, Value>) -> Result<(), StorageError> {
        let body = json(row)?;
        match self.table_call(format!("/{table}"), body.clone()).await {
            Err(error) if error.is_not_found() => {
                let new = json(&NewTable { table_name: table })?;
                match self.table_call("/Tables".to_owned(), new).await {
                    Err(error) if !error.is_conflict() => return Err(error),
                    _ => {}
                }
                self.table_call(format!("/{table}"), body).await
            }
            other => other,
        }
    }

    async fn table_call(&self, path: String, body: Bytes) -> Result<(), StorageError> {
        let headers = [("content-type", "application/json"), ("prefer", "return-no-content")];
        let call =
            Call { service: Service::Table, method: Method::POST, path, query: &[], headers: &headers, body };
        self.send(call).await.map(|_| ())
    }
}

fn json(value: &impl Serialize) -> Result<Bytes, StorageError> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|e| StorageError::Row(e.to_string()))
}
