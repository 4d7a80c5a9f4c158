//! `PATCH`: a merge patch, or the part of a strategic merge patch that merges like one.

use super::{Failure, write::change};
use crate::standin::{
    check::Rules,
    store::{Kept, World, written},
};
use serde_json::Value;

/// Patches an object by a body of a content type.
pub fn patch<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    name: &str,
    (content_type, body): (&str, &[u8]),
    dry: bool,
) -> Result<K, Failure> {
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    if !matches!(content_type, "application/merge-patch+json" | "application/strategic-merge-patch+json") {
        return Err(Failure::new(
            415,
            "UnsupportedMediaType",
            format!("the body of the request was in an unknown format: {content_type}"),
        ));
    }
    let patch: Value = serde_json::from_slice(body)
        .map_err(|error| Failure::bad_request(format!("error decoding patch: {error}")))?;
    let before = world.get::<K>(namespace, name).ok_or_else(|| Failure::not_found::<K>(name))?;
    let mut merged: Value = serde_json::from_str(&written(before.clone())).unwrap();
    let version = patch.pointer("/metadata/resourceVersion").cloned();
    merge(&mut merged, &patch);
    if version.is_none()
        && let Some(meta) = merged.get_mut("metadata").and_then(Value::as_object_mut)
    {
        meta.remove("resourceVersion");
    }
    let object = super::decode::object::<K>(merged.to_string().as_bytes())?;
    change(world, namespace, name, object, dry)
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
