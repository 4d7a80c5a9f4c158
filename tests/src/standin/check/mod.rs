//! What the API server refuses, and what it fills in.

mod causes;
mod job;
mod meta;
mod names;
mod others;
mod pod_spec;

pub use causes::{Cause, Causes};
pub use meta::{labels, metadata};
pub use names::{data_key, dns_label, dns_subdomain, key, label_value};

use super::objects::Kind;

/// The rules of a kind.
pub trait Rules: Kind {
    /// Fills in what is not said, whenever it is written.
    fn fill(&mut self) {}
    /// Fills in what only a new object gets; its uid is known.
    fn complete(&mut self) {}
    /// Looks at the whole object.
    fn check(&self, _wrong: &mut Causes) {}
    /// Looks at a change.
    fn check_change(&self, _before: &Self, _wrong: &mut Causes) {}
    /// Takes over what a client cannot write: the status.
    fn keep(&mut self, _before: &Self) {}
    /// What is wrong with its name.
    fn name_syntax(name: &str) -> Option<String> {
        dns_subdomain(name)
    }
}
