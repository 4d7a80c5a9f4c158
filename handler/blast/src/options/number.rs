//! Numbers on a command line.

/// The shortest text that reads back as the same number: plain within reach, with an exponent beyond.
pub(super) fn text(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn small_and_large_numbers_take_an_exponent() {
        assert_eq!(text(0.05), "0.05");
        assert_eq!(text(10.0), "10");
        assert_eq!(text(1e-50), "1e-50");
        assert_eq!(text(2e10), "2e10");
        assert_eq!(text(0.0), "0");
    }
}
