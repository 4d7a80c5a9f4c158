//! Plain text or gzip, told apart by the first bytes.

use flate2::read::MultiGzDecoder;
use std::fmt;
use std::io::{self, Read};

/// Bytes as text: decompressed where they were gzip (also of several members, as `bgzip` writes), without a UTF-8
/// byte-order mark. A damaged gzip stream ends in an error that [`super::normalise`] turns into
/// [`super::FastaErrorKind::BrokenGzip`].
pub fn open<R: Read>(reader: R) -> Opened<R> {
    Opened { state: State::Unknown(Some(reader)) }
}

/// A reader made by [`open`].
pub struct Opened<R: Read> {
    state: State<R>,
}

type Rewound<R> = io::Chain<io::Cursor<Vec<u8>>, R>;

enum State<R: Read> {
    Unknown(Option<R>),
    Plain(Rewound<R>),
    Gzip(Box<MultiGzDecoder<Source<Rewound<R>>>>, Mark),
}

/// Whether the text's first bytes were already looked at for a byte-order mark.
enum Mark {
    Ahead,
    Held(io::Cursor<Vec<u8>>),
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let State::Unknown(reader) = &mut self.state {
            let Some(mut reader) = reader.take() else {
                return Ok(0);
            };
            let first = match first_bytes(&mut reader) {
                Ok(first) => first,
                Err(error) => {
                    self.state = State::Unknown(None);
                    return Err(error);
                }
            };
            self.state = if first.starts_with(&[0x1f, 0x8b]) {
                let source = Source(io::Cursor::new(first).chain(reader));
                State::Gzip(Box::new(MultiGzDecoder::new(source)), Mark::Ahead)
            } else {
                State::Plain(io::Cursor::new(without_mark(first)).chain(reader))
            };
        }
        match &mut self.state {
            State::Unknown(_) => Ok(0),
            State::Plain(plain) => plain.read(buffer),
            State::Gzip(decoder, mark) => {
                if matches!(mark, Mark::Ahead) {
                    let first = first_bytes(decoder).map_err(told_apart)?;
                    *mark = Mark::Held(io::Cursor::new(without_mark(first)));
                }
                if let Mark::Held(held) = mark {
                    let count = held.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        return Ok(count);
                    }
                }
                decoder.read(buffer).map_err(told_apart)
            }
        }
    }
}

fn without_mark(mut first: Vec<u8>) -> Vec<u8> {
    if first.starts_with(&BYTE_ORDER_MARK) {
        first.drain(..BYTE_ORDER_MARK.len());
    }
    first
}

/// Up to three bytes, fewer only at the end.
fn first_bytes(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(3);
    reader.by_ref().take(3).read_to_end(&mut first)?;
    Ok(first)
}

/// Marks the errors of the underlying reader, so that they are not taken for a damaged gzip stream.
struct Source<R>(R);

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                error
            } else {
                io::Error::other(SourceError(error))
            }
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct SourceError(io::Error);

/// The gzip stream is damaged.
#[derive(Debug)]
pub(super) struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("damaged gzip stream")
    }
}

impl std::error::Error for Damaged {}

fn told_apart(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    match error.downcast::<SourceError>() {
        Ok(SourceError(source)) => source,
        Err(_) => io::Error::new(io::ErrorKind::InvalidData, Damaged),
    }
}

/// Whether an error says that a gzip stream is damaged.
pub(super) fn is_damaged(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Damaged>())
}
