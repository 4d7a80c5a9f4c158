//! The hit store: what a search found, in columns.
