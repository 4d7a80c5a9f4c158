use super::super::checks::{Found, check};
use crate::api::preflight::Check;
use crate::clusters::Standing;
use crate::world::World;
use blastline_blast::elastic::fit::{DatabaseMemory, Fit, fit};
use blastline_engine::database::Manifest;
use blastline_jobs::names::Container;
use blastline_jobs::ports::{BlobPage, StorageResult};
use std::collections::BTreeMap;

/// Whether storage answers, whether the database's files are where the cluster reads them, and whether it fits the
/// machines' memory.
pub(super) async fn checks(app: &World, manifest: &Manifest, standing: &Standing) -> [Check; 2] {
    let title = &manifest.title;
    match files(app, manifest).await {
        Err(error) => {
            tracing::warn!(%error, "a check could not look at storage");
            let words = "Storage did not answer when it was asked. The search is stored once it does.";
            let unknown = format!("Whether {title} is where the cluster reads it is not known.");
            [
                check("storage", "Storage", Found::Unknown, words).fix("check_again", "Check again"),
                check("database", "Database", Found::Unknown, unknown),
            ]
        }
        Ok(page) => {
            let words = "Storage answers; sequences and results have their place.";
            [check("storage", "Storage", Found::Pass, words), judge(manifest, &page, standing)]
        }
    }
}

async fn files(app: &World, manifest: &Manifest) -> StorageResult<BlobPage> {
    let prefix = format!("{}/{}/{}/", manifest.name, manifest.generation, manifest.folder);
    app.deps.blobs.list(Container::BlastDb, &prefix, None).await
}

fn judge(manifest: &Manifest, page: &BlobPage, standing: &Standing) -> Check {
    let (id, heading, title) = ("database", "Database", &manifest.title);
    let memory = DatabaseMemory { name: manifest.name.as_str(), bytes_to_cache: Some(manifest.size_bytes()) };
    let found = standing.machine().map(|machine| (fit(&memory, machine), machine.usable_gib()));
    if let Some((Fit::TooLarge { .. }, _)) = found {
        let words = found.and_then(|(found, _)| found.words(&memory)).unwrap_or_default();
        let fix = "Choose a smaller database or another cluster.";
        return check(id, heading, Found::Fail, words).fix("choose_database", fix);
    }
    let there: BTreeMap<&str, u64> =
        page.blobs.iter().map(|blob| (blob.path.file_name(), blob.size_bytes)).collect();
    let lacking =
        manifest.files.iter().filter(|file| there.get(file.name.as_str()) != Some(&file.size_bytes)).count();
    // A listing of several pages is taken as whole: the manifest was written after all its files.
    if lacking > 0 && page.next.is_none() {
        let all = manifest.files.len();
        let detail = format!("{lacking} of {all} files of {title} are not where the cluster reads them.");
        let fix = "Choose another database, or ask an operator to build this one again.";
        return check(id, heading, Found::Fail, detail).fix("choose_database", fix);
    }
    match found {
        Some((Fit::Fits { needs_gib }, has)) => {
            let detail = format!(
                "{title} needs {needs_gib} GiB of memory on each machine; searches may use {has} GiB there."
            );
            check(id, heading, Found::Pass, detail)
        }
        Some((found, _)) => check(id, heading, Found::Unknown, found.words(&memory).unwrap_or_default()),
        None => check(id, heading, Found::Pass, format!("{title} is where the cluster reads it.")),
    }
}
