mod archive;
mod live;
mod nested;
mod scene;
