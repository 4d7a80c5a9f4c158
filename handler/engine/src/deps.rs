//! Everything a function needs from outside, in one value.

use crate::elastic::ElasticSettings;
use crate::serverless::Workbench;
use blastline_jobs::ports::{Blobs, Clock, Clusters, Queues, Tables};
use blastline_jobs::timing::Timing;
use std::sync::Arc;

/// Random numbers, so that a simulator can own them.
pub trait Random: Send + Sync {
    /// Sixteen random bytes.
    fn bytes(&self) -> [u8; 16];
}

/// Random numbers of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn bytes(&self) -> [u8; 16] {
        rand::random()
    }
}

/// How many parts may be in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispatchLimits {
    /// In all.
    pub in_flight: u64,
    /// For one owner.
    pub per_owner: u64,
}

/// The world as functions see it. Cheap to clone.
#[derive(Clone)]
pub struct Deps {
    /// Tables.
    pub tables: Arc<dyn Tables>,
    /// Queues.
    pub queues: Arc<dyn Queues>,
    /// Blobs.
    pub blobs: Arc<dyn Blobs>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers.
    pub random: Arc<dyn Random>,
    /// What runs BLAST+ and joins results.
    pub workbench: Arc<dyn Workbench>,
    /// Heartbeats, silences, deadlines.
    pub timing: Timing,
    /// How many parts may be in flight.
    pub limits: DispatchLimits,
    /// Clusters that searches may run on.
    pub clusters: Arc<dyn Clusters>,
    /// How searches are submitted to them.
    pub elastic: Arc<ElasticSettings>,
}
