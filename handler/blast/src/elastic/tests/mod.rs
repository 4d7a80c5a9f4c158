mod config;
mod fit;
mod join;
mod location;
mod options;
mod sizing;
mod split;
