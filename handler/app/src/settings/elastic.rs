use super::{SettingsError, Values, registry};
use blastline_cluster::ClusterSettings;
use blastline_engine::elastic::ElasticSettings;
use std::path::PathBuf;

/// Which clusters there are.
pub(super) fn clusters(values: &Values<'_>) -> ClusterSettings {
    ClusterSettings {
        kubeconfig: values.get(registry::CLUSTER_KUBECONFIG).map(PathBuf::from),
        kubeconfig_name: values.get(registry::CLUSTER_NAME).map(str::to_owned),
        in_cluster: values.get(registry::CLUSTER_IN_CLUSTER).map(str::to_owned),
        own_namespace: values.get(registry::CLUSTER_NAMESPACE).unwrap_or("default").to_owned(),
        ..ClusterSettings::default()
    }
}

/// A cluster of Azure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureCluster {
    /// Its name, which ends its resource id.
    pub name: String,
    /// Its resource id.
    pub resource_id: String,
}

/// The cluster that is reached through the resource manager, where one is named.
pub(super) fn azure_cluster(values: &Values<'_>) -> Result<Option<AzureCluster>, SettingsError> {
    let Some(resource_id) = values.get(registry::CLUSTER_RESOURCE_ID) else { return Ok(None) };
    let words: Vec<&str> = resource_id.trim_matches('/').split('/').collect();
    let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
    match words.as_slice() {
        [subscriptions, id, groups, group, providers, provider, kind, name]
            if is(subscriptions, "subscriptions")
                && is(groups, "resourceGroups")
                && is(providers, "providers")
                && is(provider, "Microsoft.ContainerService")
                && is(kind, "managedClusters")
                && [id, group, name].iter().all(|word| is_name(word)) =>
        {
            let (name, resource_id) = ((*name).to_owned(), resource_id.to_owned());
            Ok(Some(AzureCluster { name, resource_id }))
        }
        _ => Err(SettingsError {
            name: registry::CLUSTER_RESOURCE_ID.to_owned(),
            problem: "is no resource id of a cluster: /subscriptions/…/resourceGroups/…/providers/\
                      Microsoft.ContainerService/managedClusters/…"
                .to_owned(),
        }),
    }
}

/// Whether a word of a resource id names something: it goes into an address as it is.
fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')'))
}

/// What says in a pod that it is one: Kubernetes sets it.
const IN_A_POD: &str = "KUBERNETES_SERVICE_HOST";

