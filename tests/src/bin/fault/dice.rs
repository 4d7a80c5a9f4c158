use std::time::{SystemTime, UNIX_EPOCH};

/// Choices that are the same for the same seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Of a run's seed and what they are for, so that one kind of choice does not shift another.
    pub fn of(seed: u64, what: u64) -> Self {
        let mut dice = Self(seed ^ what.wrapping_mul(0xd605_bbb5_8c8a_bc2d));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `least` to below `bound`.
    pub fn between(&mut self, least: u64, bound: u64) -> u64 {
        least + self.next() % (bound - least)
    }

    /// A place in a list of so many.
    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap_or(0)
    }

    /// Once in so many.
    pub fn once_in(&mut self, count: u64) -> bool {
        self.next().is_multiple_of(count)
    }

    /// Puts a list in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last + 1);
            list.swap(last, other);
        }
    }
}

/// A seed for a run that was given none; short, so that it is easily typed again.
pub fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_millis() as u64 % 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same_and_another_something_else() {
        let drawn = |seed, what| {
            let mut dice = Dice::of(seed, what);
            (0..8).map(|_| dice.between(3, 1_000)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7, 1), drawn(7, 1));
        assert_ne!(drawn(7, 1), drawn(8, 1));
        assert_ne!(drawn(7, 1), drawn(7, 2));
        assert!(drawn(7, 1).iter().all(|number| (3..1_000).contains(number)));
    }
}
