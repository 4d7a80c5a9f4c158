//! Numbers on a command line.

/// The shortest text that reads back as the same number: plain within reach, with an exponent beyond.
pub(super) fn text(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

/// The number to twelve digits, which nobody chooses more of: so that a value is the same after any reader and writer
/// of JSON, the less exact ones included. Negative zero becomes zero.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value) + 0.0
}

#[cfg(test)]
mod tests {
    use super::{rounded, text};

    #[test]
    fn small_and_large_numbers_take_an_exponent() {
        assert_eq!(text(0.05), "0.05");
        assert_eq!(text(10.0), "10");
        assert_eq!(text(1e-50), "1e-50");
        assert_eq!(text(2e10), "2e10");
        assert_eq!(text(0.0), "0");
    }

    #[test]
    fn rounding_is_settled_after_once() {
        for value in [0.05, 1e-300, 1.0 / 3.0, 123_456_789.123_456_79, 2.2250738585072014e-308] {
            let once = rounded(value);
            assert_eq!(rounded(once), once);
            assert_eq!(rounded(once * (1.0 + f64::EPSILON)), once);
        }
        assert!(rounded(-0.0).is_sign_positive());
        assert_eq!(rounded(0.05), 0.05);
    }
}
