use super::super::tests::{blobs, manifest, store};
use super::*;
use crate::child::tests::example;
use blastline_jobs::{error_code::ErrorCode, ports::Blobs as _, retry::RetryClass};
use futures::future::join_all;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering,
    time::Duration,
};
use tempfile::TempDir;

const BODY: &[u8] = &[7; 100];
const FILES: [(&str, &[u8]); 2] = [("x.nsq", BODY), ("x.nin", b"index")];
const SIZE: u64 = 105;

fn database(generation: &str) -> Manifest {
    manifest("x", generation, &FILES)
}

/// A cache for `count` generations of [`SIZE`], and storage that has `a` to `e`.
async fn setup(
    count: u64,
) -> (TempDir, Cache, crate::database::tests::Rigged<blastline_jobs::memory::MemoryBlobs>) {
    let dir = TempDir::new().unwrap();
    let blobs = blobs();
    for generation in ["a", "b", "c", "d", "e"] {
        store(&blobs, &database(generation), &FILES).await;
    }
    let cache = Cache::new(dir.path().join("cache"), count * SIZE);
    (dir, cache, blobs)
}

/// What is in the cache: generations, and whatever begins with a dot besides the room's lock.
fn there(cache: &Cache) -> Vec<String> {
    let mut names: Vec<_> = [&*cache.dir, &cache.dir.join("x")]
        .into_iter()
        .flat_map(|dir| entry::listed(dir).unwrap())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name != "x" && (name.starts_with(".incoming") || !name.ends_with(".lock")))
        .collect();
    names.sort();
    names
}

async fn until(mut holds: impl FnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    let met = async {
        while !holds() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), met).await.expect("in time");
}

#[tokio::test]
async fn of_many_callers_one_fetches() {
    let (_dir, cache, blobs) = setup(3).await;
    let wanted = database("a");
    let all = join_all((0..8).map(|_| async { Cache::clone(&cache).acquire(&wanted, &blobs).await })).await;
    assert_eq!(blobs.downloads(), FILES.len());
    for cached in all {
        assert_eq!(fs::read(cached.unwrap().dir().join("x.nsq")).unwrap(), BODY);
    }
    drop(cache.acquire(&wanted, &blobs).await.unwrap());
    assert_eq!(blobs.downloads(), FILES.len(), "the second time it is there");
    assert_eq!(there(&cache), ["a"]);
}

#[tokio::test]
async fn what_was_not_used_for_longest_goes_first() {
    let (_dir, cache, blobs) = setup(3).await;
    for generation in ["a", "b", "c", "a", "d"] {
        drop(cache.acquire(&database(generation), &blobs).await.unwrap());
    }
    assert_eq!(there(&cache), ["a", "c", "d"]);
}

#[tokio::test]
async fn what_is_in_use_is_never_evicted() {
    let (_dir, cache, blobs) = setup(2).await;
    let oldest = cache.acquire(&database("a"), &blobs).await.unwrap();
    for generation in ["b", "c"] {
        drop(cache.acquire(&database(generation), &blobs).await.unwrap());
    }
    assert_eq!(there(&cache), ["a", "c"]);
    let _newer = cache.acquire(&database("c"), &blobs).await.unwrap();
    let error = cache.acquire(&database("d"), &blobs).await.unwrap_err();
    assert!(
        matches!(error, CacheError::NoRoom { size_bytes: SIZE, in_use_bytes: 210, limit_bytes: 210 }),
        "{error}"
    );
    assert_eq!((error.retry_class(), error.fault().code), (RetryClass::Capacity, ErrorCode::DiskFull));
    assert!(oldest.dir().join("x.nsq").exists());
    assert_eq!(there(&cache), ["a", "c"]);
    drop(oldest);
    cache.acquire(&database("d"), &blobs).await.unwrap();
    assert_eq!(there(&cache), ["c", "d"]);
}

#[tokio::test]
async fn what_cannot_fit_is_refused_with_the_numbers_before_anything_is_done() {
    let dir = TempDir::new().unwrap();
    let cache = Cache::new(dir.path().join("cache"), SIZE - 1);
    let error = cache.acquire(&database("a"), &blobs()).await.unwrap_err();
    assert!(matches!(error, CacheError::TooLarge { size_bytes: SIZE, max_bytes: 104 }));
    assert!(error.fault().detail.contains("105 bytes") && error.fault().detail.contains("104 bytes"));
    assert!(cache.fits(104).is_ok());
    assert!(!cache.dir.exists());
}

