use crate::elastic::machine::Machine;
use crate::elastic::sizing::{Requests, SearchShape, ThreadMode};
use crate::program::Program::{self, Blastn, Blastp, Blastx, Tblastn, Tblastx};

fn shape(program: Program, task: &'static str, letters: Option<u64>) -> SearchShape<'static> {
    let task = Some(task).filter(|task| !task.is_empty());
    SearchShape { program, task, database_letters: letters, filters_by_taxonomy: false }
}

#[test]
fn work_is_shared_out_by_query_up_to_a_size_of_the_database() {
    for (program, task, most) in [
        (Blastn, "megablast", 6_000_000_000),
        (Blastn, "", 6_000_000_000),
        (Blastn, "blastn", 150_000_000),
        (Blastp, "blastp-fast", 2_500_000_000),
        (Blastp, "blastp", 740_000_000),
        (Blastp, "", 740_000_000),
        (Blastx, "blastx", 900_000_000),
        (Blastx, "blastx-fast", 900_000_000),
        (Tblastn, "tblastn-fast", 350_000_000),
        (Tblastn, "tblastn", 280_000_000),
    ] {
        assert_eq!(shape(program, task, Some(most)).thread_mode(), ThreadMode::ByQuery, "{program} {task}");
        assert_eq!(
            shape(program, task, Some(most + 1)).thread_mode(),
            ThreadMode::ByDatabase,
            "{program} {task}"
        );
        assert_eq!(shape(program, task, None).thread_mode(), ThreadMode::ByDatabase, "{program} {task}");
    }
    for (program, task) in
        [(Blastn, "dc-megablast"), (Blastn, "blastn-short"), (Blastp, "blastp-short"), (Tblastx, "")]
    {
        assert_eq!(shape(program, task, Some(1)).thread_mode(), ThreadMode::ByDatabase, "{program} {task}");
    }
    let limited = SearchShape { filters_by_taxonomy: true, ..shape(Blastp, "blastp", None) };
    assert_eq!(limited.thread_mode(), ThreadMode::ByQuery);
    let limited = SearchShape { filters_by_taxonomy: true, ..shape(Tblastx, "", Some(1)) };
    assert_eq!(limited.thread_mode(), ThreadMode::ByDatabase);
}

#[test]
fn batch_lengths_follow_the_table() {
    let small = Some(50_000_000);
    let middle = Some(10_000_000_000);
    let large = Some(900_000_000_000);
    for (program, task, letters, cpus, expected) in [
        // Nothing known of the database.
        (Blastn, "megablast", None, 8, 5_000_000),
        (Blastn, "blastn", None, 8, 1_000_000),
        (Blastn, "dc-megablast", None, 8, 1_000_000),
        (Blastn, "blastn-short", None, 8, 5_000_000),
        (Blastp, "blastp", None, 8, 10_000),
        (Blastx, "blastx", None, 8, 20_004),
        (Tblastn, "tblastn", None, 8, 20_000),
        (Tblastx, "", None, 8, 100_000),
        // Small databases: so much for each thread, for 16 at most.
        (Blastn, "megablast", small, 8, 40_000_000),
        (Blastn, "megablast", small, 64, 80_000_000),
        (Blastn, "megablast", small, 0, 5_000_000),
        (Blastn, "blastn", small, 8, 40_000_000),
        (Blastp, "blastp", small, 8, 160_000),
        (Blastx, "blastx", small, 8, 672_000),
        (Tblastn, "tblastn", small, 8, 160_000),
        // Larger ones.
        (Blastp, "blastp", middle, 8, 40_000),
        (Blastp, "blastp", large, 8, 20_000),
        (Blastx, "blastx", middle, 8, 100_000),
        (Blastx, "blastx", large, 8, 30_000),
        (Tblastn, "tblastn", middle, 8, 40_000),
        (Tblastn, "tblastn", large, 8, 20_000),
        (Tblastx, "", small, 8, 400_000),
        (Tblastx, "", middle, 8, 100_000),
        (Tblastx, "", large, 8, 10_000),
        (Blastn, "dc-megablast", small, 8, 1_000_000),
        (Blastn, "megablast", large, 8, 5_000_000),
        (Blastp, "blastp-short", small, 8, 40_000),
    ] {
        let found = shape(program, task, letters).batch_len(cpus);
        assert_eq!(found, expected, "{program} {task} {letters:?} {cpus}");
    }
    assert_eq!(shape(Blastp, "blastp", Some(19_999_999_999)).batch_len(8), 40_000);
    assert_eq!(shape(Blastp, "blastp", Some(20_000_000_000)).batch_len(8), 20_000);
    assert_eq!(shape(Tblastx, "", Some(99_999_999)).batch_len(8), 400_000);
    assert_eq!(shape(Tblastx, "", Some(100_000_000)).batch_len(8), 100_000);
}

#[test]
fn requests_leave_room_for_the_system_and_never_look_unset() {
    let on = |name, nodes| Requests::on(&Machine::named(name).unwrap(), nodes);
    let e16 = on("Standard_E16s_v5", 3);
    assert_eq!((e16.cpus, e16.memory.to_string(), e16.concurrent), (8, "4Gi".to_owned(), 6));
    assert_eq!(e16.memory_limit.to_string(), "126Gi");
    assert_eq!(on("Standard_D8s_v3", 1).concurrent, 1);
    assert_eq!(on("Standard_HB120rs_v3", 2).concurrent, 30);
    assert_eq!(on("Standard_E16s_v5", 0).concurrent, 2);
    for machine in crate::elastic::machine::MACHINES {
        let requests = Requests::on(machine, 3);
        assert!(requests.cpus != 16 && requests.cpus <= machine.vcpus && requests.concurrent >= 3);
        assert!(requests.memory.bytes() <= requests.memory_limit.bytes());
    }
}

#[test]
fn processors_asked_for_follow_the_number_of_batches() {
    let requests = Requests::on(&Machine::named("Standard_E16s_v5").unwrap(), 3);
    for (batches, nodes, expected) in
        [(3, 3, 6), (4, 3, 4), (100, 3, 4), (100, 1, 1), (1, 1, 6), (100, 10, 6), (5, 0, 1)]
    {
        assert_eq!(requests.cpu_request(batches, nodes), expected, "{batches} {nodes}");
    }
}
