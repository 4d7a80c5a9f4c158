use blastline_jobs::ids::{JobId, OwnerId, TenantId};

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Order {
    pub owner: OwnerId,
    /// Idempotency key, where one is given.
    pub key: Option<String>,
    /// Letters of each query.
    pub lengths: Vec<u64>,
    /// Whether it is to run on the cluster.
    pub on_cluster: bool,
}

impl Order {
    /// The id that a key gives it.
    pub fn id_of_key(&self) -> Option<JobId> {
        self.key.as_ref().map(|key| JobId::from_key(&TenantId::development(), &self.owner, key))
    }
}

/// How many hits a query has: what BLAST+ would find, whoever asks and however often.
pub fn hits_of(job: &JobId, query: u64) -> u64 {
    let salt =
        job.as_str().bytes().fold(query, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    (salt >> 3) % 4
}

/// What a part or a joined result lists: a query and its hits a line. `None` where a line cannot be read.
pub fn read_listing(text: &[u8]) -> Option<Vec<(u64, u64)>> {
    let text = std::str::from_utf8(text).ok()?;
    let line = |line: &str| {
        let (query, hits) = line.split_once(' ')?;
        Some((query.parse().ok()?, hits.parse().ok()?))
    };
    text.lines().map(line).collect()
}
