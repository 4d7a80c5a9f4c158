//! Shapes of the values of a configuration.

use crate::options::FieldError;

/// A shape: whether a text has it, and what it is in words.
pub(super) struct Shape {
    fits: fn(&str) -> bool,
    words: &'static str,
}

/// Faults found so far.
#[derive(Debug, Default)]
pub(super) struct Checks {
    errors: Vec<FieldError>,
}

impl Checks {
    /// Adds a fault.
    pub(super) fn push(&mut self, field: &str, code: &'static str, message: String) {
        self.error(FieldError::new(field, code, message, None));
    }

    /// Adds a fault.
    pub(super) fn error(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Checks a text, and says whether it may be used further.
    pub(super) fn text(&mut self, field: &'static str, value: &str, shape: Shape) -> bool {
        if value.is_empty() {
            let message = format!("ElasticBLAST needs {}.", name(field));
            self.errors.push(FieldError::new(field, "required", message, Some(shape.words.to_owned())));
            return false;
        }
        // Control characters would begin another line of the file, whatever the shape; blanks at an end are lost.
        let one_line = !value.chars().any(char::is_control) && value.trim() == value;
        if one_line && (shape.fits)(value) {
            return true;
        }
        let message = format!("For {}, {} is needed.", name(field), shape.words);
        self.errors.push(FieldError::new(field, "not_allowed", message, Some(shape.words.to_owned())));
        false
    }

    /// Checks a number that has to be above nothing.
    pub(super) fn positive(&mut self, field: &'static str, value: u64) {
        if value == 0 {
            let message = format!("For {}, a number above 0 is needed.", name(field));
            self.errors.push(FieldError::new(field, "out_of_range", message, None));
        }
    }

    /// All faults, or none.
    pub(super) fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// A key in words.
fn name(field: &str) -> &str {
    match field {
        "azure-region" => "the cluster's region",
        "azure-resource-group" => "the cluster's resource group",
        "azure-acr-name" => "the container registry's name",
        "azure-acr-resource-group" => "the container registry's resource group",
        "azure-storage-account" => "the storage account's name",
        "azure-storage-account-container" => "the container of databases",
        "name" => "the cluster's name",
        "machine-type" => "the type of the cluster's machines",
        "num-nodes" => "the number of machines",
        "num-cpus" => "the processors of a batch",
        "labels" => "labels",
        "batch-len" => "the length of a batch",
        "init-pv" => "the time limit of bringing the database",
        "blast-k8s-job" => "the time limit of a batch",
        other => other,
    }
}

fn small_or_digit(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Anything.
pub(super) const PRESENT: Shape = Shape { fits: |_| true, words: "a name" };

/// An Azure region.
pub(super) const REGION: Shape =
    Shape { fits: small_or_digit, words: "a region in small letters and digits, such as koreacentral" };

/// A resource group (Azure's own rule).
pub(super) const RESOURCE_GROUP: Shape = Shape {
    fits: |text| {
        let allowed = |c: char| letter_or_digit(c) || matches!(c, '_' | '-' | '.' | '(' | ')');
        text.len() <= 90 && text.chars().all(allowed) && !text.ends_with('.')
    },
    words: "at most 90 letters, digits, _ - . ( ), not ending with a dot",
};

/// A container registry (Azure's own rule).
pub(super) const REGISTRY: Shape = Shape {
    fits: |text| (5..=50).contains(&text.len()) && text.chars().all(letter_or_digit),
    words: "5 to 50 letters and digits",
};

/// A storage account (Azure's own rule).
pub(super) const ACCOUNT: Shape = Shape {
    fits: |text| (3..=24).contains(&text.len()) && small_or_digit(text),
    words: "3 to 24 small letters and digits",
};

/// A blob container (Azure's own rule).
pub(super) const CONTAINER: Shape = Shape {
    fits: |text| {
        (3..=63).contains(&text.len()) && text.split('-').all(|part| !part.is_empty() && small_or_digit(part))
    },
    words: "3 to 63 small letters, digits and single hyphens",
};

/// A cluster's name (ElasticBLAST's rule where it creates one, and in small letters always).
pub(super) const CLUSTER_NAME: Shape = Shape {
    fits: |text| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (2..=63).contains(&text.len())
            && text.chars().all(inner)
            && !text.starts_with('-')
            && !text.ends_with('-')
    },
    words: "2 to 63 small letters, digits and hyphens, a letter or digit at both ends",
};

/// Key or value of a label.
pub(super) const LABEL: Shape = Shape {
    fits: |text| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        text.len() <= 63 && text.chars().all(inner) && text.starts_with(|c: char| c.is_ascii_lowercase())
    },
    words: "at most 63 small letters, digits, hyphens and underscores, beginning with a letter",
};
