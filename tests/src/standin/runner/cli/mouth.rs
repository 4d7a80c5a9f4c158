//! What the played program prints, by way of a named pipe.

use super::LOOK_EVERY;
use std::path::Path;
use tokio::{
    io::AsyncWriteExt,
    net::unix::pipe::{OpenOptions, Sender},
    time::{interval, timeout},
};

/// How long the program may take to begin to read.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(30);

/// The program's two outputs.
pub struct Mouth(Sender);

impl Mouth {
    /// Opens it, once the program reads.
    pub async fn open(pipe: &Path) -> Option<Self> {
        let opening = async {
            let mut ticks = interval(LOOK_EVERY);
            loop {
                ticks.tick().await;
                // Without a reader this fails (ENXIO).
                if let Ok(sender) = OpenOptions::new().open_sender(pipe) {
                    return Self(sender);
                }
            }
        };
        timeout(LONGEST, opening).await.ok()
    }

    /// A line on standard output.
    pub async fn say(&mut self, line: &str) {
        self.write('o', line).await;
    }

    /// Lines on standard error.
    pub async fn error(&mut self, lines: &str) {
        for line in lines.lines() {
            self.write('e', line).await;
        }
    }

    async fn write(&mut self, to: char, line: &str) {
        // Who was killed listens no more.
        let _ = self.0.write_all(format!("{to}{line}\n").as_bytes()).await;
    }
}
