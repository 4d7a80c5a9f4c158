//! The handler's own way to a cluster, given the kubeconfig and nothing else.

use crate::{client::SECRETS, client::names, search::Search};
use async_trait::async_trait;
use blastline_cluster::{ClusterSettings, KubeClusters};
use blastline_jobs::{
    elastic::cause::Cause,
    ids::JobId,
    ports::{
        Clock, Cluster, ClusterErrorKind, Clusters, JobEnd, JobRole, JobSeen, LeaseSeen, LogLine, LogTarget,
        LogWish, LookWish, PodSeen, Sighting, SubmitSpec,
    },
};
use blastline_tests::{
    chain::until,
    standin::{BatchFault, CliFault, Fault, LineFault},
};
use futures::{StreamExt, TryStreamExt};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use time::OffsetDateTime;

/// The machine's clock, which a test may move ahead.
#[derive(Default)]
struct Ahead(Mutex<Duration>);

#[async_trait]
impl Clock for Ahead {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + *self.0.lock().unwrap()
    }

    /// Waiting is moving the clock.
    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

struct Way {
    cluster: Arc<dyn Cluster>,
    clock: Arc<Ahead>,
}

fn way(kubeconfig: &Path) -> Way {
    let settings = ClusterSettings { kubeconfig: Some(kubeconfig.to_owned()), ..ClusterSettings::default() };
    let clock = Arc::new(Ahead::default());
    let clusters = KubeClusters::new(settings, None, clock.clone()).unwrap();
    Way { cluster: clusters.open("standin").unwrap(), clock }
}

fn cluster(search: &Search) -> Arc<dyn Cluster> {
    way(&search.bed.standin.kubeconfig()).cluster
}

fn id(search: &Search) -> JobId {
    search.id.parse().unwrap()
}

fn spec(search: &Search) -> SubmitSpec {
    SubmitSpec {
        job: id(search),
        attempt: 1,
        config: search.ini.clone(),
        image: "acr.example/elb-cli:1".to_owned(),
        service_account: "elb-cli".to_owned(),
        namespace: "default".to_owned(),
        active_deadline: Duration::from_secs(3600),
        ttl: Duration::from_secs(36_000),
        env: [("AZURE_SUBSCRIPTION_ID".to_owned(), "00000000-0000-0000-0000-000000000001".to_owned())].into(),
    }
}

fn of_role(jobs: Vec<JobSeen>, role: JobRole) -> Vec<JobSeen> {
    jobs.into_iter().filter(|job| job.role == role).collect()
}

/// A look of somebody who has stored no logs.
async fn look(cluster: &dyn Cluster, id: &JobId) -> Sighting {
    cluster.look(id, &LookWish { pods: 100, told: &BTreeSet::new() }).await.unwrap()
}

/// Waits until the submission has ended; its pod.
async fn submitted(cluster: &dyn Cluster, id: &JobId) -> PodSeen {
    let ended = until("the submission has ended", || async {
        let seen = look(cluster, id).await;
        let ended = of_role(seen.jobs, JobRole::Cli).first().is_some_and(|job| job.end.is_some());
        ended.then(|| seen.pods.into_iter().find(|pod| pod.role == JobRole::Cli)).flatten()
    });
    ended.await
}

