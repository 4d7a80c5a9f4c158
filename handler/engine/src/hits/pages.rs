//! Pages of hits and of alignments.

use super::cells::strings;
use super::error::HitResult;
use super::filter::{Filter, Page, Sort};
use super::hit::{
    ALIGNMENT_COLUMNS, Alignment, AlignmentPage, HIT_COLUMNS, Hit, HitPage, Span, new_alignment, new_hit,
};
use super::limits::{RESIDUE_LETTERS, SPANS};
use super::reader::{Kind, ParquetHitReader};
use super::record::HspRecord;
use super::scan::Scan;
use super::select::{Place, Selector, Unit};
use super::source::Budget;
use std::ops::Range;
use std::sync::Arc;

/// What a selection gave.
struct Chosen {
    places: Vec<Place>,
    total: u64,
    filtered: u64,
}

impl ParquetHitReader {
    /// A page of hits.
    pub(super) async fn hit_page(&self, filter: &Filter, sort: Sort, page: Page) -> HitResult<HitPage> {
        let budget = Self::budget();
        let chosen = self.choose(Unit::Hit, filter, sort, page, &budget).await?;
        let mut hits: Vec<Option<Hit>> = vec![None; chosen.places.len()];
        self.visit(&chosen.places, HIT_COLUMNS, &budget, |slot, hsp| {
            let hit = hits[slot].get_or_insert_with(|| new_hit(&hsp));
            hit.alignments += 1;
            hit.total_bitscore += hsp.bitscore.value;
            if hit.spans.len() < SPANS {
                hit.spans.push(Span::of(&hsp));
            }
        })
        .await?;
        Ok(HitPage {
            hits: hits.into_iter().flatten().collect(),
            total: chosen.total,
            filtered: chosen.filtered,
        })
    }

    /// A page of alignments.
    pub(super) async fn alignment_page(
        &self,
        filter: &Filter,
        sort: Sort,
        page: Page,
    ) -> HitResult<AlignmentPage> {
        let budget = Self::budget();
        let chosen = self.choose(Unit::Alignment, filter, sort, page, &budget).await?;
        let mut found: Vec<Option<Alignment>> = vec![None; chosen.places.len()];
        self.visit(&chosen.places, ALIGNMENT_COLUMNS, &budget, |slot, hsp| {
            found[slot] = Some(new_alignment(&hsp))
        })
        .await?;
        let mut letters = 0;
        let mut with_residues: Vec<usize> = Vec::new();
        for (slot, alignment) in found.iter().enumerate() {
            letters += alignment.as_ref().map_or(0, |a| a.length.saturating_mul(2));
            if letters <= RESIDUE_LETTERS {
                with_residues.push(slot);
            }
        }
        self.residues(&chosen.places, &with_residues, &mut found, &budget).await?;
        Ok(AlignmentPage {
            alignments: found.into_iter().flatten().collect(),
            total: chosen.total,
            filtered: chosen.filtered,
        })
    }

    async fn choose(
        &self,
        unit: Unit,
        filter: &Filter,
        sort: Sort,
        page: Page,
        budget: &Arc<Budget>,
    ) -> HitResult<Chosen> {
        let total = match filter.query {
            Some(query) => {
                let line = self.query_line(query, budget).await?;
                if unit == Unit::Hit { line.hits } else { line.alignments }
            }
            None => {
                let totals = self.sums();
                if unit == Unit::Hit { totals.hits } else { totals.alignments }
            }
        };
        let mut selector = Selector::new(unit, sort, page)?;
        for part in self.parts_of(filter.query) {
            if filter.passes_all() && selector.is_full() {
                break;
            }
            let file = self.file(part, Kind::Hits).await?;
            selector.part(part, file, filter, budget).await?;
        }
        let filtered = if filter.passes_all() { total } else { selector.passed };
        Ok(Chosen { places: selector.finish(), total, filtered })
    }

    /// Reads the alignments of places and tells for each the place's number in the list.
    async fn visit(
        &self,
        places: &[Place],
        columns: &[&str],
        budget: &Arc<Budget>,
        mut each: impl FnMut(usize, HspRecord<'_>),
    ) -> HitResult<()> {
        for (part, slots) in by_part(places, 0..places.len()) {
            let ranges: Vec<Range<u64>> = slots.iter().map(|(range, _)| range.clone()).collect();
            self.hsps(part, columns, ranges, budget, |position, hsp| {
                if let Some(slot) = slot_of(&slots, position) {
                    each(slot, hsp);
                }
            })
            .await?;
        }
        Ok(())
    }

    async fn residues(
        &self,
        places: &[Place],
        wanted: &[usize],
        found: &mut [Option<Alignment>],
        budget: &Arc<Budget>,
    ) -> HitResult<()> {
        for (part, slots) in by_part(places, wanted.iter().copied()) {
            let file = self.file(part, Kind::Residues).await?;
            let ranges = slots.iter().map(|(range, _)| range.clone()).collect();
            let mut scan = Scan::new(file, &["qseq", "sseq"], ranges, budget.clone()).await?;
            while let Some(rows) = scan.next().await? {
                let (qseq, sseq) = (strings(&rows.batch, "qseq")?, strings(&rows.batch, "sseq")?);
                for (row, position) in rows.positions().enumerate() {
                    if let Some(Some(alignment)) = slot_of(&slots, position).map(|slot| &mut found[slot]) {
                        alignment.residues = Some((qseq.value(row).to_owned(), sseq.value(row).to_owned()));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Rows of a part's file, sorted, and the place's number in the list for each.
type Slots = Vec<(Range<u64>, usize)>;

/// Places by part, each part's sorted by row, with their numbers in the list.
fn by_part(places: &[Place], wanted: impl Iterator<Item = usize>) -> Vec<(usize, Slots)> {
    let mut sorted: Vec<(Place, usize)> = wanted.map(|slot| (places[slot], slot)).collect();
    sorted.sort_unstable();
    let mut parts: Vec<(usize, Slots)> = Vec::new();
    for (place, slot) in sorted {
        let range = place.row..place.row.saturating_add(place.rows);
        match parts.last_mut() {
            Some((part, ranges)) if *part == place.part => ranges.push((range, slot)),
            _ => parts.push((place.part, vec![(range, slot)])),
        }
    }
    parts
}

fn slot_of(slots: &[(Range<u64>, usize)], position: u64) -> Option<usize> {
    let before = slots.partition_point(|(range, _)| range.start <= position).checked_sub(1)?;
    slots.get(before).filter(|(range, _)| range.contains(&position)).map(|(_, slot)| *slot)
}
