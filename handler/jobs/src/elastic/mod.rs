//! What the elastic engine decides, as functions of what was seen: pure, so that every case can be put to them.
//!
//! | module | question |
//! |---|---|
//! | [`cli`] | how did the Job that runs ElasticBLAST end, and what did it say? |
//! | [`submission`] | ElasticBLAST's submission ended: is the search taken, tried again, or failed? |
//! | [`judgement`] | Jobs and pods were listed: what has become of each batch, and of the search? |
//! | [`cause`] | a pod waits or failed: why? |
//! | [`rhythm`] | when is looked again? |
//! | [`resolve`] | under which id does another writer's row name its ElasticBLAST search? |

pub mod cause;
pub mod cli;
pub mod judgement;
pub mod resolve;
pub mod rhythm;
pub mod submission;
