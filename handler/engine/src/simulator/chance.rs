use std::time::Duration;

/// Random numbers from a seed (SplitMix64). Its own few lines, so that a recorded seed means the same in every release
/// of every library.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self { state: seed ^ 0x5851_f42d_4c95_7f2d };
        chance.next();
        chance
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.next() % (len.max(1) as u64)).unwrap()
    }

    /// True so many times in a million.
    pub fn ppm(&mut self, rate: u32) -> bool {
        rate > 0 && self.next() % 1_000_000 < u64::from(rate)
    }

    pub fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.between(low, high))
    }

    pub fn bytes(&mut self) -> [u8; 16] {
        let (a, b) = (self.next(), self.next());
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&a.to_le_bytes());
        bytes[8..].copy_from_slice(&b.to_le_bytes());
        bytes
    }

    /// A generator of its own, so that what one part of a run draws does not move another.
    pub fn fork(&mut self) -> Self {
        Self::new(self.next())
    }
}
