//! Whether a database fits the memory of a machine.

use super::machine::{MACHINES, Machine, SYSTEM_MEMORY_GIB};

/// What is known of a database's need of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseMemory<'a> {
    /// Name to show.
    pub name: &'a str,
    /// Bytes that BLAST+ maps while it searches (`bytes-to-cache` of the database's metadata); `None` without metadata.
    pub bytes_to_cache: Option<u64>,
}

/// Whether a database fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It fits.
    Fits {
        /// Memory that it needs, in GiB, rounded up.
        needs_gib: u64,
    },
    /// It has no metadata, so nobody knows.
    Unknown,
    /// It does not fit.
    TooLarge {
        /// Memory that it needs, in GiB, rounded up.
        needs_gib: u64,
        /// Memory that searches may use on the machine, in GiB.
        has_gib: u64,
        /// The smallest usual machine type that has enough; `None` where there is none.
        machine: Option<Machine>,
        /// Into how many shares it would have to be split so that one fits a machine.
        shares: u64,
    },
}

/// Bytes in a GiB.
const GIB: u64 = 1 << 30;

/// Compares a database with a machine, as ElasticBLAST does: what the database maps has to fit the memory that is left
/// beside the system's [`SYSTEM_MEMORY_GIB`] GiB.
pub fn fit(database: &DatabaseMemory<'_>, machine: &Machine) -> Fit {
    let Some(bytes) = database.bytes_to_cache else { return Fit::Unknown };
    let has_gib = u64::from(machine.usable_gib());
    let needs_gib = bytes.div_ceil(GIB);
    if needs_gib <= has_gib {
        return Fit::Fits { needs_gib };
    }
    let machine = MACHINES
        .iter()
        // Machines for message passing have a network that searches have no use for, and their price.
        .filter(|machine| !machine.name.starts_with("Standard_H"))
        .filter(|machine| u64::from(machine.usable_gib()) >= needs_gib)
        .min_by_key(|machine| (machine.memory_gib, machine.vcpus));
    Fit::TooLarge {
        needs_gib,
        has_gib,
        machine: machine.copied(),
        shares: needs_gib.div_ceil(has_gib.max(1)),
    }
}

impl Fit {
    /// Whether a search may go on.
    pub fn is_possible(&self) -> bool {
        !matches!(self, Self::TooLarge { .. })
    }

    /// The finding in a sentence for a researcher; `None` where the database fits.
    pub fn words(&self, database: &DatabaseMemory<'_>) -> Option<String> {
        let name = database.name;
        match *self {
            Self::Fits { .. } => None,
            Self::Unknown => Some(format!(
                "How much memory {name} needs is not known, because it has no metadata; the search may end for want of \
                 memory."
            )),
            Self::TooLarge { needs_gib, has_gib, machine, shares } => {
                let larger = machine.map(|machine| {
                    format!(
                        "choose machines with at least {} GiB, such as {},",
                        needs_gib + u64::from(SYSTEM_MEMORY_GIB),
                        machine.name
                    )
                });
                let choose = larger.map_or_else(String::new, |larger| format!("{larger} or "));
                Some(format!(
                    "{name} needs {needs_gib} GiB of memory on each node; the pool's nodes have {has_gib} GiB: \
                     {choose}split into {shares}."
                ))
            }
        }
    }
}
