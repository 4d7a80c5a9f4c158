use super::{
    Meta,
    quantity::{thousandths, units},
};
use crate::names::{WORKLOAD, WORKLOAD_BLAST};
use blastline_jobs::ports::NodeSeen;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Label with the machine's type, and its name before Kubernetes 1.17.
const MACHINE_TYPE: [&str; 2] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];

/// What is read of a node.
#[derive(Debug, Deserialize)]
pub struct NodeRead {
    metadata: Meta,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    conditions: Vec<Condition>,
    #[serde(default)]
    capacity: BTreeMap<String, String>,
    #[serde(default)]
    allocatable: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
}

/// A machine in the port's terms, or which amount cannot be read.
pub fn node_seen(read: NodeRead) -> Result<NodeSeen, String> {
    let NodeRead { metadata, status } = read;
    let amount = |from: &BTreeMap<String, String>, name: &str, read: fn(&str) -> Option<u64>| {
        let text = from.get(name).ok_or_else(|| format!("node {} has no {name}", metadata.name))?;
        read(text).ok_or_else(|| format!("node {}: {text:?} is no amount of {name}", metadata.name))
    };
    let labels = &metadata.labels;
    Ok(NodeSeen {
        cpu_milli: amount(&status.allocatable, "cpu", thousandths)?,
        memory_bytes: amount(&status.capacity, "memory", units)?,
        machine_type: MACHINE_TYPE
            .into_iter()
            .find_map(|label| labels.get(label))
            .cloned()
            .unwrap_or_default(),
        takes_searches: labels.get(WORKLOAD).is_some_and(|value| value == WORKLOAD_BLAST),
        ready: status.conditions.iter().any(|c| c.kind == "Ready" && c.status == "True"),
        name: metadata.name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_machine_is_read_with_what_it_offers() {
        let read = json!({
            "metadata": {
                "name": "aks-blastpool-1", "creationTimestamp": "2026-01-01T00:00:00Z",
                "labels": { "workload": "blast", "node.kubernetes.io/instance-type": "Standard_E16s_v5" },
            },
            "status": {
                "conditions": [{ "type": "DiskPressure", "status": "False" }, { "type": "Ready", "status": "True" }],
                "capacity": { "cpu": "16", "memory": "131898584Ki", "pods": "250" },
                "allocatable": { "cpu": "15740m", "memory": "121000000Ki" },
            },
        });
        let node = node_seen(serde_json::from_value(read).unwrap()).unwrap();
        assert_eq!(node.machine_type, "Standard_E16s_v5");
        assert!(node.takes_searches && node.ready);
        assert_eq!((node.cpu_milli, node.memory_bytes), (15_740, 131_898_584 * 1024));
    }

    #[test]
    fn a_machine_of_another_pool_that_is_not_ready_is_told_apart() {
        let read = json!({
            "metadata": { "name": "aks-systempool-1", "creationTimestamp": "2026-01-01T00:00:00Z" },
            "status": {
                "conditions": [{ "type": "Ready", "status": "Unknown" }],
                "capacity": { "cpu": "2", "memory": "8Gi" }, "allocatable": { "cpu": "2" },
            },
        });
        let node = node_seen(serde_json::from_value(read).unwrap()).unwrap();
        assert!(!node.takes_searches && !node.ready && node.machine_type.is_empty());
    }

    #[test]
    fn an_amount_that_cannot_be_read_is_not_nought() {
        let read = json!({
            "metadata": { "name": "n", "creationTimestamp": "2026-01-01T00:00:00Z" },
            "status": { "capacity": { "memory": "lots" }, "allocatable": { "cpu": "2" } },
        });
        let problem = node_seen(serde_json::from_value(read).unwrap()).unwrap_err();
        assert!(problem.contains("memory"), "{problem}");
    }
}
