//! Bytes that are kept in memory while they are few, and in a file from then on.

use crate::scratch;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Bytes up to which nothing is written to disk: for a pasted query, making and removing files would take longer than
/// everything else about it.
const IN_MEMORY: usize = 1 << 20;

/// Takes bytes.
#[derive(Debug)]
pub(super) struct Spool {
    scratch: PathBuf,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Disk(BufWriter<NamedTempFile>),
}

/// Where bytes ended up.
#[derive(Debug)]
pub(super) enum Spooled {
    /// They are few.
    Memory(Vec<u8>),
    /// In a file, which goes with the value.
    Disk(NamedTempFile),
}

impl Spool {
    /// An empty one, whose file would be made under `scratch`.
    pub fn new(scratch: &Path) -> Self {
        Self { scratch: scratch.to_owned(), place: Place::Memory(Vec::new()) }
    }

    /// What was written here and, behind it, what was written to another.
    pub fn followed_by(mut self, other: Self) -> io::Result<Spooled> {
        match other.place {
            Place::Memory(bytes) => self.write_all(&bytes)?,
            Place::Disk(file) => {
                let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.rewind()?;
                io::copy(file.as_file_mut(), &mut self)?;
            }
        }
        match self.place {
            Place::Memory(bytes) => Ok(Spooled::Memory(bytes)),
            Place::Disk(file) => {
                Ok(Spooled::Disk(file.into_inner().map_err(io::IntoInnerError::into_error)?))
            }
        }
    }

    /// From now on in a file.
    fn roll_over(&mut self, so_far: &[u8]) -> io::Result<()> {
        let mut file = BufWriter::new(scratch::file(&self.scratch, "query")?);
        file.write_all(so_far)?;
        self.place = Place::Disk(file);
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if let Place::Memory(bytes) = &mut self.place {
            if bytes.len() + buf.len() <= IN_MEMORY {
                return bytes.write(buf);
            }
            let bytes = std::mem::take(bytes);
            self.roll_over(&bytes)?;
        }
        match &mut self.place {
            Place::Memory(bytes) => bytes.write(buf),
            Place::Disk(file) => file.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.place {
            Place::Memory(_) => Ok(()),
            Place::Disk(file) => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_in(scratch: &Path) -> usize {
        std::fs::read_dir(scratch).unwrap().count()
    }

    fn spool(scratch: &Path, byte: u8, count: usize) -> Spool {
        let mut spool = Spool::new(scratch);
        for chunk in vec![byte; count].chunks(50_000) {
            spool.write_all(chunk).unwrap();
        }
        spool
    }

    #[test]
    fn few_bytes_make_no_file() {
        let scratch = tempfile::tempdir().unwrap();
        let whole = spool(scratch.path(), b'a', 70_000).followed_by(spool(scratch.path(), b'b', 3)).unwrap();
        let Spooled::Memory(bytes) = whole else { panic!("a file: {whole:?}") };
        assert_eq!((bytes.len(), &bytes[69_999..]), (70_003, &b"abbb"[..]));
        assert_eq!(files_in(scratch.path()), 0);
    }

    #[test]
    fn many_bytes_are_in_one_file_which_goes_with_them() {
        for (first, second) in
            [(IN_MEMORY + 1, 5), (5, IN_MEMORY + 1), (IN_MEMORY, 1), (3 * IN_MEMORY, 2 * IN_MEMORY)]
        {
            let scratch = tempfile::tempdir().unwrap();
            let whole =
                spool(scratch.path(), b'a', first).followed_by(spool(scratch.path(), b'b', second)).unwrap();
            let Spooled::Disk(file) = whole else { panic!("{first} and {second} bytes in memory") };
            let bytes = std::fs::read(file.path()).unwrap();
            assert_eq!(bytes.len(), first + second);
            assert!(
                bytes[..first].iter().all(|byte| *byte == b'a')
                    && bytes[first..].iter().all(|byte| *byte == b'b')
            );
            assert_eq!(files_in(scratch.path()), 1);
            drop(file);
            assert_eq!(files_in(scratch.path()), 0);
        }
    }
}
