use super::scene::Scene;
use crate::logs::cluster_id;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{ContainerSeen, Entity, JobRole, LogLine, Match, PodSeen};
use blastline_jobs::rows::CURRENT;
use serde_json::json;
use time::OffsetDateTime;

const ID: &str = "job-429825360482416da20736cf3ed51a95";

#[tokio::test]
async fn an_id_that_is_only_in_a_nested_place_finds_all_twenty_one_targets() {
    let scene = Scene::new().await;
    let other: JobId = ID.parse().unwrap();
    let payload = json!({
        "elastic_blast_job_id": null,
        "_progress": { "steps": { "running": { "k8s": { "job_id": ID } } } },
    });
    let patch = Entity::new(scene.job.as_str(), CURRENT)
        .text("elastic_blast_job_id", "")
        .text("payload_json", payload.to_string());
    scene.house.deps.tables.patch(Table::JobState, &patch, &Match::Any).await.unwrap();
    let row = scene.house.job(&scene.job).await;
    assert_eq!(cluster_id(&scene.house.deps, &row).await.unwrap(), other);
    let mut pods = vec![("elb-finalizer-3ed51a95".to_owned(), JobRole::Finalizer, vec!["finalizer"])];
    for node in 0..2 {
        let containers = vec!["get-blastdb", "import-query-batches"];
        pods.push((format!("init-ssd-3ed51a95-{node}"), JobRole::Setup, containers));
    }
    for shard in 0..8 {
        let name = format!("blastn-batch-s{shard:02}-job-000-3ed51a95");
        pods.push((name, JobRole::Blast, vec!["blast", "results-export"]));
    }
    let mut expected = 0;
    for (name, role, containers) in pods {
        expected += containers.len();
        for container in &containers {
            let stamp = "2026-01-01T00:00:00.000000001Z".to_owned();
            scene.cluster.logs().write(
                &name,
                container,
                vec![LogLine { stamp, text: format!("{name} speaks") }],
            );
        }
        let containers = containers.into_iter().map(|name| ContainerSeen {
            name: name.to_owned(),
            init: false,
            waiting: None,
            running: true,
            end: None,
            last_end: None,
            restarts: 0,
        });
        let pod = PodSeen {
            uid: format!("uid-{name}"),
            name,
            job: None,
            role,
            node: None,
            phase: "Running".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            containers: containers.collect(),
        };
        scene.cluster.put_pod(&other, pod);
    }
    assert_eq!(expected, 21);
    assert!(scene.look().await);
    let stored = scene.stored().await;
    assert_eq!(stored.len(), 21);
    let blast = stored.iter().filter(|((_, container, _), events)| container == "blast" && events.len() == 1);
    assert_eq!(blast.count(), 8, "the lines of the containers that search arrive");
}
