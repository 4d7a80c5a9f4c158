//! The effects of a submission, in the order of the real one (local SSD, a cluster that is there).

use super::{
    super::objects::Address,
    Answer, Attempt, Mouth, Trouble,
    config::{Config, memory},
    create::{NAMESPACE, apply, setup_is_over, waits_for_itself},
    manifests::Manifests,
    split::{Split, split},
};
use crate::standin::{
    control::ready_nodes,
    faults::{BatchFault, CliFault, Fault},
    objects::{Job, Node},
    shared::Shared,
    store::Kept,
};
use blastline_jobs::ports::StorageError;
use flate2::{Compression, write::GzEncoder};
use std::{collections::BTreeMap, io::Write, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Most Jobs of a search.
const MOST_JOBS: usize = 5_000;

/// Submits a search.
pub async fn submit(
    attempt: &Attempt<'_>,
    config: &Config,
    id: &str,
    (mouth, fault): (&mut Mouth, Option<&CliFault>),
) -> Result<Answer, Trouble> {
    let shared = attempt.shared;
    if let Some(ended) = at_once(fault)? {
        return Ok(ended);
    }
    if attempt.env("USER").is_empty() {
        let words = "Traceback (most recent call last):\nKeyError: 'getpwuid(): uid not found: 1000'";
        return Err(Trouble::new(1, words).categorised("internal"));
    }
    let results = format!("{}/{id}", config.results);
    let Some(place) = Address::read(shared, &results) else {
        return Err(Trouble::new(6, format!("Cannot write to results {results}")));
    };
    if let Some(terminal) = marker(shared, &place).await? {
        let details = BTreeMap::from([("terminal", terminal.to_owned())]);
        return Ok(Answer::Decision("already_done".to_owned(), details));
    }
    look_at_cluster(shared, config)?;
    mouth.say(&format!("\u{1b}[33m[1/5] Writing configuration to {results}/metadata/\u{1b}[0m")).await;
    let written =
        serde_json::json!({ "cluster": config.cluster_name, "blast": config.program, "db": config.db });
    put(shared, &place, "metadata/elastic-blast-config.json", written.to_string()).await?;
    let query = Address::read(shared, &config.queries);
    let query = match query {
        Some(query) => query.get(shared).await.map_err(broken)?,
        None => None,
    };
    let query =
        query.ok_or_else(|| Trouble::new(1, format!("Query file {} is not readable", config.queries)))?;
    let db = Address::read(shared, &config.db);
    let missing = || Trouble::new(2, format!("BLAST database {} was not found", config.db));
    let db = db.ok_or_else(missing)?;
    if db.list(shared, ".").await.map_err(broken)?.is_empty() {
        return Err(missing());
    }
    mouth.say("\u{1b}[33m[2/5] Splitting queries\u{1b}[0m").await;
    let split = batches(config, &String::from_utf8_lossy(&query))?;
    for (number, text) in split.batches.iter().enumerate() {
        put(shared, &place, &format!("query_batches/batch_{number:03}.fa"), text.clone()).await?;
    }
    put(shared, &place, "metadata/query_length.txt", split.letters.to_string()).await?;
    mouth.say("INFO: Scanning...").await;
    mouth.say("100.0 %, 1 Done, 0 Failed, 0 Pending, 0 Skipped, 1 Total").await;
    if fault == Some(&CliFault::CreatesNothing) {
        return Ok(accepted());
    }
    leave_stale(shared, &place, config, db.base(), split.batches.len()).await?;
    if waits_for_itself(attempt.pod) {
        mouth.error(&format!("INFO: waiting until no job has the label elb-job-id={id}")).await;
        std::future::pending::<()>().await;
    }
    create(attempt, config, (id, &place, db.base(), split.batches.len()), (mouth, fault)).await
}

/// What a history has in place of all work.
fn at_once(fault: Option<&CliFault>) -> Result<Option<Answer>, Trouble> {
    const CATEGORIES: [&str; 8] =
        ["transient", "capacity", "invalid", "auth", "not_found", "conflict", "permanent", "internal"];
    match fault {
        Some(CliFault::Exit { code, category, retry_after_seconds }) => {
            let category = category.as_deref().unwrap_or_default();
            let category = CATEGORIES.into_iter().find(|known| *known == category).unwrap_or_default();
            let message = format!("submission failed ({category})");
            Err(Trouble { code: *code, category, message, retry_after: *retry_after_seconds })
        }
        Some(CliFault::Decision { decision }) => {
            Ok(Some(Answer::Decision(decision.clone(), BTreeMap::new())))
        }
        _ => Ok(None),
    }
}

async fn marker(shared: &Shared, place: &Address) -> Result<Option<&'static str>, Trouble> {
    for terminal in ["SUCCESS", "FAILURE"] {
        if place.join(&format!("metadata/{terminal}.txt")).exists(shared).await.map_err(broken)? {
            return Ok(Some(terminal));
        }
    }
    Ok(None)
}

