use crate::world::{World, kind, pattern};
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{PutCondition, StorageErrorKind as Kind},
};
use futures::TryStreamExt;
use std::fs;

/// Over two blocks and a piece.
const LARGE: usize = 9 * 1024 * 1024 + 7;

fn path(name: &str) -> BlobPath {
    BlobPath::new(Container::BlastDb, name).unwrap()
}

pub async fn a_large_file_goes_up_and_comes_back(world: &World) {
    let dir = tempfile::tempdir().unwrap();
    let (up, down) = (dir.path().join("up"), dir.path().join("down"));
    for size in [LARGE, 8 * 1024 * 1024, 4 * 1024 * 1024 - 1, 4 * 1024 * 1024] {
        let bytes = pattern(size);
        let blob = path(&format!("sample/1/db.{size}"));
        fs::write(&up, &bytes).unwrap();
        fs::write(&down, "an older and longer file is emptied first".repeat(300_000)).unwrap();
        assert_eq!(world.blobs.put_file(&blob, &up, "application/octet-stream").await.unwrap(), size as u64);
        assert_eq!(world.blobs.head(&blob).await.unwrap().unwrap().size_bytes, size as u64);
        assert_eq!(world.blobs.get_file(&blob, &down).await.unwrap(), size as u64);
        assert!(fs::read(&down).unwrap() == bytes, "{size}");
        let pieces: Vec<_> = world.blobs.open(&blob, None).await.unwrap().try_collect().await.unwrap();
        assert!(pieces.concat() == bytes, "{size}");
        assert!(world.blobs.get(&blob, u64::MAX).await.unwrap().unwrap() == bytes, "{size}");
        let end = size as u64;
        for range in [0..end, 1..end - 1, 4_194_303..4_194_305, end - 3..end + 9, 100..4_194_404 + 4_194_304]
        {
            let expected = &bytes[range.start as usize..(range.end as usize).min(size)];
            assert!(
                world.blobs.get_range(&blob, range.clone()).await.unwrap() == expected,
                "{range:?} of {size}"
            );
            let stream = world.blobs.open(&blob, Some(range.clone())).await.unwrap();
            let pieces: Vec<_> = stream.try_collect().await.unwrap();
            assert!(pieces.concat() == expected, "{range:?} of {size}");
        }
    }
}

pub async fn a_stream_never_mixes_two_versions(world: &World) {
    let blob = path("changing");
    let (old, new) = (vec![b'o'; 3 * LARGE], vec![b'n'; 3 * LARGE]);
    let put = |body: Vec<u8>| world.blobs.put(&blob, body.into(), "text/plain", PutCondition::Overwrite);
    put(old.clone()).await.unwrap();
    let mut stream = world.blobs.open(&blob, None).await.unwrap();
    let mut read = stream.try_next().await.unwrap().unwrap().to_vec();
    put(new).await.unwrap();
    loop {
        match stream.try_next().await {
            Ok(Some(piece)) => read.extend_from_slice(&piece),
            Ok(None) => break assert!(read == old, "a whole stream is of one version"),
            Err(error) => break assert_eq!(error.kind, Kind::LostRace, "{error}"),
        }
    }
    assert!(read.iter().all(|byte| *byte == b'o'));
}

pub async fn a_missing_file_is_a_local_fault(world: &World) {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    assert_eq!(kind(world.blobs.put_file(&path("x"), &missing, "text/plain").await), Kind::LocalFile);
    world.blobs.put(&path("y"), "y".into(), "text/plain", PutCondition::Overwrite).await.unwrap();
    let nowhere = missing.join("no/dir");
    assert_eq!(kind(world.blobs.get_file(&path("y"), &nowhere).await), Kind::LocalFile);
}
