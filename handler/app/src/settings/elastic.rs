use super::{SettingsError, Values, registry};
use blastline_cluster::ClusterSettings;
use blastline_engine::elastic::ElasticSettings;
use std::path::PathBuf;

/// Which clusters there are.
pub(super) fn clusters(values: &Values<'_>) -> ClusterSettings {
    ClusterSettings {
        kubeconfig: values.get(registry::CLUSTER_KUBECONFIG).map(PathBuf::from),
        kubeconfig_name: values.get(registry::CLUSTER_NAME).map(str::to_owned),
        own_namespace: values.get(registry::CLUSTER_NAMESPACE).unwrap_or("default").to_owned(),
        ..ClusterSettings::default()
    }
}

/// How searches are submitted. Where there is a cluster, everything that a submission cannot do without has to be there.
pub(super) fn submission(values: &Values<'_>) -> Result<ElasticSettings, SettingsError> {
    let some = values.get(registry::CLUSTER_KUBECONFIG).is_some();
    let needed = |name: &str| match values.get(name) {
        None if some => Err(SettingsError {
            name: name.to_owned(),
            problem: "is needed where CLUSTER_KUBECONFIG names clusters".to_owned(),
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
