//! Tests that write files and read them back.

mod blast_plus;
mod damage;
mod join;
mod model;
mod pages;
mod support;
