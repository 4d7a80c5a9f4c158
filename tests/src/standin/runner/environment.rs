//! A container's variables.

use crate::standin::{
    objects::{ConfigMap, Container, Pod, Secret},
    shared::Shared,
    store::World,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::collections::BTreeMap;

/// The variables as the container sees them.
pub fn resolved(shared: &Shared, pod: &Pod, container: &Container) -> BTreeMap<String, String> {
    let world = shared.world();
    let mut known = BTreeMap::new();
    for variable in &container.env {
        let value = match &variable.value_from {
            None => expanded(&variable.value, &known),
            Some(from) => {
                let namespace = pod.metadata.namespace();
                let field = from.field_ref.as_ref().map(|field| match field.field_path.as_str() {
                    "metadata.name" => pod.metadata.name.clone(),
                    "metadata.namespace" => namespace.to_owned(),
                    "metadata.uid" => pod.metadata.uid().to_owned(),
                    "spec.nodeName" => pod.spec.node_name.clone().unwrap_or_default(),
                    _ => String::new(),
                });
                let secret = from.secret_key_ref.as_ref().and_then(|key| {
                    let secret = world.get::<Secret>(namespace, &key.name)?;
                    let bytes = STANDARD.decode(secret.data.get(&key.key)?).ok()?;
                    String::from_utf8(bytes).ok()
                });
                let map = from.config_map_key_ref.as_ref().and_then(|key| {
                    world.get::<ConfigMap>(namespace, &key.name)?.data.get(&key.key).cloned()
                });
                field.or(secret).or(map).unwrap_or_default()
            }
        };
        known.insert(variable.name.clone(), value);
    }
    known
}

/// A Secret or ConfigMap that a variable needs and that is not there.
pub fn missing(world: &World, pod: &Pod) -> Option<String> {
    let namespace = pod.metadata.namespace();
    let containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    let mut sources =
        containers.flat_map(|container| &container.env).filter_map(|one| one.value_from.as_ref());
    sources.find_map(|from| {
        let secret = from.secret_key_ref.as_ref().filter(|key| key.optional != Some(true));
        let secret = secret.filter(|key| {
            world.get::<Secret>(namespace, &key.name).is_none_or(|secret| !secret.data.contains_key(&key.key))
        });
        let map = from.config_map_key_ref.as_ref().filter(|key| key.optional != Some(true));
        let map = map.filter(|key| {
            world.get::<ConfigMap>(namespace, &key.name).is_none_or(|map| !map.data.contains_key(&key.key))
        });
        secret.or(map).map(|key| key.name.clone())
    })
}

/// The batch that a pod searches.
pub fn batch(pod: &Pod) -> Option<u32> {
    let variables = pod.spec.containers.iter().flat_map(|container| &container.env);
    variables.filter(|variable| variable.name == "JOB_NUM").find_map(|variable| variable.value.parse().ok())
}

/// Replaces `$(NAME)` by variables before it, and `$$` by `$`.
fn expanded(text: &str, known: &BTreeMap<String, String>) -> String {
    let (mut result, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        result.push_str(before);
        let name = from.strip_prefix("$(").and_then(|inner| inner.split_once(')'));
        rest = if let Some(after) = from.strip_prefix("$$") {
            result.push('$');
            after
        } else if let Some((value, after)) = name.and_then(|(name, after)| Some((known.get(name)?, after))) {
            result.push_str(value);
            after
        } else {
            result.push('$');
            &from[1..]
        };
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_variables_are_replaced_as_kubernetes_does() {
        let known = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        for (text, wanted) in
            [("x", "x"), ("$(A)b", "1b"), ("$(B)", "$(B)"), ("$$(A)", "$(A)"), ("$A", "$A"), ("$", "$")]
        {
            assert_eq!(expanded(text, &known), wanted, "{text}");
        }
    }
}
