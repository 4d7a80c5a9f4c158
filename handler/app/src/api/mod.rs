//! The API's shapes: one Rust type for each body, from which the OpenAPI document and the page's client are made.

pub mod clusters;
pub mod databases;
pub mod jobs;
pub mod logs;
pub mod meta;
pub mod options;
pub mod outfmt;
pub mod preflight;
pub mod problem;
pub mod results;
pub mod submit;
