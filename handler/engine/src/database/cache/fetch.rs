//! Downloading a generation's files and proving each.

use super::{
    super::{digest, manifest::Manifest, manifest::ManifestFile},
    CacheError,
};
use blastline_jobs::ports::Blobs;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use std::path::Path;

/// Files that are fetched at the same time.
const PARALLEL: usize = 4;

/// How often a file is fetched until what arrives is as the manifest says.
const TRIES: usize = 2;

/// Fetches all files into an empty directory; each has the size and hash of the manifest then.
pub(super) async fn into_dir(dir: &Path, manifest: &Manifest, blobs: &dyn Blobs) -> Result<(), CacheError> {
    // Boxed, because the compiler cannot tell otherwise that they may move between threads.
    let fetches: Vec<_> = manifest.files.iter().map(|file| one(dir, manifest, file, blobs).boxed()).collect();
    stream::iter(fetches).buffer_unordered(PARALLEL).try_collect::<()>().await
}

async fn one(
    dir: &Path,
    manifest: &Manifest,
    file: &ManifestFile,
    blobs: &dyn Blobs,
) -> Result<(), CacheError> {
    let (blob, local) = (manifest.blob(file)?, dir.join(&file.name));
    let mut problem = "";
    for _ in 0..TRIES {
        match blobs.get_file(&blob, &local).await {
            Ok(_) => {}
            Err(error) if error.is_not_found() => {
                problem = "it is not there";
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        let (size_bytes, sha256) = digest::of_file_async(&local).await?;
        if size_bytes != file.size_bytes {
            problem = "it has another size";
        } else if !sha256.eq_ignore_ascii_case(&file.sha256) {
            problem = "it has another hash";
        } else {
            return Ok(());
        }
    }
    Err(CacheError::Damaged { database: manifest.database(), file: file.name.clone(), problem })
}
