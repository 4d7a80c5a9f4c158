//! What the handler needs of any cluster, asked of one that a kubeconfig leads to: `make test-cluster KUBECONFIG=…`. The
//! stand-in has to pass it as well.
#![expect(clippy::expect_used, reason = "without a cluster nothing can be checked")]

mod checks;
mod guest;

use blastline_tests::{azurite::Azurite, standin::Plan};
use checks::CHECKS;
use guest::Guest;
use std::{env, path::PathBuf, time::Instant};

/// Makes every check; a row for each, and how many did not hold.
async fn table(guest: &Guest) -> (Vec<String>, usize) {
    let (mut rows, mut failed) = (Vec::new(), 0);
    for (name, check) in CHECKS {
        let began = Instant::now();
        let outcome = check(guest).await;
        let (found, verdict) = match outcome {
            Ok(found) => (found, "ok"),
            Err(wrong) => (wrong, "FAILED"),
        };
        failed += usize::from(verdict != "ok");
        rows.push(format!("{name:<52}  {:>6.1} s  {found}  {verdict}", began.elapsed().as_secs_f64()));
    }
    (rows, failed)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[tokio::test]
#[ignore = "needs a cluster: make test-cluster KUBECONFIG=<file>"]
async fn a_cluster_that_a_kubeconfig_leads_to() {
    let kubeconfig = variable("KUBECONFIG").map(PathBuf::from).expect("KUBECONFIG names a file");
    let guest = Guest::on(&kubeconfig, variable("NAMESPACE"), variable("IMAGE"));
    let (rows, failed) = table(&guest).await;
    let left = guest.leave().await;
    rows.iter().for_each(|row| println!("{row}"));
    println!("{} checks, {failed} failed; {left}", rows.len());
    assert_eq!(failed, 0);
}

#[tokio::test]
async fn the_stand_in_is_such_a_cluster() {
    let standin = Plan::of(&Azurite::shared().account()).time_scale(50.0).start();
    let guest = Guest::on(&standin.kubeconfig(), None, None);
    let (rows, failed) = table(&guest).await;
    guest.leave().await;
    assert_eq!(failed, 0, "{}", rows.join("\n"));
    assert!(standin.jobs().is_empty() && standin.pods().is_empty() && standin.secrets().is_empty());
    assert_eq!(standin.lease_holders(), Vec::<String>::new());
}
