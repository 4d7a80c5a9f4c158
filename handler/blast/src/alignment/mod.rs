//! Two aligned sequences, as a person reads them.

mod blosum;
mod lines;
mod matrix;
mod midline;
mod pam;
#[cfg(test)]
mod tests;

pub use lines::{Line, Side, lines};
pub use matrix::{Matrix, UnknownMatrix};
pub use midline::{midline, push_midline};
