use super::super::checks::{Found, check as found};
use crate::api::preflight::Check;
use crate::clusters::{Known, Standing};

/// Whether the cluster, as it was seen last, can be given a search.
pub(super) fn check(cluster: &Known, standing: &Standing) -> Check {
    let (id, title, name) = ("aks_cluster", "Cluster", &cluster.name);
    match standing {
        Standing::Ready { machine, ready, all } => {
            let level = if ready < all { Found::Warn } else { Found::Pass };
            let detail = format!("{name} is there: {ready} of {all} machines are ready ({}).", machine.name);
            found(id, title, level, detail)
        }
        Standing::Unsure { why, .. } => {
            let detail = format!("{why} The search waits in line until {name} answers.");
            found(id, title, Found::Unknown, detail).fix("check_again", "Check again")
        }
        Standing::NotReady(why) => {
            let fix = "Choose another place to search, or ask an operator to start the cluster.";
            found(id, title, Found::Fail, why.clone()).fix("choose_place", fix)
        }
    }
}
