//! What is wrong with an object, field by field.

/// Collected faults of one object.
#[derive(Debug, Default)]
pub struct Causes(Vec<Cause>);

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// `FieldValueInvalid` and the like.
    pub reason: &'static str,
    /// Path of the field.
    pub field: String,
    /// In Kubernetes' words.
    pub message: String,
}

impl Causes {
    /// A value that is not allowed.
    pub fn invalid(&mut self, field: impl Into<String>, value: impl std::fmt::Debug, why: impl Into<String>) {
        self.push("FieldValueInvalid", field, format!("Invalid value: {value:?}: {}", why.into()));
    }

    /// A field that has to be there.
    pub fn required(&mut self, field: impl Into<String>, why: &str) {
        let message =
            if why.is_empty() { "Required value".to_owned() } else { format!("Required value: {why}") };
        self.push("FieldValueRequired", field, message);
    }

    /// A field that must not be there.
    pub fn forbidden(&mut self, field: impl Into<String>, why: &str) {
        self.push("FieldValueForbidden", field, format!("Forbidden: {why}"));
    }

    /// A value that is none of those that are known.
    pub fn unsupported(&mut self, field: impl Into<String>, value: &str, known: &[&str]) {
        let known: Vec<_> = known.iter().map(|value| format!("{value:?}")).collect();
        let message = format!("Unsupported value: {value:?}: supported values: {}", known.join(", "));
        self.push("FieldValueNotSupported", field, message);
    }

    /// The same name twice.
    pub fn duplicate(&mut self, field: impl Into<String>, value: &str) {
        self.push("FieldValueDuplicate", field, format!("Duplicate value: {value:?}"));
    }

    /// A value that names something that is not there.
    pub fn not_found(&mut self, field: impl Into<String>, value: &str) {
        self.push("FieldValueNotFound", field, format!("Not found: {value:?}"));
    }

    /// A name or key whose syntax was looked at.
    pub fn syntax(&mut self, field: impl Into<String>, value: &str, wrong: Option<String>) {
        if let Some(wrong) = wrong {
            self.invalid(field, value, wrong);
        }
    }

    /// All of them.
    pub fn into_list(self) -> Vec<Cause> {
        self.0
    }

    fn push(&mut self, reason: &'static str, field: impl Into<String>, message: String) {
        self.0.push(Cause { reason, field: field.into(), message });
    }
}