fn look_at_cluster(shared: &Shared, config: &Config) -> Result<(), Trouble> {
    if shared.setup.cluster_name.as_ref().is_some_and(|name| *name != config.cluster_name) {
        // Not found, so it would be created, which the identity may not do.
        let words = format!("AuthorizationFailed: managedClusters/write on {:?}", config.cluster_name);
        return Err(Trouble::new(7, words).categorised("auth"));
    }
    if !config.reuse {
        let words = format!("The cluster {} exists already; set reuse", config.cluster_name);
        return Err(Trouble::new(8, words));
    }
    let ready = ready_nodes(&shared.world());
    if ready != config.num_nodes as usize {
        let words = format!("The cluster has {ready} nodes that are ready, not {}", config.num_nodes);
        return Err(Trouble::new(8, words));
    }
    Ok(())
}

/// The batches; shorter ones where the length was not said and they would be fewer than run side by side.
fn batches(config: &Config, query: &str) -> Result<Split, Trouble> {
    let (length, said) = config.batch_len;
    let mut whole = split(query, length);
    let by_cpus = u64::from(config.machine.0 / config.num_cpus.max(1));
    let request = memory(&config.mem_request).unwrap_or(1);
    let by_memory = (u128::from(config.machine.1) << 30) / request.max(1);
    let concurrent = by_cpus.min(by_memory as u64).max(1) * u64::from(config.num_nodes);
    if !said && (whole.batches.len() as u64) < concurrent {
        whole = split(query, (whole.letters / concurrent).max(1));
    }
    match whole.batches.len() {
        0 => Err(Trouble::new(1, "Traceback (most recent call last):\nException: Empty input file")
            .categorised("internal")),
        many if many > MOST_JOBS => Err(Trouble::new(1, format!("{many} jobs are more than {MOST_JOBS}"))),
        _ => Ok(whole),
    }
}

/// Lays old results where a history wants them; what comes later is at least two seconds younger.
async fn leave_stale(
    shared: &Shared,
    place: &Address,
    config: &Config,
    db: &str,
    batches: usize,
) -> Result<(), Trouble> {
    let stale = shared.faults.look(|fault, _| match fault {
        Fault::Batch { batch, what: BatchFault::ResultStale, .. } => Some(*batch),
        _ => None,
    });
    let Some(which) = stale else { return Ok(()) };
    for number in (0..batches).filter(|number| which.is_none_or(|which| which as usize == *number)) {
        let mut old = GzEncoder::new(Vec::new(), Compression::fast());
        old.write_all(b"# an older result\n# BLAST processed 0 queries\n").unwrap();
        let name = format!("batch_{number:03}-{}-{db}.out.gz", config.program);
        put(shared, place, &name, old.finish().unwrap()).await?;
    }
    let _ = timeout(Duration::from_secs(2), std::future::pending::<()>()).await;
    Ok(())
}

