use blastline_engine::deps::Deps;
use blastline_engine::error::EngineResult;
use blastline_jobs::rows::ClusterRow;

/// A cluster that this installation may use, and what was seen of it; `None` until it was first looked at.
#[derive(Debug, Clone)]
pub struct Known {
    /// Name.
    pub name: String,
    /// What was seen of it last.
    pub row: Option<ClusterRow>,
}

/// The clusters of this installation by name. Rows of clusters that it had before are left out.
pub async fn known(deps: &Deps) -> EngineResult<Vec<Known>> {
    let mut names = deps.clusters.names();
    names.sort_unstable();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = deps.cluster_rows().all().await?;
    Ok(names
        .into_iter()
        .map(|name| {
            let place = rows.iter().position(|row| row.name == name);
            Known { row: place.map(|place| rows.swap_remove(place)), name }
        })
        .collect())
}
