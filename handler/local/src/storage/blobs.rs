//! Blob calls: small blobs, read and written whole.

use super::error::StorageError;
use super::transport::{Call, Service, Storage};
use bytes::Bytes;
use http::Method;

impl Storage {
    /// Reads a blob; `None` when it or its container does not exist.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn get_blob(&self, container: &str, name: &str) -> Result<Option<Bytes>, StorageError> {
        match self.blob_call(Method::GET, format!("/{container}/{name}"), &[], Bytes::new()).await {
            Ok(body) => Ok(Some(body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a blob, creating its container when it is missing. `name` holds only characters that a URL takes as is.
    ///
    /// # Errors
    /// [`StorageError`] when the service refuses or is away.
    pub async fn put_blob(&self, container: &str, name: &str, body: Bytes) -> Result<(), StorageError> {
        let path = format!("/{container}/{name}");
        match self.blob_call(Method::PUT, path.clone(), &[], body.clone()).await {
            Err(error) if error.is_not_found() => {
                let create = [("restype", "container".to_owned())];
                match self.blob_call(Method::PUT, format!("/{container}"), &create, Bytes::new()).await {
                    Err(error) if !error.is_conflict() => return Err(error),
                    _ => {}
                }
                self.blob_call(Method::PUT, path, &[], body).await.map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }

    async fn blob_call(
        &self,
        method: Method,
        path: String,
        query: &[(&str, String)],
        body: Bytes,
    ) -> Result<Bytes, StorageError> {
        let upload = [("x-ms-blob-type", "BlockBlob"), ("content-type", "application/json")];
        let headers: &[_] = if method == Method::PUT && query.is_empty() { &upload } else { &[] };
        let call = Call { service: Service::Blob, method, path, query, headers, body };
        self.send(call).await.map(|answer| answer.body)
    }
}