#[tokio::test]
async fn a_spoilt_download_is_repeated_once_and_then_named() {
    let (_dir, cache, blobs) = setup(3).await;
    blobs.spoilt.store(1, Ordering::SeqCst);
    drop(cache.acquire(&database("a"), &blobs).await.unwrap());
    assert_eq!(blobs.downloads(), FILES.len() + 1);
    blobs.spoilt.store(100, Ordering::SeqCst);
    let error = cache.acquire(&database("b"), &blobs).await.unwrap_err();
    assert!(matches!(error, CacheError::Damaged { problem: "it has another hash", .. }), "{error}");
    assert_eq!(there(&cache), ["a"], "nothing half done stays");
    let gone = database("c");
    blobs.delete(&gone.blob(&gone.files[1]).unwrap()).await.unwrap();
    let error = cache.acquire(&gone, &blobs).await.unwrap_err();
    assert!(matches!(error, CacheError::Damaged { problem: "it is not there" | "it has another hash", .. }));
}

#[tokio::test]
async fn storage_that_is_down_is_told_as_such() {
    let (_dir, cache, blobs) = setup(3).await;
    let error = cache.acquire(&database("a"), &blobs.dying(1)).await.unwrap_err();
    assert_eq!(
        (error.retry_class(), error.fault().code),
        (RetryClass::Transient, ErrorCode::StorageUnavailable)
    );
    assert!(there(&cache).is_empty());
}

#[tokio::test]
async fn a_damaged_entry_is_fetched_anew() {
    let (_dir, cache, blobs) = setup(3).await;
    let wanted = database("a");
    let damages: [fn(&Path); 4] = [
        |dir| fs::write(dir.join("x.nsq"), "short").unwrap(),
        |dir| fs::remove_file(dir.join("x.nin")).unwrap(),
        |dir| fs::remove_dir_all(dir).unwrap(),
        |dir| {
            fs::remove_file(dir.join("x.nin")).unwrap();
            fs::create_dir(dir.join("x.nin")).unwrap();
        },
    ];
    for (round, damage) in damages.into_iter().enumerate() {
        let dir = cache.acquire(&wanted, &blobs).await.unwrap().dir().to_owned();
        damage(&dir);
        let again = cache.acquire(&wanted, &blobs).await.unwrap();
        assert_eq!(fs::read(again.dir().join("x.nsq")).unwrap(), BODY);
        assert_eq!(blobs.downloads(), FILES.len() * (round + 2));
    }
}

#[tokio::test]
async fn whatever_a_killed_process_left_the_cache_works_and_is_clean() {
    let (_dir, cache, blobs) = setup(1).await;
    let left: [fn(&Path); 6] = [
        |dir| fs::create_dir_all(dir.join(".incoming-1-aa")).unwrap(),
        |dir| {
            fs::create_dir_all(dir.join(".incoming-1-bb")).unwrap();
            fs::write(dir.join(".incoming-1-bb/x.nsq"), [0; 5000]).unwrap();
            fs::write(dir.join(".incoming-1-bb.lock"), "99999999").unwrap();
        },
        |dir| {
            fs::create_dir_all(dir).unwrap();
            fs::write(dir.join(".incoming-1-cc.lock"), "").unwrap();
        },
        |dir| {
            fs::create_dir_all(dir.join(".trash-dd")).unwrap();
            fs::write(dir.join(".trash-dd/x.nsq"), [0; 5000]).unwrap();
        },
        |dir| {
            fs::create_dir_all(dir.join("x/a")).unwrap();
            fs::write(dir.join("x/a/x.nsq"), BODY).unwrap();
        },
        |dir| {
            fs::create_dir_all(dir.join("x/b")).unwrap();
            fs::write(dir.join("x/b/x.nsq"), [0; 5000]).unwrap();
        },
    ];
    for leave in left {
        leave(&cache.dir);
        assert!(cache.discard(&database("a").database()).await.unwrap());
        let cached = cache.acquire(&database("a"), &blobs).await.unwrap();
        assert_eq!(fs::read(cached.dir().join("x.nsq")).unwrap(), BODY);
        assert_eq!(there(&cache), ["a"]);
    }
}

#[tokio::test]
async fn a_download_that_is_dropped_leaves_nothing_and_frees_its_room() {
    let (_dir, cache, blobs) = setup(1).await;
    blobs.hold();
    let dropped = {
        let (cache, blobs) = (cache.clone(), blobs.clone());
        tokio::spawn(async move { cache.acquire(&database("a"), &blobs).await.map(drop) })
    };
    until(|| blobs.downloads() > 0).await;
    let full = cache.acquire(&database("b"), &blobs).await.unwrap_err();
    assert!(matches!(full, CacheError::NoRoom { in_use_bytes: SIZE, .. }), "what comes is counted: {full}");
    assert!(there(&cache).iter().all(|name| name.starts_with(".incoming-")), "and is not swept");
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    assert!(there(&cache).is_empty(), "{:?}", there(&cache));
    blobs.release();
    cache.acquire(&database("b"), &blobs).await.unwrap();
}

