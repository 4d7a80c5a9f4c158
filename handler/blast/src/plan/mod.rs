//! Cutting a query into parts, little by little, and proving that parts cover it.
//!
//! Cost per letter differs a thousandfold between searches, so no size is right beforehand. The first parts are small
//! and tell the pace; later ones aim at a time; the last ones are smaller again, so that all workers end together.
//! Nothing here remembers anything: the plan is where the parts so far end.

mod cover;
mod cut;
#[cfg(test)]
mod tests;

pub use cover::{CoverFault, covers};
pub use cut::{Part, PartLimits, PlanInput, batch_letters, next_parts};
