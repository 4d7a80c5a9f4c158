use crate::world::{World, kind, pattern};
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{PutCondition, StorageErrorKind as Kind},
};
use bytes::Bytes;
use futures::TryStreamExt;

fn path(name: &str) -> BlobPath {
    BlobPath::new(Container::Results, name).unwrap()
}

async fn put(world: &World, name: &str, body: &[u8]) {
    let body = Bytes::copy_from_slice(body);
    world.blobs.put(&path(name), body, "text/plain", PutCondition::Overwrite).await.unwrap();
}

/// All names of a listing, page by page.
async fn list(world: &World, prefix: &str) -> (Vec<String>, usize) {
    let (mut names, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = world.blobs.list(Container::Results, prefix, after.as_deref()).await.unwrap();
        names.extend(page.blobs.into_iter().map(|blob| blob.path.name().to_owned()));
        pages += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => return (names, pages),
        }
    }
}

pub async fn a_blob_comes_back_and_goes(world: &World) {
    let blob = path("job-1/chunks/000001.tsv");
    put(world, blob.name(), b"first").await;
    let first = world.blobs.head(&blob).await.unwrap().unwrap();
    assert_eq!((first.size_bytes, &first.path), (5, &blob));
    put(world, blob.name(), b"second one").await;
    let second = world.blobs.head(&blob).await.unwrap().unwrap();
    assert_ne!(first.etag, second.etag);
    assert_eq!(world.blobs.get(&blob, 100).await.unwrap().unwrap(), "second one");
    let listed = world.blobs.list(Container::Results, "job-1/", None).await.unwrap();
    assert_eq!(listed.blobs[0].path, second.path);
    assert_eq!(listed.blobs[0].size_bytes, second.size_bytes);
    assert!(world.blobs.delete(&blob).await.unwrap());
    assert!(!world.blobs.delete(&blob).await.unwrap());
    assert_eq!(world.blobs.head(&blob).await.unwrap(), None);
}

pub async fn create_only_meets_what_is_there(world: &World) {
    let blob = path("once");
    let create = |body: Vec<u8>| world.blobs.put(&blob, body.into(), "text/plain", PutCondition::CreateOnly);
    create(b"first".to_vec()).await.unwrap();
    assert_eq!(kind(create(b"second".to_vec()).await), Kind::AlreadyExists);
    assert_eq!(kind(create(pattern(5 * 1024 * 1024)).await), Kind::AlreadyExists, "in blocks too");
    assert_eq!(world.blobs.get(&blob, 100).await.unwrap().unwrap(), "first");
    let other = path("once-large");
    let large = pattern(5 * 1024 * 1024);
    let body = Bytes::from(large.clone());
    world.blobs.put(&other, body, "application/octet-stream", PutCondition::CreateOnly).await.unwrap();
    assert_eq!(world.blobs.get(&other, u64::MAX).await.unwrap().unwrap(), large);
}

pub async fn an_empty_blob_reads_as_empty_in_every_way(world: &World) {
    let blob = path("empty");
    put(world, "empty", b"").await;
    assert_eq!(world.blobs.get(&blob, 0).await.unwrap(), Some(Bytes::new()));
    for range in [0..1, 0..10, 1..2, 0..u64::MAX] {
        assert_eq!(world.blobs.get_range(&blob, range.clone()).await.unwrap(), Bytes::new(), "{range:?}");
    }
    for range in [None, Some(0..1), Some(0..10), Some(5..10), Some(0..0)] {
        let pieces: Vec<_> = world.blobs.open(&blob, range).await.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), b"");
    }
    assert_eq!(world.blobs.head(&blob).await.unwrap().unwrap().size_bytes, 0);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("empty");
    assert_eq!(world.blobs.get_file(&blob, &file).await.unwrap(), 0);
    assert_eq!(world.blobs.put_file(&path("again"), &file, "text/plain").await.unwrap(), 0);
    assert_eq!(world.blobs.get(&path("again"), 0).await.unwrap(), Some(Bytes::new()));
}

