//! Metadata.

use super::{Causes, Rules, dns_label, key, label_value};
use crate::standin::objects::{ObjectMeta, Words};

/// Most bytes of all annotations together.
const ANNOTATIONS_MOST: usize = 256 * 1024;

/// Looks at an object's metadata.
pub fn metadata<K: Rules>(meta: &ObjectMeta, wrong: &mut Causes) {
    if meta.name.is_empty() {
        wrong.required("metadata.name", "name or generateName is required");
    } else {
        wrong.syntax("metadata.name", &meta.name, K::name_syntax(&meta.name));
    }
    if let Some(namespace) = &meta.namespace {
        wrong.syntax("metadata.namespace", namespace, dns_label(namespace));
    }
    labels("metadata.labels", &meta.labels, wrong);
    for name in meta.annotations.keys() {
        wrong.syntax("metadata.annotations", name, key(&name.to_lowercase()));
    }
    if meta.annotations.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > ANNOTATIONS_MOST {
        wrong.invalid("metadata.annotations", "", "Too long: must have at most 262144 bytes");
    }
    let mut controllers = 0;
    for (index, owner) in meta.owner_references.iter().enumerate() {
        let field = format!("metadata.ownerReferences[{index}]");
        for (name, value) in [
            ("apiVersion", &owner.api_version),
            ("kind", &owner.kind),
            ("name", &owner.name),
            ("uid", &owner.uid),
        ] {
            if value.is_empty() {
                wrong.required(format!("{field}.{name}"), &format!("{name} must not be empty"));
            }
        }
        controllers += usize::from(owner.controller == Some(true));
    }
    if controllers > 1 {
        wrong.invalid("metadata.ownerReferences", "", "Only one reference can have Controller set to true");
    }
}

/// Looks at labels.
pub fn labels(field: &str, labels: &Words, wrong: &mut Causes) {
    for (name, value) in labels {
        wrong.syntax(field, name, key(name));
        wrong.syntax(field, value, label_value(value));
    }
}
