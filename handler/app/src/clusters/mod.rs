//! What is known of clusters, read from stored rows: what lists and checks tell of them.

mod known;
mod standing;

pub use known::{Known, known};
pub use standing::{Standing, standing};
