//! Counting what an overview shows while the alignments of a query pass by.

use super::limits::{COVERAGE_BINS, HISTOGRAM_BINS, REGION_CANDIDATES, REGION_GROUPS};
use super::overview::{
    CoverageBin, EVALUE_FLOOR, EVALUE_STEP, EVALUE_TO, GROUP_TOLERANCE, Histogram, IDENTITY_EDGES, Overview,
    RegionGroup, SCORE_CLASSES, score_class,
};

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "constants"
)]
fn evalue_histogram() -> Histogram {
    let bins = (EVALUE_FLOOR + EVALUE_TO as usize) / EVALUE_STEP;
    Histogram::new(-(EVALUE_FLOOR as f64), EVALUE_TO, bins)
}

/// Collects the hits of a query as its alignments pass by.
pub(super) struct Collector {
    query: u64,
    letters: u64,
    hits: u64,
    coverage: Vec<CoverageBin>,
    identity: Histogram,
    /// Hits by −log10 E-value, in bins from −[`EVALUE_FLOOR`] on.
    evalue: Histogram,
    groups: Vec<RegionGroup>,
    ungrouped: u64,
    open: Option<OpenHit>,
}

/// The subject whose alignments are passing by.
struct OpenHit {
    class: usize,
    from: u64,
    to: u64,
    /// Which bins it covers.
    covered: Vec<bool>,
}

impl Collector {
    pub(super) fn new(query: u64, letters: u64) -> Self {
        let bins = letters.min(COVERAGE_BINS);
        let edge = |bin: u64| u128::from(letters) * u128::from(bin) / u128::from(bins.max(1));
        let edge = |bin| u64::try_from(edge(bin)).unwrap_or(letters);
        let bin = |bin| CoverageBin { from: edge(bin) + 1, to: edge(bin + 1), counts: [0; SCORE_CLASSES] };
        Self {
            query,
            letters,
            hits: 0,
            coverage: (0..bins).map(bin).collect(),
            identity: Histogram::new(IDENTITY_EDGES.0, IDENTITY_EDGES.1, HISTOGRAM_BINS),
            evalue: evalue_histogram(),
            groups: Vec::new(),
            ungrouped: 0,
            open: None,
        }
    }

    pub(super) fn begin(&mut self, bitscore: f64, evalue: f64, identity: f64) {
        self.close();
        self.hits += 1;
        self.identity.add(identity);
        let strength = if evalue > 0.0 { -evalue.log10() } else { EVALUE_TO };
        self.evalue.add(strength);
        let covered = vec![false; self.coverage.len()];
        self.open = Some(OpenHit { class: score_class(bitscore), from: u64::MAX, to: 0, covered });
    }