pub async fn a_missing_blob_is_told_apart_from_a_missing_container(world: &World) {
    let blob = path("nowhere");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    assert_eq!(world.blobs.get(&blob, 10).await.unwrap(), None);
    assert_eq!(world.blobs.head(&blob).await.unwrap(), None);
    assert!(!world.blobs.delete(&blob).await.unwrap());
    assert_eq!(kind(world.blobs.get_range(&blob, 0..1).await), Kind::NotFound);
    assert_eq!(kind(world.blobs.open(&blob, None).await.map(drop)), Kind::NotFound);
    assert_eq!(kind(world.blobs.open(&blob, Some(3..3)).await.map(drop)), Kind::NotFound);
    assert_eq!(kind(world.blobs.get_file(&blob, &file).await), Kind::NotFound);
    assert_eq!(world.blobs.list(Container::Results, "", None).await.unwrap().blobs, []);

    let blobs = world.bare().blobs;
    assert_eq!(kind(blobs.get(&blob, 10).await), Kind::NotFound);
    assert_eq!(kind(blobs.head(&blob).await), Kind::NotFound);
    assert_eq!(kind(blobs.delete(&blob).await), Kind::NotFound);
    assert_eq!(kind(blobs.list(Container::Results, "", None).await), Kind::NotFound);
    let body = Bytes::from_static(b"x");
    assert_eq!(kind(blobs.put(&blob, body, "text/plain", PutCondition::Overwrite).await), Kind::NotFound);
}

pub async fn ranges_are_cut_at_the_end(world: &World) {
    let blob = path("ranges");
    put(world, "ranges", b"0123456789").await;
    for (range, expected) in [
        (0..10, "0123456789"),
        (0..1, "0"),
        (3..6, "345"),
        (8..100, "89"),
        (9..u64::MAX, "9"),
        (10..20, ""),
        (1_000..2_000, ""),
        (4..4, ""),
    ] {
        assert_eq!(world.blobs.get_range(&blob, range.clone()).await.unwrap(), expected, "{range:?}");
        let pieces: Vec<_> =
            world.blobs.open(&blob, Some(range.clone())).await.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), expected.as_bytes(), "{range:?}");
    }
}

pub async fn a_blob_larger_than_allowed_is_not_read(world: &World) {
    put(world, "ten", b"0123456789").await;
    assert_eq!(world.blobs.get(&path("ten"), 10).await.unwrap().unwrap().len(), 10);
    assert_eq!(kind(world.blobs.get(&path("ten"), 9).await), Kind::TooLarge);
}

pub async fn names_may_be_in_any_script(world: &World) {
    let mut names = [
        "ü/日本 😀.tsv",
        "it's (a) [b] {c} & d=e+f;g,h@i!j$k~l^m`n|o.txt",
        "a b/c d",
        "x.tar.gz",
        "\"q\"<r>",
    ];
    for name in names {
        put(world, name, name.as_bytes()).await;
    }
    for name in names {
        assert_eq!(world.blobs.get(&path(name), 1000).await.unwrap().unwrap(), name);
        assert!(world.blobs.head(&path(name)).await.unwrap().is_some());
    }
    names.sort_unstable();
    assert_eq!(list(world, "").await.0, names);
    assert_eq!(list(world, "ü/日").await.0, ["ü/日本 😀.tsv"]);
    for name in names {
        assert!(world.blobs.delete(&path(name)).await.unwrap(), "{name}");
    }
}

pub async fn a_listing_goes_over_all_pages(world: &World) {
    let names: Vec<_> = (0..20).map(|n| format!("job-1/part-{n:04}")).collect();
    for name in &names {
        put(world, name, b"x").await;
    }
    put(world, "job-10/other", b"x").await;
    put(world, "a", b"x").await;
    let (listed, pages) = list(world, "job-1/").await;
    assert_eq!(listed, names);
    assert!(pages >= 3, "{pages} pages");
    assert_eq!(list(world, "").await.0.len(), 22);
    assert_eq!(list(world, "none/").await.0, [""; 0]);
}
