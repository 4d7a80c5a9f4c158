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
as=
mount -t tmpfs -o size=96m,mode=1777 tmpfs "$1" 2>/dev/null || {
  as='sudo -n'
  $as mount -t tmpfs -o size=96m,mode=1777 tmpfs "$1" 2>/dev/null || exit 1
}
echo mounted
cat >/dev/null
$as umount -l "$1"
"#;

/// The disk of the scratch folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    supervisor: Child,
}

impl Disk {
    /// A small disk over a folder, which is made; `None` where this user may not mount one.
    pub fn over(folder: &Path) -> Option<Self> {
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
        let disk = Self { folder: folder.to_owned(), supervisor };
        (line.trim() == "mounted").then_some(disk)
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