#[tokio::test]
async fn a_search_is_submitted_watched_and_proved() {
    let search = Search::new(|plan| plan).await;
    let (cluster, id) = (cluster(&search), id(&search));
    let job = cluster.create_submit(&spec(&search)).await.unwrap();
    assert_eq!(job.name, "elb-cli-submit-89abcdef-1");
    let pod = submitted(&*cluster, &id).await;
    let end = pod.containers[0].end.as_ref().unwrap();
    assert_eq!((end.exit_code, end.reason.as_str()), (0, "Completed"), "{}", end.message);
    assert!(end.message.contains("\"decision\":\"accepted\""), "{}", end.message);
    assert!(end.message.contains(id.as_str()), "the correlation id is ours: {}", end.message);

    // What was complete once is remembered: Jobs are removed a while after their end.
    let proved: RefCell<BTreeMap<_, _>> = RefCell::default();
    until("every batch is complete", || async {
        let batches = of_role(cluster.jobs_of(&id).await.unwrap(), JobRole::Blast);
        let complete = batches.into_iter().filter(|job| job.end == Some(JobEnd::Complete));
        proved.borrow_mut().extend(complete.map(|job| (job.batch, job)));
        (proved.borrow().len() == 3).then_some(())
    })
    .await;
    let proved = proved.into_inner();
    assert_eq!(proved.keys().copied().collect::<Vec<_>>(), [Some(0), Some(1), Some(2)]);
    for (number, job) in proved.values().enumerate() {
        assert!(job.created_at <= job.ended_at.unwrap());
        assert_eq!(search.batch(number).await.unwrap(), search.direct(number).await);
    }
    until("it counts no more", || async {
        cluster.active_searches().await.unwrap().is_empty().then_some(())
    })
    .await;

    let nodes = cluster.nodes().await.unwrap();
    assert_eq!(nodes.iter().filter(|node| node.takes_searches && node.ready).count(), 3);
    assert!(
        nodes.iter().filter(|node| node.takes_searches).all(|node| node.machine_type == "Standard_E16s_v5")
    );
}

#[tokio::test]
async fn a_submission_that_is_cut_off_anywhere_is_one_submission() {
    for (verb, resource) in [("create", "secrets"), ("create", "jobs"), ("patch", "secrets")] {
        let search = Search::new(|plan| {
            plan.fault(Fault::ApiStatus {
                status: 500,
                verb: Some(verb.to_owned()),
                resource: Some(resource.to_owned()),
                calls: 1,
                retry_after_seconds: None,
            })
        })
        .await;
        let cluster = cluster(&search);
        let error = cluster.create_submit(&spec(&search)).await.unwrap_err();
        assert_eq!(error.kind, ClusterErrorKind::Unavailable, "{verb} {resource}: {error}");
        let job = cluster.create_submit(&spec(&search)).await.unwrap();
        assert_eq!(cluster.create_submit(&spec(&search)).await.unwrap().uid, job.uid);
        assert_eq!(of_role(cluster.jobs_of(&id(&search)).await.unwrap(), JobRole::Cli).len(), 1);
        let (_, secrets) = search.bed.get(SECRETS).await;
        assert_eq!(secrets["items"][0]["metadata"]["ownerReferences"][0]["uid"], job.uid.as_str());
        assert_eq!(names(&secrets).len(), 1);
    }
}

#[tokio::test]
async fn a_look_is_three_lists() {
    let search = Search::new(|plan| plan).await;
    let (cluster, id) = (cluster(&search), id(&search));
    cluster.create_submit(&spec(&search)).await.unwrap();
    submitted(&*cluster, &id).await;
    let lists = || {
        search
            .bed
            .standin
            .calls()
            .iter()
            .filter(|(what, _)| what.starts_with("list"))
            .map(|(_, n)| n)
            .sum::<u64>()
    };
    let before = lists();
    let seen = look(cluster.as_ref(), &id).await;
    assert_eq!(lists() - before, 3);
    assert!(seen.jobs.len() > 3 && !seen.pods.is_empty());
}

