mod fit;
mod join;
mod options;
mod sizing;
mod split;
