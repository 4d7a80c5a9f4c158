//! Which rows of a hits file a filter can concern, from the footer alone.

use super::filter::Filter;
use super::open::OpenFile;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use std::ops::Range;

/// Sorted, disjoint ranges of rows outside of which no hit passes. Inside, rows still have to be tested.
pub(super) fn candidate_rows(file: &OpenFile, filter: &Filter) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for (number, rows) in file.row_group_rows() {
        let group = file.metadata().metadata().row_group(number);
        if !may_hold(group, filter.query) {
            continue;
        }
        let rows = match filter.query {
            Some(query) => query_rows(file, number, rows, query),
            None => Some(rows),
        };
        match (ranges.last_mut(), rows) {
            (_, None) => {}
            (Some(last), Some(rows)) if last.end == rows.start => last.end = rows.end,
            (_, Some(rows)) => ranges.push(rows),
        }
    }
    ranges
}

/// Whether a row group can hold rows of the query. Statistics of other columns are for other tools: a group
/// without a passing first alignment may still hold the rest of a hit that passed in the group before.
fn may_hold(group: &RowGroupMetaData, query: Option<u64>) -> bool {
    let (Some(query), Some(Statistics::Int64(bounds))) = (query, group.column(0).statistics()) else {
        return true;
    };
    let query = i64::try_from(query).unwrap_or(i64::MAX);
    bounds.min_opt().is_none_or(|min| *min <= query) && bounds.max_opt().is_none_or(|max| *max >= query)
}

/// The rows of the pages that can hold a query. Queries ascend, so these pages follow each other.
fn query_rows(file: &OpenFile, number: usize, group: Range<u64>, query: u64) -> Option<Range<u64>> {
    let query = i64::try_from(query).unwrap_or(i64::MAX);
    let index = file.metadata().metadata().page_index_for_row_group(number);
    let (Some(ColumnIndexMetaData::INT64(values)), Some(pages)) =
        (index.column_index(0), index.page_locations(0))
    else {
        return Some(group);
    };
    let mut found: Option<Range<u64>> = None;
    for (page, location) in pages.iter().enumerate() {
        let first = u64::try_from(location.first_row_index).unwrap_or(0);
        let end = pages.get(page + 1).and_then(|next| u64::try_from(next.first_row_index).ok());
        let rows = group.start.saturating_add(first)
            ..end.map_or(group.end, |end| group.start.saturating_add(end).min(group.end));
        let holds = values.min_value(page).is_none_or(|min| *min <= query)
            && values.max_value(page).is_none_or(|max| *max >= query);
        if holds && rows.start < rows.end {
            found = Some(match found {
                Some(before) => before.start.min(rows.start)..before.end.max(rows.end),
                None => rows,
            });
        }
    }
    found
}
