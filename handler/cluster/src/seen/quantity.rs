//! Amounts as Kubernetes writes them: `4`, `3860m`, `16Gi`, `129M`, `1.5Gi`, `12e3`.
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.

/// An amount in whole units, rounded down.
pub fn units(text: &str) -> Option<u64> {
    scaled(text, 1)
}

/// An amount in thousandths, rounded down.
pub fn thousandths(text: &str) -> Option<u64> {
    scaled(text, 1000)
}

fn scaled(text: &str, by: u128) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (times, divided) = factor(suffix)?;
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let divided = divided.checked_mul(10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?)?;
    u64::try_from(digits.checked_mul(times)?.checked_mul(by)? / divided).ok()
}

/// What a suffix multiplies by and divides by.
fn factor(suffix: &str) -> Option<(u128, u128)> {
    let binary = |power: u32| Some((1u128 << (10 * power), 1));
    let decimal = |power: u32| Some((1000u128.pow(power), 1));
    match suffix {
        "" => Some((1, 1)),
        "n" => Some((1, 1_000_000_000)),
        "u" => Some((1, 1_000_000)),
        "m" => Some((1, 1000)),
        "k" => decimal(1),
        "M" => decimal(2),
        "G" => decimal(3),
        "T" => decimal(4),
        "P" => decimal(5),
        "E" => decimal(6),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            let power = 10u128.checked_pow(exponent.unsigned_abs())?;
            Some(if exponent < 0 { (1, power) } else { (power, 1) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_every_notation() {
        for (text, bytes) in [
            ("0", 0),
            ("129054932Ki", 129_054_932 * 1024),
            ("16Gi", 16 << 30),
            ("1.5Gi", 3 << 29),
            ("129M", 129_000_000),
            ("12e3", 12_000),
            ("1E3", 1000),
            ("2E", 2_000_000_000_000_000_000),
            ("1500m", 1),
            (".5k", 500),
            ("5.", 5),
        ] {
            assert_eq!(units(text), Some(bytes), "{text}");
        }
        for (text, milli) in
            [("4", 4000), ("3860m", 3860), ("0.1", 100), ("1500000u", 1500), ("2k", 2_000_000)]
        {
            assert_eq!(thousandths(text), Some(milli), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_not_guessed() {
        for bad in
            ["", ".", "Gi", "-1", "1.2.3", "1 Gi", "1gi", "1KiB", "e3", "1e", "1e999", "99999999999E", "1é"]
        {
            assert_eq!(units(bad), None, "{bad}");
        }
    }
}
