//! Selection by labels and by fields.

use super::Failure;
use crate::standin::{
    check::{key, label_value},
    objects::{Pod, Words},
};

/// A label selector: all requirements have to hold.
#[derive(Debug, Clone, Default)]
pub struct Labels(Vec<Requirement>);

#[derive(Debug, Clone)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    Missing,
}

impl Labels {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let requirements = pieces(text).into_iter().map(|piece| requirement(piece, text));
        Ok(Self(requirements.collect::<Result<_, _>>()?))
    }

    /// Whether labels fulfil it.
    pub fn hold(&self, labels: &Words) -> bool {
        self.0.iter().all(|Requirement { key, operator, values }| {
            let value = labels.get(key);
            let listed = value.is_some_and(|value| values.contains(value));
            match operator {
                Operator::In => listed,
                Operator::NotIn => !listed,
                Operator::Exists => value.is_some(),
                Operator::Missing => value.is_none(),
            }
        })
    }
}

/// Parts at commas that are not within parentheses.
fn pieces(text: &str) -> Vec<&str> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[from..]);
    if text.trim().is_empty() { Vec::new() } else { found }
}

fn requirement(piece: &str, whole: &str) -> Result<Requirement, Failure> {
    let refuse = |why: String| {
        Failure::bad_request(format!("unable to parse requirement: {why} (in the label selector {whole:?})"))
    };
    let piece = piece.trim();
    let (name, operator, values) = if let Some(name) = piece.strip_prefix('!') {
        (name, Operator::Missing, Vec::new())
    } else if let Some((name, value)) = piece.split_once("!=") {
        (name, Operator::NotIn, vec![value.trim()])
    } else if let Some((name, value)) = piece.split_once("==").or_else(|| piece.split_once('=')) {
        (name, Operator::In, vec![value.trim()])
    } else if let Some((name, rest)) = piece.split_once(char::is_whitespace) {
        let (operator, list) = match rest.trim().split_once('(') {
            Some((word, list)) if word.trim() == "in" => (Operator::In, list),
            Some((word, list)) if word.trim() == "notin" => (Operator::NotIn, list),
            _ => return Err(refuse(format!("found {rest:?}, expected: in, notin, =, ==, !=, gt, lt"))),
        };
        let list =
            list.trim_end().strip_suffix(')').ok_or_else(|| refuse("expected: ',' or ')'".to_owned()))?;
        (name, operator, list.split(',').map(str::trim).collect())
    } else {
        (piece, Operator::Exists, Vec::new())
    };
    let name = name.trim();
    if let Some(wrong) = key(name) {
        return Err(refuse(format!("<nil>: Invalid value: {name:?}: {wrong}")));
    }
    if let Some(wrong) = values.iter().find_map(|value| label_value(value)) {
        return Err(refuse(format!("values: Invalid value: {wrong}")));
    }
    let values = values.into_iter().map(str::to_owned).collect();
    Ok(Requirement { key: name.to_owned(), operator, values })
}

/// A field selector, of the fields that the real API has for a kind.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, bool, String)>);

/// Fields that may be selected by: of any object, and of pods.
const FIELDS: [&str; 2] = ["metadata.name", "metadata.namespace"];
const POD_FIELDS: [&str; 4] =
    ["spec.nodeName", "spec.restartPolicy", "status.phase", "spec.serviceAccountName"];

impl Fields {
    /// Reads `status.phase!=Succeeded,spec.nodeName=x` for a kind.
    pub fn read(text: &str, plural: &str) -> Result<Self, Failure> {
        let pieces = text.split(',').filter(|piece| !piece.trim().is_empty());
        let read = pieces.map(|piece| {
            let (name, equal, value) = match piece.split_once("!=") {
                Some((name, value)) => (name, false, value),
                None => match piece.split_once("==").or_else(|| piece.split_once('=')) {
                    Some((name, value)) => (name, true, value),
                    None => {
                        let message = format!("invalid selector: {text:?}; can't understand {piece:?}");
                        return Err(Failure::bad_request(message));
                    }
                },
            };
            let name = name.trim();
            let of_pods = plural == "pods" && POD_FIELDS.contains(&name);
            if !of_pods && !FIELDS.contains(&name) {
                let message = format!("field label not supported: {name}");
                return Err(Failure::bad_request(message));
            }
            Ok((name.to_owned(), equal, value.trim().to_owned()))
        });
        Ok(Self(read.collect::<Result<_, _>>()?))
    }

    /// Whether an object's fields fulfil it.
    pub fn hold<K: FieldValues>(&self, object: &K) -> bool {
        self.0.iter().all(|(name, equal, value)| (object.field(name) == *value) == *equal)
    }

    /// Whether name and namespace alone fulfil it.
    pub fn hold_names(&self, namespace: &str, name: &str) -> bool {
        self.0.iter().all(|(field, equal, value)| match field.as_str() {
            "metadata.name" => (name == value) == *equal,
            "metadata.namespace" => (namespace == value) == *equal,
            _ => true,
        })
    }
}

/// The fields of an object that may be selected by.
pub trait FieldValues {
    /// A field's value; empty where there is none.
    fn field(&self, name: &str) -> String;
}

impl<K: crate::standin::objects::Kind> FieldValues for K {
    fn field(&self, name: &str) -> String {
        let any: &dyn std::any::Any = self;
        let pod = any.downcast_ref::<Pod>();
        match name {
            "metadata.name" => self.meta().name.clone(),
            "metadata.namespace" => self.meta().namespace().to_owned(),
            "spec.nodeName" => pod.and_then(|pod| pod.spec.node_name.clone()).unwrap_or_default(),
            "spec.restartPolicy" => pod.and_then(|pod| pod.spec.restart_policy.clone()).unwrap_or_default(),
            "spec.serviceAccountName" => {
                pod.and_then(|pod| pod.spec.service_account_name.clone()).unwrap_or_default()
            }
            "status.phase" => pod.map(|pod| pod.status.phase.clone()).unwrap_or_default(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(selector: &str, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Labels::read(selector).unwrap().hold(&labels)
    }

    #[test]
    fn label_selectors_select() {
        let blast = [("app", "blast"), ("elb-job-id", "job-1")];
        for (selector, wanted) in [
            ("", true),
            ("app=blast", true),
            ("app==blast,elb-job-id=job-1", true),
            ("app=setup", false),
            ("app!=setup", true),
            ("other!=x", true),
            ("app in (setup, blast),elb-job-id", true),
            ("app notin (setup,blast)", false),
            ("!other", true),
            ("!app", false),
            ("other in (x)", false),
        ] {
            assert_eq!(holds(selector, &blast), wanted, "{selector}");
        }
    }

    #[test]
    fn broken_selectors_are_refused() {
        for bad in ["=x", "a=b c", "a in b", "a in (b", "a=b,,c", "a/b/c=d"] {
            assert!(Labels::read(bad).is_err(), "{bad}");
        }
        assert!(Fields::read("status.podIP=x", "pods").is_err());
        assert!(Fields::read("status.phase=x", "jobs").is_err());
        assert!(Fields::read("nonsense", "pods").is_err());
    }
}
