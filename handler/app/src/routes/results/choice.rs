//! Parameters of hit lists as the store's filter, order and page.

use crate::api::results::HitParams;
use crate::http::{ApiError, ApiResult};
use blastline_engine::hits::{Direction, Filter, Page, Sort, SortBy};
use blastline_jobs::error_code::ErrorCode;

/// Rows of a page when nothing is said.
const DEFAULT_PAGE: u64 = 100;
/// Most rows of a page.
const MAX_PAGE: u64 = 500;
/// Longest text in a filter, in characters.
const MAX_TEXT_CHARS: usize = 200;

/// The filter that parameters ask for.
pub fn filter(params: &HitParams) -> ApiResult<Filter> {
    for (name, value) in [
        ("min_identity", params.min_identity),
        ("max_identity", params.max_identity),
        ("min_query_cover", params.min_query_cover),
    ] {
        in_range(name, value, 0.0, 100.0)?;
    }
    in_range("min_bitscore", params.min_bitscore, 0.0, f64::MAX)?;
    in_range("max_evalue", params.max_evalue, 0.0, f64::MAX)?;
    for (name, text) in [("subject_id", &params.subject_id), ("organism", &params.organism)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT_CHARS) {
            return Err(wrong(&format!("`{name}` is longer than {MAX_TEXT_CHARS} characters.")));
        }
    }
    let text = |given: &Option<String>| given.clone().filter(|text| !text.is_empty());
    Ok(Filter {
        query: params.query,
        rank: params.rank,
        subject_id: text(&params.subject_id),
        organism: text(&params.organism),
        min_identity: params.min_identity,
        max_identity: params.max_identity,
        min_bitscore: params.min_bitscore,
        max_evalue: params.max_evalue,
        min_query_cover: params.min_query_cover,
    })
}

/// The order that parameters ask for.
pub fn sort(params: &HitParams) -> ApiResult<Sort> {
    let by = match params.sort_by.as_deref().unwrap_or("relevance") {
        "relevance" => SortBy::Relevance,
        "evalue" => SortBy::Evalue,
        "bitscore" => SortBy::Bitscore,
        "identity" => SortBy::Identity,
        "query_cover" => SortBy::QueryCover,
        "length" => SortBy::Length,
        "subject" => SortBy::Subject,
        _ => {
            let words = "relevance, evalue, bitscore, identity, query_cover, length or subject";
            return Err(wrong(&format!("`sort_by` has to be {words}.")));
        }
    };
    let direction = match params.sort_dir.as_deref() {
        None => None,
        Some("asc") => Some(Direction::Ascending),
        Some("desc") => Some(Direction::Descending),
        Some(_) => return Err(wrong("`sort_dir` has to be asc or desc.")),
    };
    Ok(Sort { by, direction })
}

/// The page that parameters ask for.
pub fn page(number: Option<u64>, size: Option<u64>) -> ApiResult<Page> {
    let (number, size) = (number.unwrap_or(1), size.unwrap_or(DEFAULT_PAGE));
    if number == 0 {
        return Err(wrong("`page` begins at 1."));
    }
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(wrong("`page_size` has to be from 1 to 500."));
    }
    Ok(Page { number, size })
}

fn in_range(name: &str, value: Option<f64>, min: f64, max: f64) -> ApiResult<()> {
    match value {
        Some(value) if !(min..=max).contains(&value) => Err(wrong(&format!("`{name}` is out of its range."))),
        _ => Ok(()),
    }
}

fn wrong(detail: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, detail)
}
