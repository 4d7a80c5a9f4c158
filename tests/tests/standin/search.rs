//! A search to be submitted: a database and a query in Azurite, a configuration, the Secret and the Job.

use crate::client::{Bed, JOBS, PODS, SECRETS, names};
use blastline_azure::{ConnectionString, Storage, StorageSettings};
use blastline_jobs::{
    blob_path::BlobPath,
    names::Container,
    ports::{Blobs, PutCondition},
};
use blastline_tests::{
    chain::samples::{self, fasta},
    standin::Plan,
};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{io::Read, process::Command, sync::Arc};
use tempfile::TempDir;

/// What the container of the submission runs.
const SCRIPT: &str = r#"
set -o pipefail
az login --service-principal -u "$AZURE_CLIENT_ID" -t "$AZURE_TENANT_ID" \
    --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")" -o none && az account set -s "$SUBSCRIPTION" || exit 7
elastic-blast submit --cfg - --json --idempotency-key "$ELB_ID" --logfile stderr --loglevel INFO \
    < /cfg/elastic-blast.ini | tee /home/elb/out
ended=${PIPESTATUS[0]}
tail -n1 /home/elb/out | head -c 4000 > /dev/termination-log
exit $ended
"#;

/// The options of the search.
const OPTIONS: &str = "-evalue 0.05 -max_target_seqs 50 -outfmt 7 std staxids qlen slen";

/// A search.
pub struct Search {
    pub bed: Bed,
    pub id: String,
    pub ini: String,
    blobs: Arc<dyn Blobs>,
    dir: TempDir,
}

impl Search {
    /// With a database and a query in place; three batches.
    pub async fn new(plan: impl FnOnce(Plan) -> Plan) -> Self {
        Self::with_id("job-0123456789abcdef0123456789abcdef", plan).await
    }

    pub async fn with_id(id: &str, plan: impl FnOnce(Plan) -> Plan) -> Self {
        let bed = Bed::with(plan);
        let storage =
            Storage::connect(&StorageSettings::of(ConnectionString::new(bed.account.connection_string())))
                .unwrap();
        let search = Self {
            ini: ini(&bed.account.blob_url(), id),
            id: id.to_owned(),
            blobs: storage.blobs(),
            dir: tempfile::tempdir().unwrap(),
            bed,
        };
        search.add_database().await;
        let query: Vec<_> = (0..12)
            .map(|n| samples::mutant(&samples::orchids()[n], &format!("q{n}"), 0, 600, 20, n as u64))
            .collect();
        search.put(Container::Queries, &format!("{id}/query.fa"), fasta(&query).into_bytes()).await;
        search
    }

    async fn add_database(&self) {
        let folder = self.dir.path().join("db");
        std::fs::create_dir(&folder).unwrap();
        let file = self.dir.path().join("orchid_its.fa");
        std::fs::write(&file, fasta(samples::orchids())).unwrap();
        let mut make = Command::new("makeblastdb");
        make.args(["-dbtype", "nucl", "-title", "orchid_its", "-out"]).arg(folder.join("orchid_its"));
        assert!(make.arg("-in").arg(&file).output().unwrap().status.success());
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let name = format!("orchid_its/g1/files/{}", entry.file_name().to_string_lossy());
            self.put(Container::BlastDb, &name, std::fs::read(entry.path()).unwrap()).await;
        }
    }

    pub async fn put(&self, container: Container, name: &str, bytes: Vec<u8>) {
        self.blobs.ensure(container).await.unwrap();
        let path = BlobPath::new(container, name).unwrap();
        self.blobs
            .put(&path, bytes.into(), "application/octet-stream", PutCondition::Overwrite)
            .await
            .unwrap();
    }

    /// An object below the search's folder of results.
    pub async fn result(&self, name: &str) -> Option<Vec<u8>> {
        let path = BlobPath::new(Container::Results, format!("{}/{}/{name}", self.id, self.id)).unwrap();
        self.blobs.get(&path, 1 << 30).await.unwrap().map(|bytes| bytes.to_vec())
    }

    /// The result of a batch, unpacked; an error for what is none.
    pub async fn batch(&self, number: usize) -> Result<String, String> {
        let packed = self.result(&format!("batch_{number:03}-blastn-orchid_its.out.gz")).await;
        let mut text = String::new();
        let read = GzDecoder::new(&packed.ok_or("missing")?[..]).read_to_string(&mut text);
        read.map(|_| text).map_err(|error| error.to_string())
    }

    /// What BLAST+ itself finds for a batch.
    pub async fn direct(&self, number: usize) -> String {
        let query = self.dir.path().join("direct.fa");
        std::fs::write(&query, self.result(&format!("query_batches/batch_{number:03}.fa")).await.unwrap())
            .unwrap();
        let output = Command::new("blastn")
            .args(["-db", "orchid_its", "-evalue", "0.05", "-max_target_seqs", "50"])
            .args(["-outfmt", "7 std staxids qlen slen", "-query"])
            .arg(&query)
            .env("BLASTDB", self.dir.path().join("db"))
            .env("BLAST_USAGE_REPORT", "false")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Creates the Secret and the Job; the Job's name.
    pub async fn submit(&self) -> String {
        self.submit_with(|_| {}).await
    }

    /// The same with a Job that differs.
    pub async fn submit_with(&self, change: impl FnOnce(&mut Value)) -> String {
        self.submit_with_attempt(1, change).await
    }

    /// The same with the number of the attempt, which is part of the names.
    pub async fn submit_with_attempt(&self, attempt: u32, change: impl FnOnce(&mut Value)) -> String {
        let short = &self.id[self.id.len() - 8..];
        let (name, config) =
            (format!("elb-cli-submit-{short}-{attempt}"), format!("elb-cfg-{short}-{attempt}"));
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": { "name": config, "labels": { "elb.control/job": self.id } },
            "stringData": { "elastic-blast.ini": self.ini },
        });
        self.bed.create(SECRETS, &secret).await;
        let mut job = submit_job(&name, &config, &self.id);
        change(&mut job);
        self.bed.create(JOBS, &job).await;
        name
    }

    /// Waits until the submission has ended; exit code and termination message.
    pub async fn submitted(&self, job: &str) -> (i64, String) {
        self.bed
            .until_object(&format!("{JOBS}/{job}"), "the submission has ended", |job| {
                crate::client::has(job, "Complete") || crate::client::has(job, "Failed")
            })
            .await;
        let path = format!("{PODS}?labelSelector=batch.kubernetes.io/job-name={job}");
        let (_, pods) = self.bed.get(&path).await;
        let ended = &pods["items"][0]["status"]["containerStatuses"][0]["state"]["terminated"];
        let message = ended["message"].as_str().unwrap_or_default();
        // Shown where the test fails.
        let pod = pods["items"][0]["metadata"]["name"].as_str().unwrap();
        let log = self.bed.request(reqwest::Method::GET, &format!("{PODS}/{pod}/log"));
        println!("{}", log.send().await.unwrap().text().await.unwrap());
        (ended["exitCode"].as_i64().unwrap(), message.trim_end().to_owned())
    }

    /// The Jobs of the batches.
    pub async fn batches(&self) -> Value {
        self.bed.get(&format!("{JOBS}?labelSelector=app=blast,elb-job-id={}", self.id)).await.1
    }

    /// Name of the Job of a batch.
    pub fn batch_job(&self, number: usize) -> String {
        format!("blastn-batch-orchid-its-job-{number:03}-{}", &self.id[self.id.len() - 8..])
    }

    /// The pods of a batch.
    pub async fn batch_pods(&self, number: usize) -> Vec<Value> {
        let path = format!("{PODS}?labelSelector=batch.kubernetes.io/job-name={}", self.batch_job(number));
        let (_, list) = self.bed.get(&path).await;
        assert_eq!(names(&list).len(), list["items"].as_array().unwrap().len());
        list["items"].as_array().unwrap().clone()
    }
}

