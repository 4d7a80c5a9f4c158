//! What the identity of a search may do: the Roles that are bound once at set-up, and nothing else.

use super::{Failure, Place};

/// Group, resource with its part, verbs.
const RIGHTS: &[(&str, &str, &[&str])] = &[
    ("batch", "jobs", &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]),
    ("", "pods", &["delete", "deletecollection", "get", "list", "watch"]),
    ("", "pods/log", &["get"]),
    ("", "secrets", &["create", "delete", "deletecollection", "get", "list", "patch", "update"]),
    ("", "configmaps", &["create", "delete", "get", "list", "patch", "update"]),
    ("coordination.k8s.io", "leases", &["create", "delete", "get", "list", "patch", "update", "watch"]),
    ("", "nodes", &["get", "list", "patch", "watch"]),
];

/// Refuses what no Role allows, whether or not it is there, as the real one does.
pub fn allow(place: &Place, verb: &str) -> Result<(), Failure> {
    let resource = match place.subresource.as_str() {
        "" => place.resource.clone(),
        part => format!("{}/{part}", place.resource),
    };
    let listed = RIGHTS.iter().find(|(group, known, _)| *group == place.group && *known == resource);
    // Namespaced kinds may only be asked for within a namespace: there is no ClusterRole but that for nodes.
    let scoped = place.resource == "nodes" || !place.namespace.is_empty();
    if listed.is_some_and(|(_, _, verbs)| verbs.contains(&verb)) && scoped {
        return Ok(());
    }
    let scope = if place.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {:?}", place.namespace)
    };
    Err(Failure::forbidden(&place.group, &resource, verb, &place.name, &scope))
}
