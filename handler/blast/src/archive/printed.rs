//! Numbers as BLAST+ prints them in tables (`CAlignFormatUtil::GetScoreString` and `CBlastTabularInfo::SetScores` of
//! the NCBI C++ Toolkit, release 2.12).

use std::fmt::Write;

/// An E-value.
pub(super) fn evalue(value: f64, out: &mut String) {
    out.clear();
    let _ = if value < 1.0e-180 {
        write!(out, "0.0")
    } else if value < 0.0009 {
        return scientific(value, 2, out);
    } else if value < 0.1 {
        write!(out, "{value:.3}")
    } else if value < 1.0 {
        write!(out, "{value:.2}")
    } else if value < 10.0 {
        write!(out, "{value:.1}")
    } else {
        write!(out, "{value:.0}")
    };
}

/// A score in bits.
pub(super) fn bitscore(value: f64, out: &mut String) {
    out.clear();
    if value > 99_999.0 {
        return scientific(value, 3, out);
    }
    #[expect(clippy::cast_possible_truncation, reason = "as the toolkit does, of a number below 99,999")]
    let _ = if value > 99.9 { write!(out, "{:3}", value as i64) } else { write!(out, "{value:4.1}") };
}

/// A share in percent with three decimals.
pub(super) fn percent(part: u64, whole: u64, out: &mut String) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "columns of an alignment")]
    let value = if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 };
    out.clear();
    let _ = write!(out, "{value:.3}");
    value
}

/// As `%.Ne` of C prints it: at least two digits of exponent, with its sign.
fn scientific(value: f64, decimals: usize, out: &mut String) {
    let text = format!("{value:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    let _ = write!(out, "{mantissa}e{sign}{digits:0>2}");
}
