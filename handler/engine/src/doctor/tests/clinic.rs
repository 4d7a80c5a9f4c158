use crate::database::Cache;
use crate::doctor::{Doctor, Kind, Machine, Report, Treatment};
use crate::serverless::joined_files;
use crate::serverless::tests::House;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::MemorySurvey;
use blastline_jobs::names::Container;
use blastline_jobs::ports::PutCondition;
use blastline_jobs::state::Phase;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A control plane with its doctor. Scans have few rows a page.
pub struct Clinic {
    pub house: House,
    pub doctor: Doctor,
    pub dir: TempDir,
}

impl Clinic {
    pub fn new() -> Self {
        let house = House::new();
        let dir = tempfile::tempdir().unwrap();
        let survey =
            MemorySurvey { tables: house.tables.clone(), queues: (*house.queues).clone(), page_size: 2 };
        let doctor = Doctor {
            deps: house.deps.clone(),
            survey: Arc::new(survey),
            machine: Some(Machine {
                cache: Arc::new(Cache::new(dir.path().join("cache"), 1_000_000)),
                scratch: dir.path().join("scratch"),
            }),
        };
        std::fs::create_dir(dir.path().join("scratch")).unwrap();
        std::fs::create_dir(dir.path().join("cache")).unwrap();
        Self { house, doctor, dir }
    }

    /// A search that is completed, with its result.
    pub async fn completed(&self) -> JobId {
        let job = self.house.submit(1, 20).await;
        self.house.settle().await;
        let files = joined_files(&self.house.job(&job).await).unwrap();
        for file in [&files.hits, &files.residues, &files.queries, &files.archive] {
            self.put(file).await;
        }
        job
    }

    pub async fn put(&self, path: &BlobPath) {
        let body = bytes::Bytes::from_static(b"x");
        self.house.deps.blobs.put(path, body, "x", PutCondition::Overwrite).await.unwrap();
    }

    /// Puts a blob below a search's folder.
    pub async fn plant(&self, container: Container, job: &JobId, file: &str) {
        self.put(&BlobPath::new(container, format!("{job}/{file}")).unwrap()).await;
    }

    pub async fn examine(&self) -> Report {
        self.doctor.examine().await.unwrap()
    }

    pub async fn kinds(&self) -> Vec<Kind> {
        self.examine().await.findings.into_iter().map(|finding| finding.kind).collect()
    }

    /// So much time that nothing is in the middle of anything any more.
    pub fn age(&self) {
        self.house.clock.advance(self.house.deps.timing.late * 3);
    }

    /// The one kind is found, with words and a command; healing and the reconciler take it away, and nothing else.
    pub async fn is_found_and_healed(&self, kind: Kind) {
        let report = self.examine().await;
        let kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|found| *found == kind), "{kind:?} in {report:#?}");
        let finding = &report.findings[0];
        assert!(!finding.subject.is_empty() && !finding.detail.is_empty(), "{finding:?}");
        assert_eq!(finding.heal, kind.heal().replace("{id}", &finding.subject));
        for healed in self.doctor.heal(report).await.unwrap() {
            let by_itself = kind.heal() != "handler doctor state --heal";
            assert_eq!(healed.treatment == Treatment::ByItsCommand, by_itself, "{healed:?}");
        }
        self.house.tick().await;
        self.house.clock.advance(Duration::from_secs(2));
        while self.house.step().await {}
        assert_eq!(self.kinds().await, [], "{kind:?} is not healed");
    }

    pub async fn phase(&self, job: &JobId) -> Phase {
        self.house.job(job).await.phase
    }
}
