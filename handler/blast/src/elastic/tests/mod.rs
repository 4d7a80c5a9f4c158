mod fit;
mod sizing;
mod split;
