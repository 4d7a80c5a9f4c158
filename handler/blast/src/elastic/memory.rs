//! Amounts of memory as ElasticBLAST and Kubernetes write them.

use crate::options::FieldError;
use std::fmt;

/// An amount of memory above nothing, such as `4Gi` or `0.5G`. Kept as it was written; compared in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryAmount {
    text: String,
    bytes: u64,
}

/// Bytes in a GiB.
const GIB: u64 = 1 << 30;

impl MemoryAmount {
    /// So many GiB; at least one.
    pub fn gib(amount: u32) -> Self {
        let amount = amount.max(1);
        Self { text: format!("{amount}Gi"), bytes: u64::from(amount) * GIB }
    }

    /// Reads an amount: digits, perhaps a fraction, and one of `k M G T Ki Mi Gi Ti`.
    ///
    /// # Errors
    /// Anything else, and nothing. `field` is the key that it is for.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        let refused = || {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
            let message = format!("“{shown}” is not an amount of memory.");
            FieldError::new(
                field,
                "not_allowed",
                message,
                Some("a number above 0 with a unit, such as 4Gi".into()),
            )
        };
        let bytes = Self::bytes_of(text).filter(|bytes| *bytes > 0).ok_or_else(refused)?;
        Ok(Self { text: text.to_owned(), bytes })
    }

    /// ElasticBLAST takes units in either case; to Kubernetes `4m` are thousandths of a byte and `4g` is nothing.
    fn bytes_of(text: &str) -> Option<u64> {
        let units =
            [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40)].map(|(name, power)| (name, 1_u64 << power));
        let metric = [("k", 3), ("M", 6), ("G", 9), ("T", 12)].map(|(name, power)| (name, 10_u64.pow(power)));
        let mut all = units.iter().chain(&metric);
        let (number, unit) = all.find_map(|(name, size)| Some((text.strip_suffix(name)?, *size)))?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
        let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(unit) / scale;
        let all = u128::from(whole.parse::<u64>().ok()?) * u128::from(unit) + part;
        u64::try_from(all).ok()
    }

    /// The amount in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl fmt::Display for MemoryAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_both_systems_of_units() {
        let bytes = |text| MemoryAmount::parse("mem-request", text).map(|amount| amount.bytes()).ok();
        assert_eq!(bytes("4Gi"), Some(4 << 30));
        assert_eq!(bytes("4G"), Some(4_000_000_000));
        assert_eq!(bytes("0.5G"), Some(500_000_000));
        assert_eq!(bytes("1.25Ki"), Some(1280));
        assert_eq!(bytes("1T"), Some(1_000_000_000_000));
        assert_eq!(MemoryAmount::gib(4).to_string(), "4Gi");
        assert_eq!(MemoryAmount::gib(0).to_string(), "1Gi");
    }

    #[test]
    fn what_kubernetes_or_elastic_blast_would_misread_is_refused() {
        for bad in [
            "",
            "4",
            "4 Gi",
            "Gi",
            "4GiB",
            "4Gib",
            "4Ki ",
            "-4Gi",
            "+4Gi",
            "4,5G",
            ".5G",
            "5.G",
            "1e3G",
            "0G",
            "0.0Gi",
            "4P",
            "4ii",
            "4g",
            "4m",
            "4gi",
            "4ki",
            "4K",
            "4G\n",
            "９Gi",
            "99999999999999999999Ti",
            "999999999999Ti",
        ] {
            let error = MemoryAmount::parse("mem-request", bad).expect_err(bad);
            assert_eq!(error.field, "mem-request", "{bad}");
        }
    }
}