#[tokio::test]
async fn a_wait_for_somebody_elses_download_may_be_dropped() {
    let (_dir, cache, blobs) = setup(1).await;
    blobs.hold();
    let wanted = database("a");
    let first = {
        let (cache, blobs, wanted) = (cache.clone(), blobs.clone(), wanted.clone());
        tokio::spawn(async move { cache.acquire(&wanted, &blobs).await.map(drop) })
    };
    until(|| blobs.downloads() == FILES.len()).await;
    let waited = tokio::time::timeout(Duration::from_millis(60), cache.acquire(&wanted, &blobs)).await;
    assert!(waited.is_err());
    blobs.release();
    first.await.unwrap().unwrap();
    cache.acquire(&wanted, &blobs).await.unwrap();
    assert_eq!(blobs.downloads(), FILES.len());
}

#[tokio::test]
async fn only_what_is_not_in_use_can_be_discarded() {
    let (_dir, cache, blobs) = setup(1).await;
    let wanted = database("a");
    let cached = cache.acquire(&wanted, &blobs).await.unwrap();
    assert!(!cache.discard(&wanted.database()).await.unwrap());
    drop(cached);
    assert!(cache.discard(&wanted.database()).await.unwrap());
    assert!(there(&cache).is_empty());
    assert!(cache.discard(&wanted.database()).await.unwrap(), "what is not there is gone too");
}

#[tokio::test]
async fn many_at_once_in_a_small_cache_never_meet_a_half_generation() {
    let (_dir, cache, blobs) = setup(2).await;
    let runs = (0..60).map(|run| {
        let (cache, blobs) = (cache.clone(), blobs.clone());
        tokio::spawn(async move {
            let wanted = database(["a", "b", "c", "d", "e"][run * 7 % 5]);
            match cache.acquire(&wanted, &blobs).await {
                Ok(cached) => {
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                        assert_eq!(fs::read(cached.dir().join("x.nsq")).unwrap(), BODY);
                        assert_eq!(fs::read(cached.dir().join("x.nin")).unwrap(), b"index");
                    }
                }
                Err(CacheError::NoRoom { .. } | CacheError::Contended(_)) => {}
                Err(error) => panic!("{error}"),
            }
        })
    });
    for run in join_all(runs).await {
        run.unwrap();
    }
    let sizes = Entry::all(&cache.dir).unwrap().iter().map(|entry| entry.size_bytes().unwrap()).sum::<u64>();
    assert!(sizes <= 2 * SIZE);
    assert!(there(&cache).iter().all(|name| !name.starts_with('.')));
}

/// Bytes of a generation of `examples/cache_user.rs`.
const GENERATION: u64 = 4 << 17;

/// Three processes use one cache; one after the other is killed at whatever it does and replaced.
#[test]
fn processes_that_are_killed_never_leave_a_half_generation() {
    let program = example("cache_user");
    let dir = TempDir::new().unwrap();
    let start = |seed: usize| {
        let started = Command::new(&program)
            .arg(dir.path())
            .arg(seed.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Some(User(started))
    };
    let mut users: Vec<_> = (0..3).map(start).collect();
    for kill in 0..30 {
        let place = kill % users.len();
        // A few uses, then death: how many varies, so that the kills fall everywhere.
        let lines = BufReader::new(users[place].as_mut().unwrap().0.stdout.take().unwrap()).lines();
        let uses =
            lines.take(1 + kill % 4).map(Result::unwrap).filter(|line| line.starts_with("used")).count();
        assert!(uses > 0 || kill % 4 < 3, "it got room");
        let ended = users[place].as_mut().unwrap().0.try_wait().unwrap();
        assert_eq!(ended, None, "a process met something that is not whole");
        users[place] = None;
        users[place] = start(100 + kill);
    }
    drop(users);
    let cache = Cache::new(dir.path().to_owned(), 3 * GENERATION);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let blobs = blobs();
        store(&blobs, &database("a"), &FILES).await;
        drop(cache.acquire(&database("a"), &blobs).await.unwrap());
    });
    let left: Vec<_> = there(&cache).into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    for entry in Entry::all(dir.path()).unwrap().iter().filter(|entry| !entry.dir().ends_with("a")) {
        assert_eq!(entry.size_bytes().unwrap(), GENERATION);
    }
}

/// A process that is killed when it is not needed any more.
struct User(Child);

impl Drop for User {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
