//! A planted contradiction of each kind is found and healed; a system that is well has none.

mod clinic;
mod planted;
mod well;