#[tokio::test]
async fn what_goes_wrong_in_a_pod_is_told_apart() {
    let image = |app: &str| Fault::ImagePull { app: app.to_owned(), batch: None };
    let batch = |what| Fault::Batch { batch: Some(1), what, times: u32::MAX };
    for (fault, wanted) in [
        (image("blast"), "ImageNotPulled"),
        (image("elb-cli-submit"), "ImageNotPulled"),
        (Fault::Unschedulable { app: "blast".to_owned(), seconds: None }, "Unschedulable"),
        (batch(BatchFault::OomKilled), "OutOfMemory"),
        (batch(BatchFault::Evicted), "Evicted"),
        (batch(BatchFault::Exit { code: 3, text: "BLAST engine error".to_owned() }), "Blast"),
    ] {
        // What ends an attempt is seen until the next one has ended, and not at all once the Job has given up.
        let search = Search::new(|plan| plan.time_scale(10.0).fault(fault)).await;
        let (cluster, id) = (cluster(&search), id(&search));
        cluster.create_submit(&spec(&search)).await.unwrap();
        until(&format!("{wanted} is seen"), || async {
            let pods = look(cluster.as_ref(), &id).await.pods;
            let causes = pods.iter().filter_map(Cause::of).map(|cause| format!("{cause:?}"));
            causes.into_iter().any(|cause| cause.starts_with(wanted)).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_lone_finalizer_counts_for_five_minutes_of_the_clusters_clock() {
    let search = Search::new(|plan| plan.time_scale(10.0)).await;
    let (cluster, id) = (cluster(&search), id(&search));
    let slow = BatchFault::Slow { seconds: 100_000 };
    search.bed.standin.arm(Fault::Batch { batch: None, what: slow, times: 9 });
    cluster.create_submit(&spec(&search)).await.unwrap();
    submitted(&*cluster, &id).await;
    until("it counts", || async {
        (cluster.active_searches().await.unwrap() == [id.as_str()]).then_some(())
    })
    .await;
    search.bed.standin.skew(10_000);
    assert_eq!(cluster.active_searches().await.unwrap(), [id.as_str()], "it has batches");
    search.bed.standin.skew(0);
    for role in [JobRole::Setup, JobRole::Submit, JobRole::Blast] {
        cluster.delete_jobs(&id, role).await.unwrap();
    }
    assert_eq!(cluster.active_searches().await.unwrap(), [id.as_str()], "it is young");
    search.bed.standin.skew(301);
    assert_eq!(cluster.active_searches().await.unwrap(), Vec::<String>::new());
}

/// Deletes everything of a search until nothing is left.
async fn cancel(cluster: &dyn Cluster, id: &JobId) {
    until("nothing is left", || async {
        for role in JobRole::CANCEL_ORDER {
            cluster.delete_jobs(id, role).await.unwrap();
        }
        let seen = look(cluster, id).await;
        let pods = cluster.pods_of(id, 100).await.unwrap();
        (seen.jobs.is_empty() && pods.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_search_leaves_nothing_and_the_other_one_whole() {
    let slow = |what| Fault::Batch { batch: None, what, times: 6 };
    let search = Search::new(|plan| plan.fault(slow(BatchFault::Slow { seconds: 1000 }))).await;
    let (cluster, first) = (cluster(&search), id(&search));
    let second: JobId = "job-fedcba9876543210fedcba9876543210".parse().unwrap();
    let mut other = spec(&search);
    other.config = search.ini.replace(&format!("results/{first}"), &format!("results/{second}"));
    other.job = second.clone();
    cluster.create_submit(&spec(&search)).await.unwrap();
    submitted(&*cluster, &first).await;
    cluster.create_submit(&other).await.unwrap();
    submitted(&*cluster, &second).await;
    cancel(&*cluster, &first).await;
    assert_eq!(of_role(cluster.jobs_of(&second).await.unwrap(), JobRole::Blast).len(), 3);
    let (_, secrets) = search.bed.get(SECRETS).await;
    assert_eq!(names(&secrets), ["elb-cfg-76543210-1"]);
    cancel(&*cluster, &second).await;
    assert!(search.bed.standin.jobs().is_empty() && search.bed.standin.pods().is_empty());
}

#[tokio::test]
async fn a_submission_that_hangs_is_cancelled_too() {
    let search = Search::new(|plan| plan.fault(Fault::Cli { what: CliFault::Hangs, times: 1 })).await;
    let (cluster, id) = (cluster(&search), id(&search));
    cluster.create_submit(&spec(&search)).await.unwrap();
    until("it runs", || async {
        let pods = cluster.pods_of(&id, 5).await.unwrap();
        pods.iter().any(|pod| pod.containers.iter().any(|one| one.running)).then_some(())
    })
    .await;
    cancel(&*cluster, &id).await;
    assert!(names(&search.bed.get(SECRETS).await.1).is_empty());
}

#[tokio::test]
async fn one_of_two_submitters_gets_the_lease() {
    let search = Search::new(|plan| plan).await;
    let (us, them) = (cluster(&search), cluster(&search));
    let take = |holder: &str, lease: &LeaseSeen| LeaseSeen {
        holder: holder.to_owned(),
        renewed_at: Some(OffsetDateTime::now_utc()),
        duration: Duration::from_secs(900),
        ..lease.clone()
    };
    for round in ["it does not exist", "it is there"] {
        let lease = us.submit_lease().await.unwrap();
        assert_eq!(lease.version.is_empty(), round == "it does not exist");
        let (ours, theirs) = (take("us", &lease), take("them", &lease));
        let (ours, theirs) = tokio::join!(us.write_submit_lease(&ours), them.write_submit_lease(&theirs));
        let (kept, lost) = match (ours, theirs) {
            (Ok(kept), Err(lost)) | (Err(lost), Ok(kept)) => (kept, lost),
            both => panic!("{round}: {both:?}"),
        };
        assert_eq!(lost.kind, ClusterErrorKind::LostRace, "{round}: {lost}");
        assert_eq!(us.submit_lease().await.unwrap(), kept);
    }
}

/// The lines of a container of a batch, followed to its end.
async fn followed(cluster: &dyn Cluster, id: &JobId) -> (LogTarget, Vec<LogLine>) {
    let target = until("a batch runs", || async {
        let pods = look(cluster, id).await.pods;
        let pod = pods.into_iter().find(|pod| pod.role == JobRole::Blast)?;
        let named =
            pod.containers.iter().find(|one| one.name == "blast" && (one.running || one.end.is_some()))?;
        Some(LogTarget { container: named.name.clone(), pod: pod.name, pod_uid: pod.uid })
    })
    .await;
    let wish = LogWish { follow: true, ..LogWish::default() };
    let lines = cluster.log(&target, &wish).await.unwrap().try_collect().await.unwrap();
    (target, lines)
}

#[tokio::test]
async fn a_followed_log_has_every_line_once_and_ends_with_its_container() {
    for (what, count) in [(LineFault::Chatter, 5000), (LineFault::Long, 20), (LineFault::Binary, 20)] {
        let search = Search::new(|plan| {
            plan.fault(Fault::Lines { container: "blast".to_owned(), count, what, every_millis: None })
                .fault(Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 200 }, times: 9 })
        })
        .await;
        let (cluster, id) = (cluster(&search), id(&search));
        cluster.create_submit(&spec(&search)).await.unwrap();
        let (target, lines) = followed(&*cluster, &id).await;
        assert!(lines.len() > usize::try_from(count).unwrap(), "{what:?}: {}", lines.len());
        assert!(lines.is_sorted_by(|one, next| one.stamp <= next.stamp));
        let again: Vec<_> = cluster.log(&target, &LogWish::default()).await.unwrap().collect().await;
        assert_eq!(again.into_iter().map(Result::unwrap).collect::<Vec<_>>(), lines, "{what:?}");
        cancel(&*cluster, &id).await;
    }
}

#[tokio::test]
async fn trouble_has_its_names_and_passes() {
    let search = Search::new(|plan| plan).await;
    let Way { cluster, clock } = way(&search.bed.standin.kubeconfig());
    let busy = |seconds| Fault::ApiStatus {
        status: 429,
        verb: None,
        resource: None,
        calls: 1,
        retry_after_seconds: Some(seconds),
    };
    search.bed.standin.arm(busy(1));
    cluster.nodes().await.unwrap();
    assert!(clock.0.lock().unwrap().as_secs() >= 1, "a second is waited for");
    search.bed.standin.arm(busy(30));
    let error = cluster.nodes().await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ClusterErrorKind::Throttled, Some(Duration::from_secs(30))));
    clock.sleep(Duration::from_secs(30)).await;

    search.bed.standin.arm(Fault::ApiCut { calls: 1 });
    assert_eq!(cluster.nodes().await.unwrap_err().kind, ClusterErrorKind::Unavailable);
    search.bed.standin.arm(Fault::QuotaJobs { limit: 0 });
    assert_eq!(cluster.create_submit(&spec(&search)).await.unwrap_err().kind, ClusterErrorKind::Quota);
    search.bed.standin.mend();
    cluster.create_submit(&spec(&search)).await.unwrap();
}

#[tokio::test]
async fn a_renewed_token_is_read_from_the_kubeconfig() {
    let mut search = Search::new(|plan| plan).await;
    let Way { cluster, clock } = way(&search.bed.standin.kubeconfig());
    cluster.nodes().await.unwrap();
    search.bed.standin.renew_token();
    clock.sleep(Duration::from_secs(60)).await;
    assert_eq!(cluster.nodes().await.unwrap_err().kind, ClusterErrorKind::Denied);
    cluster.nodes().await.unwrap();
}