/// How searches are submitted. Where there is a cluster, everything that a submission cannot do without has to be there.
pub(super) fn submission(values: &Values<'_>) -> Result<ElasticSettings, SettingsError> {
    let ways = [registry::CLUSTER_KUBECONFIG, registry::CLUSTER_RESOURCE_ID, registry::CLUSTER_IN_CLUSTER];
    let some = ways.into_iter().any(|name| values.get(name).is_some());
    if values.get(registry::CLUSTER_IN_CLUSTER).is_some() && values.get(IN_A_POD).is_none() {
        return Err(SettingsError {
            name: registry::CLUSTER_IN_CLUSTER.to_owned(),
            problem: format!(
                "names the cluster that the handler runs on, and it runs on none: {IN_A_POD} is not set"
            ),
        });
    }
    let needed = |name: &str| match values.get(name) {
        None if some => Err(SettingsError {
            name: name.to_owned(),
            problem: "is needed where searches may run on a cluster".to_owned(),
        }),
        value => Ok(value.unwrap_or_default().to_owned()),
    };
    let resource_group = needed(registry::ELASTIC_RESOURCE_GROUP)?;
    let usual = ElasticSettings::default();
    let searches_per_cluster =
        values.number(registry::BLAST_MAX_RUN_CONCURRENCY, usual.searches_per_cluster)?;
    if searches_per_cluster == 0 {
        let problem = "has to be at least 1".to_owned();
        return Err(SettingsError { name: registry::BLAST_MAX_RUN_CONCURRENCY.to_owned(), problem });
    }
    Ok(ElasticSettings {
        region: needed(registry::ELASTIC_REGION)?,
        registry: values.get(registry::ELASTIC_REGISTRY).unwrap_or_default().to_owned(),
        registry_resource_group: values
            .get(registry::ELASTIC_REGISTRY_RESOURCE_GROUP)
            .unwrap_or(&resource_group)
            .to_owned(),
        resource_group,
        subscription: needed(registry::ELASTIC_SUBSCRIPTION_ID)?,
        image: needed(registry::ELASTIC_IMAGE)?,
        service_account: values
            .get(registry::ELASTIC_SERVICE_ACCOUNT)
            .map_or(usual.service_account, str::to_owned),
        searches_per_cluster,
        ..ElasticSettings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use std::collections::BTreeMap;

    fn with(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let needed = [
            ("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
            ("ELASTIC_RESOURCE_GROUP", "rg"),
            ("ELASTIC_REGION", "koreacentral"),
            ("ELASTIC_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000"),
            ("ELASTIC_IMAGE", "registry/elastic-blast:1"),
        ];
        needed.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const CLUSTER: &str = "/subscriptions/0000-1/resourceGroups/rg-1/providers/Microsoft.ContainerService/managedClusters/blast-1";

    #[test]
    fn a_cluster_of_azure_is_named_by_its_resource_id() {
        let settings = Settings::from_map(&with(&[("CLUSTER_RESOURCE_ID", CLUSTER)])).unwrap();
        assert_eq!(settings.azure_cluster.unwrap().name, "blast-1");
        for bad in [
            "blast-1",
            "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/x",
            "https://management.azure.com/subscriptions/1",
            &CLUSTER.replace("rg-1", ".%2e"),
            &CLUSTER.replace("blast-1", ""),
            &format!("{CLUSTER}/x"),
            &format!("{CLUSTER}?x"),
        ] {
            let refused = Settings::from_map(&with(&[("CLUSTER_RESOURCE_ID", bad)])).unwrap_err();
            assert_eq!(refused.name, "CLUSTER_RESOURCE_ID", "{bad}");
        }
    }

    #[test]
    fn the_cluster_around_the_handler_is_taken_only_where_there_is_one() {
        let map = with(&[("CLUSTER_IN_CLUSTER", "blast-1")]);
        assert_eq!(Settings::from_map(&map).unwrap_err().name, "CLUSTER_IN_CLUSTER");
        let map = with(&[("CLUSTER_IN_CLUSTER", "blast-1"), ("KUBERNETES_SERVICE_HOST", "10.0.0.1")]);
        assert_eq!(Settings::from_map(&map).unwrap().clusters.in_cluster.as_deref(), Some("blast-1"));
    }

    #[test]
    fn each_way_to_a_cluster_needs_what_submissions_need() {
        for (name, value) in [("CLUSTER_RESOURCE_ID", CLUSTER), ("CLUSTER_KUBECONFIG", "/nowhere")] {
            let mut map = with(&[(name, value)]);
            map.remove("ELASTIC_IMAGE");
            assert_eq!(Settings::from_map(&map).unwrap_err().name, "ELASTIC_IMAGE");
        }
    }

    #[test]
    fn a_cluster_without_what_its_submissions_need_refuses_to_start() {
        let mut map = BTreeMap::from([
            ("AzureWebJobsStorage".to_owned(), "UseDevelopmentStorage=true".to_owned()),
            ("CLUSTER_KUBECONFIG".to_owned(), "/nowhere".to_owned()),
        ]);
        for (name, value) in [
            ("ELASTIC_RESOURCE_GROUP", "rg"),
            ("ELASTIC_REGION", "koreacentral"),
            ("ELASTIC_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000"),
            ("ELASTIC_IMAGE", "registry/elastic-blast:1"),
        ] {
            assert_eq!(Settings::from_map(&map).unwrap_err().name, name);
            map.insert(name.to_owned(), value.to_owned());
        }
        assert_eq!(Settings::from_map(&map).unwrap().elastic.registry_resource_group, "rg");
        map.insert("BLAST_MAX_RUN_CONCURRENCY".to_owned(), "0".to_owned());
        assert!(Settings::from_map(&map).is_err());
    }
}
