use super::{Asked, answer, failure};
use axum::response::Response;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// Objects by path, created, read and patched as an API server does it.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<BTreeMap<String, Value>>>);

impl Shelf {
    /// What is there.
    pub fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.0.lock().unwrap()
    }

    /// Does what is asked.
    pub fn answer(&self, asked: &Asked) -> Response {
        let mut objects = self.objects();
        match asked.method.as_str() {
            "POST" => {
                let mut object = asked.json();
                let path = format!("{}/{}", asked.path, object["metadata"]["name"].as_str().unwrap());
                if objects.contains_key(&path) {
                    return failure(409, "AlreadyExists", "it already exists");
                }
                object["metadata"]["uid"] = json!(format!("uid-{}", objects.len()));
                object["metadata"]["resourceVersion"] = json!("1");
                object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
                objects.insert(path, object.clone());
                answer(201, &object)
            }
            method => match objects.get_mut(&asked.path) {
                None => failure(404, "NotFound", "not found"),
                Some(object) if method == "PATCH" => patch(object, asked),
                Some(object) => answer(200, object),
            },
        }
    }
}

fn patch(object: &mut Value, asked: &Asked) -> Response {
    assert_eq!(asked.header("content-type"), "application/merge-patch+json");
    let patch = asked.json();
    let version = &object["metadata"]["resourceVersion"];
    if patch["metadata"].get("resourceVersion").is_some_and(|wanted| wanted != version) {
        return failure(409, "Conflict", "the object has been modified");
    }
    let next = version.as_str().unwrap().parse::<u32>().unwrap() + 1;
    merge(object, &patch);
    object["metadata"]["resourceVersion"] = json!(next.to_string());
    answer(200, object)
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in patch {
        match value {
            Value::Null => drop(target.as_object_mut().unwrap().remove(key)),
            value => merge(&mut target[key], value),
        }
    }
}