    pub(super) fn span(&mut self, a: u64, b: u64) {
        let Some(open) = &mut self.open else { return };
        let (from, to) = (a.min(b), a.max(b));
        open.from = open.from.min(from);
        open.to = open.to.max(to);
        let first = self.coverage.partition_point(|bin| bin.to < from);
        let end = self.coverage.partition_point(|bin| bin.from <= to);
        if let Some(bins) = open.covered.get_mut(first..end) {
            bins.fill(true);
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        for (bin, _) in self.coverage.iter_mut().zip(&open.covered).filter(|(_, covered)| **covered) {
            bin.counts[open.class] += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
        let near = |a: u64, b: u64| a.abs_diff(b) as f64 <= self.letters as f64 * GROUP_TOLERANCE;
        let fits = |group: &&mut RegionGroup| {
            usize::from(group.class) == open.class && near(group.from, open.from) && near(group.to, open.to)
        };
        if let Some(group) = self.groups.iter_mut().find(fits) {
            group.hits += 1;
        } else if self.groups.len() < REGION_CANDIDATES {
            let class = u8::try_from(open.class).unwrap_or(0);
            self.groups.push(RegionGroup { class, from: open.from, to: open.to, hits: 1 });
        } else {
            self.ungrouped += 1;
        }
    }

    pub(super) fn finish(mut self) -> Overview {
        self.close();
        // Bins below 0 are shown only where something is in them.
        let below =
            self.evalue.counts[..EVALUE_FLOOR / EVALUE_STEP].iter().take_while(|count| **count == 0).count();
        self.evalue.counts.drain(..below);
        #[expect(clippy::cast_precision_loss, reason = "two at most")]
        let shift = (below * EVALUE_STEP) as f64;
        self.evalue.from += shift;
        self.groups.sort_by_key(|group| (std::cmp::Reverse((group.class, group.hits)), group.from, group.to));
        let rest: u64 = self.groups.iter().skip(REGION_GROUPS).map(|group| group.hits).sum();
        self.groups.truncate(REGION_GROUPS);
        Overview {
            query: self.query,
            letters: self.letters,
            hits: self.hits,
            coverage: self.coverage,
            evalue: self.evalue,
            identity: self.identity,
            groups: self.groups,
            other_hits: rest + self.ungrouped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_classes_begin_at_their_bounds() {
        let classes: Vec<usize> =
            [0.0, 39.9, 40.0, 50.0, 79.9, 80.0, 199.9, 200.0, 9e9].map(score_class).to_vec();
        assert_eq!(classes, [0, 0, 1, 2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn a_short_query_has_a_bin_a_letter_and_a_long_one_covers_every_letter_once() {
        let short = Collector::new(0, 3).coverage;
        assert_eq!(short.iter().map(|b| (b.from, b.to)).collect::<Vec<_>>(), [(1, 1), (2, 2), (3, 3)]);
        for letters in [0, 1, 199, 200, 201, 399, 12_345, u64::MAX / 2] {
            let bins = Collector::new(0, letters).coverage;
            assert_eq!(bins.len() as u64, letters.min(COVERAGE_BINS));
            assert_eq!(bins.last().map_or(0, |b| b.to), letters);
            assert!(bins.windows(2).all(|w| w[0].to + 1 == w[1].from));
        }
    }

    #[test]
    fn a_subject_counts_once_in_a_bin_and_groups_need_class_and_both_ends() {
        let mut collector = Collector::new(0, 100);
        for (bitscore, from, to) in [(300.0, 1, 50), (250.0, 58, 5), (250.0, 10, 50), (60.0, 1, 50)] {
            collector.begin(bitscore, 1e-20, 99.0);
            collector.span(from, to);
            collector.span(20, 30);
        }
        let overview = collector.finish();
        assert_eq!(overview.coverage[24].counts, [0, 0, 1, 0, 3]);
        assert_eq!(overview.coverage[54].counts, [0, 0, 0, 0, 1]);
        let groups: Vec<_> = overview.groups.iter().map(|g| (g.class, g.from, g.to, g.hits)).collect();
        assert_eq!(groups, [(4, 1, 50, 2), (4, 10, 50, 1), (2, 1, 50, 1)]);
        assert_eq!((overview.hits, overview.other_hits), (4, 0));
    }

    #[test]
    fn zero_is_the_best_evalue_and_all_hits_are_in_both_histograms() {
        let mut collector = Collector::new(0, 10);
        for (evalue, identity) in [(0.0, 100.0), (1e-300, 10.0), (0.02, 20.0), (5.0, 59.9)] {
            collector.begin(90.0, evalue, identity);
            collector.span(1, 10);
        }
        let overview = collector.finish();
        assert_eq!(
            (overview.evalue.from, overview.evalue.to, overview.evalue.counts.len()),
            (-5.0, 180.0, 37)
        );
        assert_eq!(overview.evalue.counts.last(), Some(&2));
        assert_eq!(overview.evalue.counts[..3], [1, 1, 0]);
        assert_eq!(overview.identity.counts.iter().sum::<u64>(), 4);
        assert_eq!((overview.identity.counts[0], overview.identity.counts[39]), (2, 1));
    }

    #[test]
    fn evalue_bins_begin_at_one_where_nothing_is_weaker() {
        let overview = Collector::new(0, 10).finish();
        assert_eq!((overview.evalue.from, overview.evalue.counts.len()), (0.0, 36));
    }

    #[test]
    fn many_groups_stay_bounded_and_every_hit_is_counted() {
        let mut collector = Collector::new(0, 1_000_000);
        for n in 0..2_000u64 {
            collector.begin(100.0, 1e-9, 50.0);
            collector.span(n * 499 + 1, n * 499 + 90_000 * (n % 3));
        }
        let overview = collector.finish();
        assert_eq!(overview.groups.len(), REGION_GROUPS);
        assert_eq!(overview.groups.iter().map(|g| g.hits).sum::<u64>() + overview.other_hits, 2_000);
    }
}
