//! What clients ask to find out what there is.

/// The answer to an address outside the resources, with its content type; `None` where there is none.
pub fn discovery(path: &str) -> Option<String> {
    let verbs = r#"["create","delete","deletecollection","get","list","patch","update","watch"]"#;
    let kinds = |group: &str, kinds: &[(&str, &str, bool)]| {
        let entries: Vec<_> = kinds
            .iter()
            .map(|(name, kind, namespaced)| {
                let one = kind.to_lowercase();
                format!(
                    r#"{{"name":"{name}","singularName":"{one}","namespaced":{namespaced},"kind":"{kind}","verbs":{verbs}}}"#
                )
            })
            .collect();
        format!(
            r#"{{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"{group}","resources":[{}]}}"#,
            entries.join(",")
        )
    };
    Some(match path {
        "/version" | "/version/" => {
            r#"{"major":"1","minor":"32","gitVersion":"v1.32.4","gitCommit":"","gitTreeState":"clean","buildDate":"2025-04-22T16:02:27Z","goVersion":"go1.23.6","compiler":"gc","platform":"linux/amd64"}"#.to_owned()
        }
        "/healthz" | "/livez" | "/readyz" => "ok".to_owned(),
        "/api" => r#"{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[]}"#.to_owned(),
        "/apis" => {
            let groups = ["batch", "coordination.k8s.io"].map(|group| {
                let version = format!(r#"{{"groupVersion":"{group}/v1","version":"v1"}}"#);
                format!(r#"{{"name":"{group}","versions":[{version}],"preferredVersion":{version}}}"#)
            });
            format!(r#"{{"kind":"APIGroupList","apiVersion":"v1","groups":[{}]}}"#, groups.join(","))
        }
        "/api/v1" => kinds(
            "v1",
            &[
                ("pods", "Pod", true),
                ("secrets", "Secret", true),
                ("configmaps", "ConfigMap", true),
                ("nodes", "Node", false),
            ],
        ),
        "/apis/batch/v1" => kinds("batch/v1", &[("jobs", "Job", true)]),
        "/apis/coordination.k8s.io/v1" => kinds("coordination.k8s.io/v1", &[("leases", "Lease", true)]),
        _ => return None,
    })
}
