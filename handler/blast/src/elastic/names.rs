//! How ElasticBLAST calls what it makes: files of batches, Jobs, and the objects with results.

use crate::options::FieldError;
use crate::program::Program;

/// Longest name of a Job whose pods and labels carry it.
pub const MAX_JOB_NAME: usize = 63;

/// Digits of a batch in names; more where there are more batches.
const BATCH_DIGITS: usize = 3;

/// The number of a batch as it stands in names: `000`, `001`, …, `1000`.
pub fn batch_number(batch: u32) -> String {
    format!("{batch:0width$}", width = BATCH_DIGITS)
}

/// The file of a batch's queries: `batch_000.fa`.
pub fn batch_file(batch: u32) -> String {
    format!("batch_{}.fa", batch_number(batch))
}

/// What the name of a batch's result begins with.
pub const RESULT_PREFIX: &str = "batch_";

/// The name of a batch's result, which lies directly below the folder of the search's id.
pub fn result_object(batch: u32, program: Program, database: &str) -> String {
    format!("{RESULT_PREFIX}{}-{program}-{database}.out.gz", batch_number(batch))
}

/// The last eight characters of an id, which is all of it that Job names carry.
pub fn short(id: &str) -> &str {
    let start = id.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    id.get(start..).unwrap_or(id)
}

/// A database as it stands in Job names: in lower case, with hyphens for underscores.
pub fn database_label(database: &str) -> String {
    database.to_ascii_lowercase().replace('_', "-")
}

/// The name of the Job that searches a batch.
pub fn batch_job(batch: u32, program: Program, database: &str, id: &str) -> String {
    let (number, label) = (batch_number(batch), database_label(database));
    format!("{program}-batch-{label}-job-{number}-{}", short(id))
}

/// The name of the Job that brings the database to a node.
pub fn setup_job(node: u32, id: &str) -> String {
    format!("init-ssd-{}-{node}", short(id))
}

/// The name of the Job that waits for the others.
pub fn finalizer_job(id: &str) -> String {
    format!("elb-finalizer-{}", short(id))
}

/// The batch whose result an object is; `None` for another object.
pub fn batch_of_result(name: &str, program: Program, database: &str) -> Option<u32> {
    let digits = name.strip_prefix("batch_")?.strip_suffix(&format!("-{program}-{database}.out.gz"))?;
    let batch = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    (batch_number(batch) == digits).then_some(batch)
}

/// Whether the Jobs of a search of so many batches can have the names that they would get.
///
/// # Errors
/// A database whose name is too long for that.
pub fn check_job_names(batches: u64, program: Program, database: &str, id: &str) -> Result<(), FieldError> {
    let last = u32::try_from(batches.saturating_sub(1)).unwrap_or(u32::MAX);
    let over = batch_job(last, program, database, id).len().saturating_sub(MAX_JOB_NAME);
    if over == 0 {
        return Ok(());
    }
    let message = format!(
        "The name of the database is too long for the cluster: with {program} it may have {} characters.",
        database.len().saturating_sub(over)
    );
    Err(FieldError::new("db", "not_supported", message, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "job-0123456789abcdef0123456789abcdef";

    #[test]
    fn names_are_those_that_elastic_blast_makes() {
        assert_eq!(batch_file(7), "batch_007.fa");
        assert_eq!(batch_file(1234), "batch_1234.fa");
        assert_eq!(result_object(0, Program::Blastn, "core_nt"), "batch_000-blastn-core_nt.out.gz");
        let job = batch_job(12, Program::Blastn, "16S_ribosomal_RNA", ID);
        assert_eq!(job, "blastn-batch-16s-ribosomal-rna-job-012-89abcdef");
        assert_eq!(setup_job(2, ID), "init-ssd-89abcdef-2");
        assert_eq!(finalizer_job(ID), "elb-finalizer-89abcdef");
    }

    #[test]
    fn a_result_names_its_batch_and_foreign_objects_none() {
        for batch in [0, 7, 999, 1000, 4999] {
            let name = result_object(batch, Program::Tblastn, "core_nt");
            assert_eq!(batch_of_result(&name, Program::Tblastn, "core_nt"), Some(batch));
            assert_eq!(batch_of_result(&name, Program::Blastn, "core_nt"), None);
            assert_eq!(batch_of_result(&name, Program::Tblastn, "nt"), None);
        }
        for foreign in [
            "merged_results.out.gz",
            "batch_00-blastn-nt.out.gz",
            "batch_0000-blastn-nt.out.gz",
            "batch_+00-blastn-nt.out.gz",
            "batch_000-blastn-nt.out",
            "batch_-blastn-nt.out.gz",
        ] {
            assert_eq!(batch_of_result(foreign, Program::Blastn, "nt"), None, "{foreign}");
        }
    }

    #[test]
    fn a_name_of_33_characters_fits_blastn_and_no_longer_one() {
        let fits = |program, letters: usize| {
            let database = "d".repeat(letters);
            let verdict = check_job_names(1000, program, &database, ID);
            assert_eq!(verdict.is_ok(), batch_job(999, program, &database, ID).len() <= MAX_JOB_NAME);
            verdict.is_ok()
        };
        assert!(fits(Program::Blastn, 33) && !fits(Program::Blastn, 34));
        assert!(fits(Program::Tblastn, 32) && !fits(Program::Tblastn, 33));
        let told = check_job_names(5, Program::Blastn, &"d".repeat(40), ID).unwrap_err().message;
        assert!(told.contains("33 characters"), "{told}");
        // From 1,000 batches on, numbers have four digits.
        assert!(check_job_names(1001, Program::Blastn, &"d".repeat(33), ID).is_err());
    }

    #[test]
    fn a_short_id_stays_whole() {
        assert_eq!(short("abc"), "abc");
        assert_eq!(short(""), "");
        assert_eq!(short("äöüäöüäöü"), "öüäöüäöü");
    }
}