fn ini(blob_url: &str, id: &str) -> String {
    format!(
        "[cloud-provider]\nazure-region = koreacentral\nazure-resource-group = rg-elb\n\
         [cluster]\nname = elb-cluster\nmachine-type = Standard_E16s_v5\nnum-nodes = 3\nnum-cpus = 8\n\
         exp-use-local-ssd = true\nreuse = true\n\
         [blast]\nprogram = blastn\ndb = {blob_url}/blast-db/orchid_its/g1/files/orchid_its\n\
         queries = {blob_url}/queries/{id}/query.fa\nresults = {blob_url}/results/{id}\n\
         batch-len = 3000\nmem-request = 4G\noptions = {OPTIONS}\n\
         [timeouts]\ninit-pv = 45\nblast-k8s-job = 1440\n"
    )
}

fn submit_job(name: &str, secret: &str, id: &str) -> Value {
    let labels = json!({ "app": "elb-cli-submit", "elb.control/job": id });
    let mut of_pod = labels.clone();
    of_pod["azure.workload.identity/use"] = json!("true");
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "backoffLimit": 0, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 7200,
            "template": { "metadata": { "labels": of_pod }, "spec": {
                "restartPolicy": "Never", "serviceAccountName": "elb-runner",
                "tolerations": [{ "key": "workload", "operator": "Equal", "value": "blast", "effect": "NoSchedule" }],
                "volumes": [
                    { "name": "cfg", "secret": { "secretName": secret } },
                    { "name": "home", "emptyDir": {} },
                ],
                "containers": [{
                    "name": "submit", "image": "example.azurecr.io/runner:1",
                    "command": ["/bin/bash", "-c", SCRIPT],
                    "env": [
                        { "name": "HOME", "value": "/home/elb" },
                        { "name": "USER", "value": "elb" },
                        { "name": "ELB_ID", "value": id },
                        { "name": "SUBSCRIPTION", "value": "00000000-0000-0000-0000-000000000001" },
                        { "name": "ELB_USE_CLIENT_SPLIT", "value": "1" },
                        { "name": "ELB_DISABLE_JOB_SUBMISSION_ON_THE_CLOUD", "value": "1" },
                    ],
                    "volumeMounts": [
                        { "name": "cfg", "mountPath": "/cfg", "readOnly": true },
                        { "name": "home", "mountPath": "/home/elb" },
                    ],
                }],
            } },
        },
    })
}

impl Search {
    /// Creates a Job whose Secret is not there; its name.
    pub async fn submit_without_secret(&self) -> String {
        let mut job = submit_job("elb-cli-submit-nothing-1", "elb-cfg-nothing-1", &self.id);
        job["spec"]["activeDeadlineSeconds"] = json!(100);
        self.bed.create(JOBS, &job).await;
        "elb-cli-submit-nothing-1".to_owned()
    }
}
