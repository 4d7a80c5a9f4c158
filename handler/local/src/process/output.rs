//! What handlers print, in the host's log.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Which stream a line came from; it decides the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Information.
    Out,
    /// Error, unless the line says "warn".
    Err,
}

/// Copies lines into the log until the stream ends, each with the worker's label in front.
pub async fn copy(label: String, stream: Stream, source: impl AsyncRead + Unpin) {
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    loop {
        line.clear();
        match source.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => write(&label, stream, String::from_utf8_lossy(&line).trim_end()),
        }
    }
}

fn write(label: &str, stream: Stream, line: &str) {
    match level(stream, line) {
        tracing::Level::ERROR => tracing::error!(target: "handler", "[{label}] {line}"),
        tracing::Level::WARN => tracing::warn!(target: "handler", "[{label}] {line}"),
        _ => tracing::info!(target: "handler", "[{label}] {line}"),
    }
}

fn level(stream: Stream, line: &str) -> tracing::Level {
    match stream {
        Stream::Out => tracing::Level::INFO,
        Stream::Err if line.to_ascii_lowercase().contains("warn") => tracing::Level::WARN,
        Stream::Err => tracing::Level::ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_platform() {
        assert_eq!(level(Stream::Out, "error"), tracing::Level::INFO);
        assert_eq!(level(Stream::Err, "a WARNing"), tracing::Level::WARN);
        assert_eq!(level(Stream::Err, "boom"), tracing::Level::ERROR);
    }
}
