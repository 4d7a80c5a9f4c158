use crate::elastic::fit::{DatabaseMemory, Fit, fit};
use crate::elastic::machine::{MACHINES, Machine};

const GIB: u64 = 1 << 30;

fn e16() -> Machine {
    Machine::named("Standard_E16s_v5").unwrap()
}

fn database(name: &str, bytes: u64) -> DatabaseMemory<'_> {
    DatabaseMemory { name, bytes_to_cache: Some(bytes) }
}

#[test]
fn a_database_that_does_not_fit_is_told_in_words() {
    let core_nt = database("core_nt", 289 * GIB - 5);
    let found = fit(&core_nt, &e16());
    assert!(!found.is_possible());
    assert_eq!(
        found.words(&core_nt).unwrap(),
        "core_nt needs 289 GiB of memory on each node; the pool's nodes have 126 GiB: choose machines with at least \
         291 GiB, such as Standard_E48s_v5, or split into 3."
    );
    let giant = database("giant", 2_000 * GIB);
    assert_eq!(
        fit(&giant, &e16()).words(&giant).unwrap(),
        "giant needs 2000 GiB of memory on each node; the pool's nodes have 126 GiB: split into 16."
    );
}

#[test]
fn the_bound_is_the_memory_less_two_gib() {
    let at = |bytes| fit(&database("d", bytes), &e16());
    assert_eq!(at(126 * GIB), Fit::Fits { needs_gib: 126 });
    assert!(!at(126 * GIB + 1).is_possible());
    assert_eq!(at(1).words(&database("d", 1)), None);
}

#[test]
fn without_metadata_it_is_possible_and_a_warning() {
    let unknown = DatabaseMemory { name: "mine", bytes_to_cache: None };
    let found = fit(&unknown, &e16());
    assert!(found.is_possible());
    assert!(found.words(&unknown).unwrap().contains("not known"));
}

#[test]
fn what_is_proposed_fits() {
    for machine in MACHINES {
        for gib in [1, 30, 63, 127, 255, 289, 383, 511, 669, 671, 5_000] {
            let found = fit(&database("d", gib * GIB), machine);
            if let Fit::TooLarge { needs_gib, has_gib, machine: larger, shares } = found {
                assert!(needs_gib.div_ceil(shares) <= has_gib && needs_gib.div_ceil(shares - 1) > has_gib);
                if let Some(larger) = larger {
                    assert!(fit(&database("d", gib * GIB), &larger).is_possible());
                }
            }
        }
    }
}

#[test]
fn machines_are_known_by_their_names_alone() {
    for machine in MACHINES {
        assert_eq!(Machine::named(machine.name).unwrap(), *machine);
    }
    let unknown = Machine::named("standard_e16s_v5").unwrap_err();
    assert!(unknown.allowed.unwrap().contains("Standard_E16s_v5"));
}
