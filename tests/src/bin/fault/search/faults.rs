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
    dice: Dice,
    kinds: Vec<Kind>,
}

impl Deck {
    /// Of a run's seed.
    pub fn of(seed: u64) -> Self {
        Self { dice: Dice::of(seed, 0), kinds: Vec::new() }
    }

    /// Whether every kind was drawn as often as every other.
    pub fn is_through(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The next fault.
    pub fn draw(&mut self) -> Fault {
        if self.kinds.is_empty() {
            // Kills are what the product is most often said to stand.
            self.kinds = Kind::ALL.iter().copied().chain([Kind::Handler; 6]).chain([Kind::Blast]).collect();
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
        let drawn = |seed| {
            let (mut deck, mut faults) = (Deck::of(seed), Vec::new());
            loop {
                faults.push(deck.draw());
                if deck.is_through() {
                    break faults;
                }
            }
        };
        let faults = drawn(5);
        let kinds: BTreeSet<_> = faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
        assert_eq!(format!("{faults:?}"), format!("{:?}", drawn(5)));
        assert_ne!(format!("{faults:?}"), format!("{:?}", drawn(6)));
    }
}
