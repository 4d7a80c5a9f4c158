//! What the elastic engine decides, as functions of what was seen: pure, so that every case can be put to them.
//!
//! | module | question |
//! |---|---|
//! | [`submission`] | ElasticBLAST's submission ended: is the search taken, tried again, or failed? |
//! | [`rhythm`] | when is looked again? |

pub mod rhythm;
pub mod submission;