async fn create(
    attempt: &Attempt<'_>,
    config: &Config,
    (id, place, db, count): (&str, &Address, &str, usize),
    (mouth, fault): (&mut Mouth, Option<&CliFault>),
) -> Result<Answer, Trouble> {
    let shared = attempt.shared;
    let manifests = Manifests { config, id, db, batches: count };
    mouth.say("\u{1b}[33m[3/5] Initialising storage\u{1b}[0m").await;
    apply(shared, manifests.scripts())?;
    let nodes = number_nodes(shared);
    let warm = shared.setup.warm_shortcut && workspace_is_there(shared);
    if !warm {
        for ordinal in nodes {
            apply(shared, manifests.setup(ordinal))?;
        }
        wait_for_setup(shared, config).await?;
    }
    mouth.say("\u{1b}[33m[4/5] Submitting jobs\u{1b}[0m").await;
    let jobs: Result<Vec<Job>, String> = (0..count).map(|number| manifests.batch(number)).collect();
    let mut jobs = jobs.map_err(|words| Trouble::new(7, words))?;
    jobs.push(manifests.finalizer());
    match fault {
        Some(CliFault::CreatesLate { seconds }) => {
            let (shared, seconds) = (Arc::clone(shared), *seconds);
            tokio::spawn(async move {
                let _ =
                    timeout(shared.scaled(Duration::from_secs(seconds)), std::future::pending::<()>()).await;
                for job in jobs {
                    // A search that was cancelled meanwhile gets its Jobs all the same, as with a slow API.
                    let _ = apply(&shared, job);
                }
            });
        }
        Some(CliFault::CreatesHalf { code }) => {
            jobs.truncate(count.div_ceil(2));
            jobs.into_iter().try_for_each(|job| apply(shared, job))?;
            return Err(Trouble::new(*code, "kubectl apply: timed out after 60 seconds"));
        }
        _ => jobs.into_iter().try_for_each(|job| apply(shared, job))?,
    }
    put(shared, place, "metadata/num_jobs_submitted.txt", count.to_string()).await?;
    mouth.say(&format!("\u{1b}[33m[5/5] {count} jobs were submitted\u{1b}[0m")).await;
    Ok(accepted())
}

fn accepted() -> Answer {
    Answer::Decision("accepted".to_owned(), BTreeMap::new())
}

/// Labels the nodes with their place in the order of names, and gives the places of those that take searches.
fn number_nodes(shared: &Shared) -> Vec<usize> {
    let mut world = shared.world();
    let nodes: Vec<Node> = Node::shelf(&world).all().cloned().collect();
    let mut searching = Vec::new();
    for (ordinal, node) in nodes.iter().enumerate() {
        world.alter::<Node>("", &node.metadata.name, |node| {
            node.metadata.labels.insert("ordinal".to_owned(), ordinal.to_string());
        });
        if node.is_ready() && node.metadata.label("workload") == "blast" {
            searching.push(ordinal);
        }
    }
    searching
}

/// Whether some search brought some database here, which the real one takes for its own.
fn workspace_is_there(shared: &Shared) -> bool {
    let world = shared.world();
    Job::shelf(&world).of(NAMESPACE).any(|job| job.metadata.label("app") == "setup" && job.is_over())
}

/// Waits until no `setup` Job is active, of whatever search; wrong only when every one failed.
async fn wait_for_setup(shared: &Shared, config: &Config) -> Result<(), Trouble> {
    let mut listen = shared.world().listen();
    let waiting = async {
        loop {
            listen.borrow_and_update();
            let (over, failed) = setup_is_over(shared);
            if over {
                return failed;
            }
            if listen.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let limit = shared.seconds(config.init_minutes * 60);
    match timeout(limit, waiting).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(Trouble::new(1, "Initialisation of the database failed").categorised("internal")),
        Err(_) => Err(Trouble::new(8, "Timed out waiting for the database on the nodes")),
    }
}

async fn put(
    shared: &Shared,
    place: &Address,
    below: &str,
    body: impl Into<bytes::Bytes>,
) -> Result<(), Trouble> {
    place.join(below).put(shared, body).await.map_err(broken)
}

fn broken(error: StorageError) -> Trouble {
    Trouble::new(7, format!("azcopy: {error}")).categorised("transient")
}
