use crate::http::{ApiError, ApiResult};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;

/// Reads a paging cursor: the row key that the listing goes on from. One that was changed by hand is refused.
pub(super) fn read_cursor(text: &str) -> ApiResult<String> {
    let refused = || ApiError::new(ErrorCode::InvalidCursor, "This cursor was not given out here.");
    let (time, job) = text.split_once('-').ok_or_else(refused)?;
    let fine = time.len() == 13 && time.bytes().all(|b| b.is_ascii_digit()) && job.parse::<JobId>().is_ok();
    if fine { Ok(text.to_owned()) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_changed_by_hand_is_refused() {
        let good = "8000000000000-job-0123456789abcdef0123456789abcdef";
        assert_eq!(read_cursor(good).unwrap(), good);
        for bad in [
            "",
            "x",
            "8000000000000-",
            "8000000000000-job-0123",
            "' or 1 eq 1-job-0123456789abcdef0123456789abcdef",
        ] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
