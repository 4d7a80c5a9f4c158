use crate::support::{Server, TestClock, job, limits, page, spec};
use blastline_cluster::{ClusterSettings, ConnectError, KubeClusters};
use blastline_jobs::ports::{ClusterErrorKind, Clusters, JobRole};
use serde_json::json;
use std::path::PathBuf;

fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kubeconfig");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn two(first: &str, second: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: b\n\
         clusters: [{{name: x, cluster: {{server: '{first}'}}}}, {{name: y, cluster: {{server: '{second}'}}}}]\n\
         contexts: [{{name: a, context: {{cluster: x, user: u}}}}, {{name: b, context: {{cluster: y, user: v}}}}]\n\
         users: [{{name: u, user: {{token: for-x}}}}, {{name: v, user: {{token: for-y}}}}]\n"
    )
}

fn open(settings: ClusterSettings) -> Result<KubeClusters, ConnectError> {
    KubeClusters::new(settings, None, TestClock::new())
}

#[tokio::test]
async fn each_context_is_a_cluster_of_its_own() {
    let answer = |_: &_, _| page("NodeList", json!([]), "");
    let (first, second) = (Server::start(answer).await, Server::start(answer).await);
    let (_folder, path) = write(&two(&first.url, &second.url));
    let clusters = open(ClusterSettings { kubeconfig: Some(path), ..ClusterSettings::default() }).unwrap();
    assert_eq!(clusters.names(), ["a", "b"]);
    clusters.open("a").unwrap().nodes().await.unwrap();
    assert_eq!((first.count(), second.count()), (1, 0));
    clusters.open("b").unwrap().nodes().await.unwrap();
    assert_eq!(first.asked()[0].header("authorization"), "Bearer for-x");
    assert_eq!(second.asked()[0].header("authorization"), "Bearer for-y");
    let Err(error) = clusters.open("c") else { panic!("an error") };
    assert_eq!(error.kind, ClusterErrorKind::Unknown);
}

#[tokio::test]
async fn a_setting_names_the_current_contexts_cluster() {
    let (_folder, path) = write(&two("http://127.0.0.1:1", "http://127.0.0.1:1"));
    let settings = |name: &str| ClusterSettings {
        kubeconfig: Some(path.clone()),
        kubeconfig_name: Some(name.to_owned()),
        ..ClusterSettings::default()
    };
    assert_eq!(open(settings("elb-cluster")).unwrap().names(), ["a", "elb-cluster"]);
    let taken = open(settings("a")).err().unwrap();
    assert_eq!(taken, ConnectError::NameTaken { name: "a".to_owned() });
    for bad in ["", "a/b", "a b", ".a", &"a".repeat(64)] {
        assert_eq!(open(settings(bad)).err(), Some(ConnectError::Name { name: bad.to_owned() }));
    }
}

#[tokio::test]
async fn a_kubeconfig_that_cannot_work_refuses_to_start_and_repeats_none_of_it() {
    let texts = [
        "apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: very-secret",
        "apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: very-secret}}]\n",
        "very-secret",
        "",
    ];
    for text in texts {
        let (_folder, path) = write(text);
        let error =
            open(ClusterSettings { kubeconfig: Some(path), ..ClusterSettings::default() }).err().unwrap();
        assert!(matches!(error, ConnectError::Kubeconfig { .. }), "{text}: {error}");
        assert!(!format!("{error} {error:?}").contains("very-secret"), "{error}");
    }
    let missing =
        ClusterSettings { kubeconfig: Some(PathBuf::from("/no/such/file")), ..ClusterSettings::default() };
    assert!(open(missing).err().unwrap().to_string().contains("/no/such/file"));
}

#[tokio::test]
async fn without_settings_there_is_no_cluster() {
    assert_eq!(open(ClusterSettings::default()).unwrap().names(), Vec::<String>::new());
}

#[tokio::test]
async fn outside_a_cluster_there_is_no_way_in_from_within() {
    let settings = ClusterSettings { in_cluster: Some("here".to_owned()), ..ClusterSettings::default() };
    let clusters = open(settings).unwrap();
    assert_eq!(clusters.names(), ["here"]);
    let error = clusters.open("here").unwrap().nodes().await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Unavailable);
    assert!(error.cause.contains("not in a cluster"), "{error}");
}

#[tokio::test]
async fn only_our_own_objects_move_with_their_setting() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        path if path.ends_with("/secrets") => page("SecretList", json!([]), ""),
        _ => page("JobList", json!([]), ""),
    })
    .await;
    let (_folder, path) = write(&crate::support::kubeconfig(&server.url, "{token: t}"));
    let settings = ClusterSettings {
        kubeconfig: Some(path),
        own_namespace: "blastline".to_owned(),
        limits: limits(),
        ..ClusterSettings::default()
    };
    let cluster = open(settings).unwrap().open("one").unwrap();
    cluster.jobs_of(&job()).await.unwrap();
    cluster.delete_jobs(&job(), JobRole::Cli).await.unwrap();
    cluster.delete_jobs(&job(), JobRole::Blast).await.unwrap();
    cluster.active_searches().await.unwrap();
    assert!(cluster.create_submit(&spec()).await.is_err(), "this server creates nothing");
    let namespaces: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| asked.path.split("namespaces/").nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(
        namespaces,
        [
            "blastline/jobs",
            "default/jobs",
            "blastline/jobs",
            "blastline/secrets",
            "default/jobs",
            "default/jobs",
            "blastline/secrets"
        ]
    );
}
