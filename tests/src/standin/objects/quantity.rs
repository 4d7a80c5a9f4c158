//! Amounts of processors and memory as Kubernetes writes them.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// A quantity as it was written, `500m`, `4G`, `16`, checked for its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Quantity(String);

/// Suffixes with their factor in thousandths.
const SUFFIXES: [(&str, f64); 13] = [
    ("Ki", 1_024e3),
    ("Mi", 1_048_576e3),
    ("Gi", 1_073_741_824e3),
    ("Ti", 1_099_511_627_776e3),
    ("Pi", 1_125_899_906_842_624e3),
    ("m", 1.0),
    ("k", 1e6),
    ("M", 1e9),
    ("G", 1e12),
    ("T", 1e15),
    ("P", 1e18),
    ("E", 1e21),
    ("", 1e3),
];

impl Quantity {
    /// Reads one.
    pub fn read(text: &str) -> Result<Self, String> {
        milli(text).map(|_| Self(text.to_owned())).ok_or_else(|| {
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                .to_owned()
        })
    }

    /// In thousandths: of a processor, of a byte.
    pub fn milli(&self) -> u128 {
        milli(&self.0).unwrap_or(0)
    }
}

fn milli(text: &str) -> Option<u128> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    let (_, factor) = SUFFIXES.iter().find(|(known, _)| *known == suffix)?;
    Some((number * factor).round() as u128)
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
        };
        Self::read(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_mean_what_kubernetes_means() {
        for (text, wanted) in
            [("500m", 500), ("2", 2_000), ("1.5", 1_500), ("1Ki", 1_024_000), ("4G", 4_000_000_000_000)]
        {
            assert_eq!(Quantity::read(text).unwrap().milli(), wanted, "{text}");
        }
        for bad in ["", "4 G", "four", "4GB", "4gi", "-"] {
            assert!(Quantity::read(bad).is_err(), "{bad}");
        }
    }
}
