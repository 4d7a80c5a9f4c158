use super::Known;
use blastline_blast::elastic::machine::Machine;
use std::time::Duration;
use time::OffsetDateTime;

/// After so long what was seen of a cluster counts as old: the reconciler looks each minute.
const OLD: Duration = Duration::from_secs(300);

/// Whether a cluster, as it was seen last, can be given a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Ready {
        /// What its machines are.
        machine: Machine,
        /// How many of them are ready.
        ready: u64,
        /// How many of them there are.
        all: u64,
    },
    /// It could when it was seen last; whether it still can is not known.
    Unsure {
        /// What its machines were.
        machine: Machine,
        /// Why that is not known, in words.
        why: String,
    },
    /// It cannot.
    NotReady(String),
}

impl Standing {
    /// The machine type that searches would get.
    pub fn machine(&self) -> Option<&Machine> {
        match self {
            Self::Ready { machine, .. } | Self::Unsure { machine, .. } => Some(machine),
            Self::NotReady(_) => None,
        }
    }

    /// What is wrong with it, in words.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Ready { ready, all, .. } if ready < all => {
                Some(format!("{ready} of {all} machines are ready."))
            }
            Self::Ready { .. } => None,
            Self::Unsure { why, .. } | Self::NotReady(why) => Some(why.clone()),
        }
    }
}

/// How a cluster stands, judged by what was seen of it last.
pub fn standing(cluster: &Known, now: OffsetDateTime) -> Standing {
    let name = &cluster.name;
    let Some(row) = &cluster.row else {
        return Standing::NotReady(format!("{name} has not been looked at yet; that is done each minute."));
    };
    let all = row.nodes.iter().filter(|node| node.takes_searches).count() as u64;
    let ready: Vec<_> = row.ready_nodes().collect();
    let Some(first) = ready.first() else {
        let why = match row.trouble.as_str() {
            "" if all == 0 => format!("{name} has no machines that take searches."),
            "" if all == 1 => format!("The machine of {name} is not ready."),
            "" => format!("None of the {all} machines of {name} is ready."),
            trouble => trouble.to_owned(),
        };
        return Standing::NotReady(why);
    };
    if ready.iter().any(|node| node.machine_type != first.machine_type) {
        return Standing::NotReady(format!(
            "The machines of {name} are of several types; searches need machines of one type."
        ));
    }
    let machine = match Machine::named(&first.machine_type) {
        Ok(machine) => machine,
        Err(error) => return Standing::NotReady(error.message),
    };
    let old = row.seen_at.is_none_or(|seen| now - seen > OLD);
    if !row.trouble.is_empty() {
        return Standing::Unsure { machine, why: row.trouble.clone() };
    }
    if old {
        let why = format!("What is known of {name} is more than {} minutes old.", OLD.as_secs() / 60);
        return Standing::Unsure { machine, why };
    }
    Standing::Ready { machine, ready: ready.len() as u64, all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::ports::NodeSeen;
    use blastline_jobs::rows::ClusterRow;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn node(machine: &str, ready: bool) -> NodeSeen {
        NodeSeen {
            name: "n".to_owned(),
            machine_type: machine.to_owned(),
            takes_searches: true,
            ready,
            cpu_milli: 16_000,
            memory_bytes: 128 << 30,
        }
    }

    fn seen(nodes: Vec<NodeSeen>, trouble: &str, age: Duration) -> Standing {
        let row = ClusterRow {
            name: "yard".to_owned(),
            created_at: NOW,
            seen_at: Some(NOW - age),
            asked_at: NOW,
            trouble: trouble.to_owned(),
            nodes,
            running: 0,
        };
        standing(&Known { name: "yard".to_owned(), row: Some(row) }, NOW)
    }

    #[test]
    fn a_cluster_takes_searches_when_machines_of_one_known_type_are_ready() {
        let two = || vec![node("Standard_E16s_v5", true), node("Standard_E16s_v5", false)];
        let fresh = Duration::from_secs(30);
        assert!(matches!(seen(two(), "", fresh), Standing::Ready { ready: 1, all: 2, .. }));
        assert_eq!(seen(two(), "", fresh).trouble().as_deref(), Some("1 of 2 machines are ready."));
        assert!(matches!(seen(two(), "silent", fresh), Standing::Unsure { why, .. } if why == "silent"));
        assert!(matches!(seen(two(), "", OLD * 2), Standing::Unsure { .. }));
        for (nodes, trouble) in [
            (vec![], ""),
            (vec![node("Standard_E16s_v5", false)], "silent"),
            (vec![node("Standard_X1", true)], ""),
            (vec![node("Standard_E16s_v5", true), node("Standard_E32s_v5", true)], ""),
        ] {
            assert!(matches!(seen(nodes, trouble, fresh), Standing::NotReady(_)));
        }
        let unseen = Known { name: "yard".to_owned(), row: None };
        assert!(
            matches!(standing(&unseen, NOW), Standing::NotReady(why) if why.contains("not been looked at"))
        );
    }
}
