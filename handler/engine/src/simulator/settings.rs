use crate::planted::Planted;

/// Seeds of `make test`, and of `make simulate` where it is asked for nothing else.
pub const SHORT: u64 = 500;

/// The most seeds that one call runs.
const MOST: u64 = 1_000_000;

/// What `make simulate` was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// First seed.
    pub seed: u64,
    /// How many.
    pub seeds: u64,
    pub planted: Option<Planted>,
}

impl Asked {
    /// `SEED`, `N` and `PLANT` of the environment. A seed alone is run alone.
    pub fn from_environment() -> Result<Self, String> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        Self::parse(variable("SEED").as_deref(), variable("N").as_deref(), variable("PLANT").as_deref())
    }

    pub fn parse(seed: Option<&str>, seeds: Option<&str>, planted: Option<&str>) -> Result<Self, String> {
        let number = |name: &str, text: &str, low: u64, high: u64| {
            let value = text.trim().parse::<u64>().ok().filter(|value| (low..=high).contains(value));
            value.ok_or_else(|| format!("{name}={text}: a whole number from {low} to {high} is allowed"))
        };
        let default = if seed.is_some() { 1 } else { SHORT };
        let planted = planted.map(|name| {
            let known = Planted::ALL.map(|fault| format!("{fault:?}")).join(", ");
            Planted::of_name(name).ok_or_else(|| format!("PLANT={name}: one of {known} is allowed"))
        });
        Ok(Self {
            seed: seed.map_or(Ok(1), |text| number("SEED", text, 0, u64::MAX))?,
            seeds: seeds.map_or(Ok(default), |text| number("N", text, 1, MOST))?,
            planted: planted.transpose()?,
        })
    }

    /// The first line of a recorded run: `SEED=24 PLANT=HastyCancel`.
    pub fn parse_line(line: &str) -> Result<Self, String> {
        let value = |name: &str| {
            line.split_whitespace()
                .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        Self::parse(value("SEED").as_deref(), None, value("PLANT").as_deref())
    }
}

#[test]
fn what_is_no_seed_is_refused_with_what_is_allowed() {
    for (seed, seeds, planted) in [
        (Some("x"), None, None),
        (Some("-1"), None, None),
        (None, Some("0"), None),
        (None, None, Some("Nothing")),
    ] {
        let refused = Asked::parse(seed, seeds, planted).unwrap_err();
        assert!(refused.contains("allowed"), "{refused}");
    }
    assert_eq!(Asked::parse(None, None, None), Ok(Asked { seed: 1, seeds: SHORT, planted: None }));
    assert_eq!(Asked::parse(Some("7"), None, None), Ok(Asked { seed: 7, seeds: 1, planted: None }));
    let line = Asked::parse_line("SEED=24 PLANT=HastyCancel");
    assert_eq!(line, Ok(Asked { seed: 24, seeds: 1, planted: Some(Planted::HastyCancel) }));
}
