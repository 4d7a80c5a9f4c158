//! Addresses of the API, taken apart.

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// API group; empty for the core group.
    pub group: String,
    /// Version within the group.
    pub version: String,
    /// Namespace; empty across all of them, or for what has none.
    pub namespace: String,
    /// Plural name of the kind.
    pub resource: String,
    /// Name of the object; empty for the collection.
    pub name: String,
    /// `log`, `status`; empty for the object itself.
    pub subresource: String,
}

impl Place {
    /// Takes an address apart; `None` for one that leads nowhere.
    pub fn of(path: &str) -> Option<Self> {
        let parts: Vec<_> = path.trim_start_matches('/').split('/').collect();
        let (group, version, rest) = match &parts[..] {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
            rest => ("", rest),
        };
        let (resource, name, subresource) = match rest {
            [resource] => (*resource, "", ""),
            [resource, name] => (*resource, *name, ""),
            [resource, name, subresource] => (*resource, *name, *subresource),
            _ => return None,
        };
        if [group, version, resource].iter().skip(1).any(|part| part.is_empty()) {
            return None;
        }
        Some(Self {
            group: group.to_owned(),
            version: version.to_owned(),
            namespace: namespace.to_owned(),
            resource: resource.to_owned(),
            name: name.to_owned(),
            subresource: subresource.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let job = Place::of("/apis/batch/v1/namespaces/default/jobs/x").unwrap();
        assert_eq!(
            (job.group.as_str(), job.namespace.as_str(), job.resource.as_str(), job.name.as_str()),
            ("batch", "default", "jobs", "x")
        );
        let log = Place::of("/api/v1/namespaces/default/pods/p/log").unwrap();
        assert_eq!((log.subresource.as_str(), log.resource.as_str()), ("log", "pods"));
        assert_eq!(Place::of("/api/v1/nodes").unwrap().namespace, "");
        assert_eq!(Place::of("/api/v1/namespaces/default").unwrap().resource, "namespaces");
        assert_eq!((Place::of("/nowhere"), Place::of("/api/v1")), (None, None));
    }
}
