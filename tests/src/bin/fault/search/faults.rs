use super::suite::Suite;
use crate::dice::Dice;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $words:literal),+ $(,)?) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// In words.
            pub fn words(self) -> &'static str {
                match self { $(Self::$kind => $words),+ }
            }
        }
    };
}

kinds! {
    /// A handler process is killed.
    Handler = "handler killed",
    /// A BLAST+ process is killed.
    Blast = "BLAST+ killed",
    /// The host is killed with all handlers, and started again.
    Host = "host killed",
    /// Storage stands still.
    Frozen = "storage frozen",
    /// Storage is stopped and started again.
    Restarted = "storage restarted",
    /// Nothing goes through to storage any more.
    CutOff = "storage cut off",
    /// Connections are reset.
    Reset = "connections reset",
    /// Storage answers 503.
    Busy = "storage busy",
    /// Storage is slow.
    Slow = "storage slow",
    /// Connections are cut in the middle of answers.
    Cut = "answers cut",
    /// The disk is full.
    FullDisk = "disk full",
    /// The clocks of handlers jump, and disagree.
    Clock = "clock jumped",
    /// Messages come again.
    Doubled = "messages doubled",
    /// Messages come late and in another order.
    Reordered = "messages reordered",
    /// The cluster answers 500.
    ClusterErrors = "cluster answers 500",
    /// The cluster asks to slow down.
    ClusterBusy = "cluster answers 429",
    /// The cluster's connections are cut.
    ClusterCut = "cluster cut off",
    /// The cluster is slow.
    ClusterSlow = "cluster slow",
    /// The cluster refuses the token.
    ClusterDenies = "cluster answers 401",
    /// The cluster forgets old versions: lists and watches that go on are told 410.
    ClusterForgets = "cluster answers 410",
    /// The cluster's clock jumps.
    ClusterClock = "cluster's clock jumped",
    /// Something befalls a submission or a batch.
    Befalls = "batches and submissions",
}

impl Kind {
    /// Whether it is done to the cluster.
    pub fn is_of_cluster(self) -> bool {
        self >= Self::ClusterErrors
    }
}

/// A fault with its numbers.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What kind.
    pub kind: Kind,
    /// Which of several, by any number.
    pub place: usize,
    /// How long it lasts, in milliseconds.
    pub lasts_ms: u64,
    /// How much of it, in the kind's own measure.
    pub amount: u64,
    /// Whether a handler is killed in the middle of it.
    pub with_kill: bool,
    /// How long nothing happens after it, in milliseconds.
    pub pause_ms: u64,
}

/// The faults of a run, in the order in which they are done: each kind once, then each again in another order.
pub struct Deck {
    suite: Suite,
    dice: Dice,
    kinds: Vec<Kind>,
}

impl Deck {
    /// Of a run's seed.
    pub fn of(suite: Suite, seed: u64) -> Self {
        Self { suite, dice: Dice::of(seed, 0), kinds: Vec::new() }
    }

    /// Whether every kind was drawn as often as every other.
    pub fn is_through(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The next fault.
    pub fn draw(&mut self) -> Fault {
        if self.kinds.is_empty() {
            self.kinds = [self.suite.kinds(), self.suite.often()].concat();
            self.dice.shuffle(&mut self.kinds);
        }
        let kind = self.kinds.pop().expect("a deck that was just filled");
        let dice = &mut self.dice;
        Fault {
            kind,
            place: dice.below(1_000_000),
            lasts_ms: dice.between(300, 5_000),
            amount: dice.between(0, 1_000_000),
            with_kill: dice.once_in(2),
            pause_ms: dice.between(200, 2_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_deck_has_every_kind_and_a_seed_repeats_it() {
        let drawn = |suite, seed| {
            let (mut deck, mut faults) = (Deck::of(suite, seed), Vec::new());
            loop {
                faults.push(deck.draw());
                if deck.is_through() {
                    break faults;
                }
            }
        };
        for suite in [Suite::Search, Suite::Elastic] {
            let faults = drawn(suite, 5);
            let kinds: BTreeSet<_> = faults.iter().map(|fault| fault.kind).collect();
            assert_eq!(kinds, suite.kinds().into_iter().collect());
            assert_eq!(format!("{faults:?}"), format!("{:?}", drawn(suite, 5)));
            assert_ne!(format!("{faults:?}"), format!("{:?}", drawn(suite, 6)));
        }
    }
}
