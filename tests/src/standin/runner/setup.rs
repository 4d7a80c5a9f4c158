//! `init-ssd-…`: the database onto a node's disk.

use super::{Attempt, Ended, objects::Address};
use crate::standin::faults::Fault;
use blastline_jobs::ports::BlobInfo;

/// Brings the folder of the database to the node.
pub async fn get_database(attempt: &Attempt<'_>) -> Ended {
    let source = attempt.env("ELB_DB_PATH");
    attempt.say(format!("azcopy cp '{source}*' ."));
    let fails = attempt.shared.faults.take(|fault| matches!(fault, Fault::SetupFails { .. }).then_some(()));
    if fails.is_some() {
        attempt.say("failed to perform copy command due to error: no space left on device");
        return Ended::code(1);
    }
    let Some(address) = Address::read(attempt.shared, &source) else {
        attempt.say(format!("ERROR: {source} is not in this storage account"));
        return Ended::code(1);
    };
    let folder = attempt.path("/blast/blastdb");
    std::fs::create_dir_all(&folder).unwrap();
    let listed = match address.folder().list(attempt.shared, "/").await {
        Ok(listed) if !listed.is_empty() => listed,
        Ok(_) => {
            attempt.say(format!("ERROR: no files at {source}"));
            return Ended::code(1);
        }
        Err(error) => {
            attempt.say(format!("ERROR: {error}"));
            return Ended::code(1);
        }
    };
    for BlobInfo { path, size_bytes, .. } in listed {
        let name = path.file_name().to_owned();
        // Complete or not there: another search's BLAST+ may be reading it.
        let (part, whole) =
            (folder.join(format!(".{name}.{}", attempt.pod.metadata.uid())), folder.join(&name));
        if whole.metadata().is_ok_and(|known| known.len() == size_bytes) {
            continue;
        }
        if let Err(error) = attempt.shared.blobs.get_file(&path, &part).await {
            attempt.say(format!("ERROR: {name}: {error}"));
            return Ended::code(1);
        }
        std::fs::rename(&part, &whole).unwrap();
        attempt.say(format!("100.0 %, 1 Done, 0 Failed: {name} ({size_bytes} bytes)"));
    }
    std::fs::write(folder.join(".download-complete"), source).unwrap();
    Ended::code(0)
}

/// Batches are where the pods of the batches fetch them.
pub fn import_queries(attempt: &Attempt<'_>) -> Ended {
    attempt.say("query batches are copied by the pods that search them");
    Ended::code(0)
}
