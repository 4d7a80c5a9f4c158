//! The id under which a row names its ElasticBLAST search.
//!
//! A row of this program has it in a column. Rows of other writers have it in one of several places of their payload,
//! depending on who wrote last; whoever reads one place alone may find nothing although the search runs.

use serde_json::{Map, Value};

/// Places in the payload, in the order in which they are asked.
const MIRRORS: &[&[&str]] = &[
    &["elastic_blast_job_id"],
    &["k8s_job_id"],
    &["_progress", "steps", "running", "k8s", "job_id"],
    &["_progress", "steps", "exporting_results", "k8s", "job_id"],
    &["_progress", "steps", "warming_up", "k8s", "job_id"],
    &["_progress", "steps", "staging_db", "k8s", "job_id"],
    &["external", "k8s", "job_id"],
];

/// The first value among the mirrors that has the form of an id: `job-` and then letters, digits, `_` or `-`. Blanks
/// around it do not count. What has another form is passed over, not an end of the search for one.
pub fn resolve_elastic_blast_job_id(payload: &Map<String, Value>) -> Option<&str> {
    MIRRORS.iter().find_map(|path| {
        let (first, rest) = path.split_first()?;
        let value = rest.iter().try_fold(payload.get(*first)?, |value, key| value.get(*key))?;
        value.as_str().map(str::trim).filter(|text| is_id(text))
    })
}

/// Longest id: it is a label's value.
const MAX_CHARS: usize = 63;

fn is_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let rest = text.strip_prefix("job-");
    text.len() <= MAX_CHARS
        && rest.is_some_and(|rest| {
            rest.ends_with(|c: char| c.is_ascii_alphanumeric()) && rest.bytes().all(allowed)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "job-429825360482416da20736cf3ed51a95";
    const OTHER: &str = "job-00000000000000000000000000000000";

    /// Resolves a payload as other writers have it.
    fn resolved(payload: &Value) -> Option<&str> {
        resolve_elastic_blast_job_id(payload.as_object().unwrap())
    }

    /// A payload with an id in one place.
    fn at(path: &[&str], value: &Value) -> Value {
        path.iter().rev().fold(value.clone(), |inner, key| json!({ *key: inner }))
    }

    /// Two payloads in one, the way they nest.
    fn merged(mut one: Value, two: &Value) -> Value {
        let (Some(into), Some(from)) = (one.as_object_mut(), two.as_object()) else { return two.clone() };
        for (key, value) in from {
            let old = into.remove(key).unwrap_or_else(|| json!({}));
            into.insert(key.clone(), if value.is_object() { merged(old, value) } else { value.clone() });
        }
        one
    }

    #[test]
    fn the_top_level_is_read() {
        assert_eq!(resolved(&json!({ "elastic_blast_job_id": ID })), Some(ID));
        assert_eq!(resolved(&json!({ "k8s_job_id": format!(" {ID}\n") })), Some(ID));
    }

    #[test]
    fn an_id_that_is_only_nested_is_found() {
        for step in ["running", "exporting_results", "warming_up", "staging_db"] {
            let payload = json!({
                "elastic_blast_job_id": null,
                "_progress": { "steps": { step: { "k8s": { "job_id": ID } } } },
            });
            assert_eq!(resolved(&payload), Some(ID), "{step}");
        }
    }

    #[test]
    fn an_id_that_is_only_external_is_found() {
        let payload = json!({ "external": { "k8s": { "job_id": ID } }, "_progress": { "steps": {} } });
        assert_eq!(resolved(&payload), Some(ID));
    }

    #[test]
    fn none_and_malformed_ones_resolve_to_nothing() {
        assert_eq!(resolved(&json!({})), None);
        assert_eq!(resolved(&json!({ "_progress": null, "external": [] })), None);
        assert_eq!(
            resolved(&json!({ "_progress": { "steps": { "preparing": { "k8s": { "job_id": ID } } } } })),
            None
        );
        for bad in [
            json!(""),
            json!("job-"),
            json!("18b9edca-4d8a-41bc-9cd8-3a2f161259b6"),
            json!("job-a/../b"),
            json!("job-a,app=blast"),
            json!("job-a-"),
            json!("JOB-a"),
            json!("xjob-a"),
            json!(format!("job-{}", "a".repeat(60))),
            json!(7),
            json!({ "job_id": ID }),
            json!([ID]),
            json!(null),
        ] {
            for path in MIRRORS {
                assert_eq!(resolved(&at(path, &bad)), None, "{path:?} {bad}");
            }
        }
    }

    #[test]
    fn an_earlier_place_outranks_a_later_one_and_a_malformed_one_hides_nothing() {
        for (earlier, first) in MIRRORS.iter().enumerate() {
            for second in &MIRRORS[earlier + 1..] {
                let both = merged(at(first, &json!(ID)), &at(second, &json!(OTHER)));
                assert_eq!(resolved(&both), Some(ID), "{first:?} {second:?}");
                let broken = merged(at(first, &json!("not an id")), &at(second, &json!(OTHER)));
                assert_eq!(resolved(&broken), Some(OTHER), "{first:?} {second:?}");
            }
        }
    }
}
