use crate::support::{Server, Shelf, answer};
use blastline_jobs::ports::{ClusterErrorKind, LeaseSeen};
use serde_json::json;
use std::time::Duration;
use time::macros::datetime;

const LEASE: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases/elb-blast-submit-default";

async fn serve(shelf: &Shelf) -> Server {
    let shelf = shelf.clone();
    Server::start(move |asked, _| shelf.answer(asked)).await
}

fn held(version: &str, holder: &str) -> LeaseSeen {
    LeaseSeen {
        holder: holder.to_owned(),
        renewed_at: Some(datetime!(2026-01-01 01:02:03.000_405 +1)),
        duration: Duration::from_secs(900),
        version: version.to_owned(),
    }
}

#[tokio::test]
async fn a_lease_that_does_not_exist_is_nobodys_and_is_created() {
    let shelf = Shelf::default();
    let server = serve(&shelf).await;
    let cluster = server.cluster().cluster;
    let none = cluster.submit_lease().await.unwrap();
    assert_eq!((none.holder.as_str(), none.version.as_str(), none.renewed_at), ("", "", None));
    let written = cluster.write_submit_lease(&held(&none.version, "us")).await.unwrap();
    assert_eq!(cluster.submit_lease().await.unwrap(), written);
    assert_eq!(written.renewed_at, Some(datetime!(2026-01-01 00:02:03.000_405 UTC)));
    let spec = shelf.objects()[LEASE]["spec"].clone();
    assert_eq!(
        spec,
        json!({ "holderIdentity": "us", "leaseDurationSeconds": 900, "renewTime": "2026-01-01T00:02:03.000405Z" })
    );
}

#[tokio::test]
async fn of_two_writers_one_loses() {
    let server = serve(&Shelf::default()).await;
    let cluster = server.cluster().cluster;
    let first = cluster.write_submit_lease(&held("", "us")).await.unwrap();
    let both_absent = cluster.write_submit_lease(&held("", "them")).await.unwrap_err();
    assert_eq!(both_absent.kind, ClusterErrorKind::LostRace);
    cluster.write_submit_lease(&held(&first.version, "us")).await.unwrap();
    let stale = cluster.write_submit_lease(&held(&first.version, "them")).await.unwrap_err();
    assert_eq!(stale.kind, ClusterErrorKind::LostRace);
    assert_eq!(cluster.submit_lease().await.unwrap().holder, "us");
}

#[tokio::test]
async fn a_lease_that_was_removed_meanwhile_is_a_lost_race() {
    let shelf = Shelf::default();
    let server = serve(&shelf).await;
    let cluster = server.cluster().cluster;
    let first = cluster.write_submit_lease(&held("", "us")).await.unwrap();
    shelf.objects().clear();
    let error = cluster.write_submit_lease(&held(&first.version, "us")).await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::LostRace);
}

#[tokio::test]
async fn what_others_keep_in_it_stays_and_letting_go_leaves_nobody() {
    let shelf = Shelf::default();
    let server = serve(&shelf).await;
    let cluster = server.cluster().cluster;
    let first = cluster.write_submit_lease(&held("", "us")).await.unwrap();
    shelf.objects().get_mut(LEASE).unwrap()["metadata"]["annotations"] = json!({ "theirs": "kept" });
    let free = LeaseSeen { holder: String::new(), renewed_at: None, duration: Duration::ZERO, ..first };
    assert_eq!(cluster.write_submit_lease(&free).await.unwrap().holder, "");
    let lease = shelf.objects()[LEASE].clone();
    assert_eq!(lease["spec"], json!({ "leaseDurationSeconds": 1 }));
    assert_eq!(lease["metadata"]["annotations"]["theirs"], "kept");
}

#[tokio::test]
async fn a_time_that_cannot_be_read_is_not_taken_for_none() {
    let lease = json!({ "metadata": { "resourceVersion": "7" }, "spec": { "renewTime": "yesterday" } });
    let server = Server::start(move |_, _| answer(200, &lease)).await;
    assert_eq!(server.cluster().cluster.submit_lease().await.unwrap_err().kind, ClusterErrorKind::Corrupt);
}
