//! A small disk that is filled: a tmpfs of its own where this user may mount one.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Mounts, and takes the mount away when the pipe closes, in whatever way the run ends.
const SUPERVISOR: &str = r#"
mount -t tmpfs -o size=96m tmpfs "$1" || exit 1
echo mounted
cat >/dev/null
umount -l "$1"
"#;

/// The disk of the scratch folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    supervisor: Child,
}

impl Disk {
    /// A small disk over a folder, which is made.
    pub fn over(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the scratch folder");
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "disk"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let mut line = String::new();
        let output = supervisor.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("its output");
        assert_eq!(
            line.trim(),
            "mounted",
            "a full disk is a tmpfs, which this user may not mount: run it as root"
        );
        Self { folder: folder.to_owned(), supervisor }
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Takes every free byte.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("a file on the small disk");
        let zeros = vec![0; 1 << 16];
        while file.write_all(&zeros).is_ok() {}
    }

    /// Gives them back.
    pub fn empty(&self) {
        let _ = fs::remove_file(self.filler());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}
