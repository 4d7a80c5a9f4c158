//! Alignments of an archive, query by query.

use super::alignment::{Alignment, ArchiveSummary};
use super::error::ArchiveError;
use super::lexer::{Item, Lexer};
use std::io::Read;

/// Reads an archive as a stream. A run writes several archives one after the other, one a batch of queries, which
/// number their queries through.
pub struct ArchiveReader<R> {
    lexer: Lexer<R>,
    summary: ArchiveSummary,
    /// Where in an archive the reader stands.
    place: Place,
    last: u64,
    /// The first alignment of the query after the one that was given last.
    ahead: Option<Alignment>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Archive,
    Results,
    Alignments,
}

type Outcome<T> = Result<T, ArchiveError>;

impl<R: Read> ArchiveReader<R> {
    /// Over the text of one or more archives.
    pub fn new(input: R) -> Self {
        Self {
            lexer: Lexer::new(input),
            summary: ArchiveSummary::default(),
            place: Place::Outside,
            last: 0,
            ahead: None,
        }
    }

    /// Fills in the next alignment, in the order in which BLAST+ prints them; false after the last.
    ///
    /// # Errors
    /// [`ArchiveError`]; reading on after one is not meant.
    pub fn next(&mut self, into: &mut Alignment) -> Outcome<bool> {
        loop {
            let item = self.lexer.next()?;
            match (self.place, item) {
                (Place::Outside, Item::End) => return Ok(false),
                (Place::Outside, Item::Word) => self.begin()?,
                (Place::Archive, Item::Word) => self.part()?,
                (Place::Results, Item::Word) => self.result()?,
                (Place::Alignments, Item::Open) => {
                    self.alignment(into)?;
                    if into.query < self.last || into.query >= self.summary.queries {
                        return Err(ArchiveError::Foreign("queries out of order"));
                    }
                    self.last = into.query;
                    return Ok(true);
                }
                (Place::Archive, Item::Close) => self.place = Place::Outside,
                (Place::Results, Item::Close) => self.place = Place::Archive,
                (Place::Alignments, Item::Close) => self.place = Place::Results,
                (Place::Archive | Place::Results | Place::Alignments, Item::Comma) => {}
                (_, Item::End) => return Err(ArchiveError::CutOff),
                _ => return Err(ArchiveError::Foreign("an item in an unusual place")),
            }
        }
    }

    /// Fills in all alignments of the next query that has any; false after the last.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn next_query(&mut self, into: &mut Vec<Alignment>) -> Outcome<bool> {
        into.clear();
        into.extend(self.ahead.take());
        let mut next = Alignment::default();
        while self.next(&mut next)? {
            if into.first().is_some_and(|first| first.query != next.query) {
                self.ahead = Some(next);
                return Ok(true);
            }
            into.push(std::mem::take(&mut next));
        }
        Ok(!into.is_empty())
    }

    /// What the archive held; complete once [`Self::next`] has given its last.
    pub fn summary(&self) -> &ArchiveSummary {
        &self.summary
    }

    fn begin(&mut self) -> Outcome<()> {
        if self.lexer.text() != b"Blast4-archive" {
            return Err(ArchiveError::Foreign("something else than an archive"));
        }
        self.word(b"::=")?;
        self.demand(Item::Open)?;
        self.place = Place::Archive;
        Ok(())
    }

    fn part(&mut self) -> Outcome<()> {
        match self.lexer.text() {
            b"request" => {
                self.demand(Item::Open)?;
                self.request()
            }
            b"results" => {
                self.demand(Item::Open)?;
                self.place = Place::Results;
                Ok(())
            }
            _ => self.skip_value().map(drop),
        }
    }

    fn result(&mut self) -> Outcome<()> {
        if self.lexer.text() == b"alignments" {
            self.demand(Item::Open)?;
            self.place = Place::Alignments;
            return Ok(());
        }
        if self.skip_value()? {
            self.place = Place::Archive;
        }
        Ok(())
    }

    /// The request: the release, and how many queries there are.
    fn request(&mut self) -> Outcome<()> {
        loop {
            match self.lexer.next()? {
                Item::Word if self.lexer.text() == b"ident" => {
                    self.demand(Item::Quoted)?;
                    let version = String::from_utf8_lossy(self.lexer.text()).into_owned();
                    self.summary.version = version;
                }
                Item::Word if self.lexer.text() == b"body" => {
                    self.word(b"queue-search")?;
                    self.demand(Item::Open)?;
                    self.search()?;
                }
                Item::Word => {
                    if self.skip_value()? {
                        return Ok(());
                    }
                }
                Item::Comma => {}
                Item::Close => return Ok(()),
                _ => return Err(ArchiveError::Foreign("an unusual request")),
            }
        }
    }

    fn search(&mut self) -> Outcome<()> {
        loop {
            match self.lexer.next()? {
                Item::Word if self.lexer.text() == b"program" => {
                    self.demand(Item::Quoted)?;
                    if self.lexer.text() != b"blastn" {
                        return Err(ArchiveError::Foreign("another program than blastn"));
                    }
                }
                Item::Word if self.lexer.text() == b"queries" => {
                    self.word(b"bioseq-set")?;
                    self.demand(Item::Open)?;
                    self.word(b"seq-set")?;
                    self.demand(Item::Open)?;
                    self.queries()?;
                    // The rest of the request says what was asked.
                    self.lexer.skip_block()?;
                    return self.lexer.skip_block();
                }
                Item::Word => {
                    if self.skip_value()? {
                        return Err(ArchiveError::Foreign("a request without queries"));
                    }
                }
                Item::Comma => {}
                _ => return Err(ArchiveError::Foreign("a request without queries")),
            }
        }
    }

    fn queries(&mut self) -> Outcome<()> {
        loop {
            match self.lexer.next()? {
                Item::Word if self.lexer.text() == b"seq" => {
                    self.demand(Item::Open)?;
                    self.lexer.skip_block()?;
                    self.summary.queries += 1;
                }
                Item::Comma => {}
                Item::Close => return Ok(()),
                _ => return Err(ArchiveError::Foreign("an unusual set of queries")),
            }
        }
    }

    fn alignment(&mut self, into: &mut Alignment) -> Outcome<()> {
        into.starts.clear();
        into.lengths.clear();
        into.identical = u64::MAX;
        let mut whole = false;
        loop {
            match self.lexer.next()? {
                Item::Word if self.lexer.text() == b"score" => {
                    self.demand(Item::Open)?;
                    self.scores(into)?;
                }
                Item::Word if self.lexer.text() == b"segs" => {
                    self.word(b"denseg")?;
                    self.demand(Item::Open)?;
                    self.segments(into)?;
                    whole = true;
                }
                Item::Word => {
                    if self.skip_value()? {
                        break;
                    }
                }
                Item::Comma => {}
                Item::Close => break,
                _ => return Err(ArchiveError::Foreign("an unusual alignment")),
            }
        }
        let paired = into.starts.len() == into.lengths.len() * 2 && !into.lengths.is_empty();
        if whole && paired && into.identical != u64::MAX {
            return Ok(());
        }
        Err(ArchiveError::Foreign("an alignment that lacks something"))
    }

    fn scores(&mut self, into: &mut Alignment) -> Outcome<()> {
        loop {
            match self.lexer.next()? {
                Item::Open => self.score(into)?,
                Item::Comma => {}
                Item::Close => return Ok(()),
                _ => return Err(ArchiveError::Foreign("an unusual score")),
            }
        }
    }

    /// `id str "score", value int 312 }` or with `value real { 343, 10, -181 }`.
    fn score(&mut self, into: &mut Alignment) -> Outcome<()> {
        self.word(b"id")?;
        self.word(b"str")?;
        self.demand(Item::Quoted)?;
        let kind = match self.lexer.text() {
            b"score" => Kind::Score,
            b"e_value" => Kind::Evalue,
            b"bit_score" => Kind::Bits,
            b"num_ident" => Kind::Identical,
            _ => Kind::Other,
        };
        self.demand(Item::Comma)?;
        self.word(b"value")?;
        self.demand(Item::Word)?;
        if self.lexer.text() == b"int" {
            let number: i64 = self.number()?;
            match kind {
                Kind::Score => into.score = number,
                Kind::Identical => into.identical = u64::try_from(number).unwrap_or(u64::MAX),
                Kind::Evalue | Kind::Bits | Kind::Other => {}
            }
        } else {
            let number = self.real()?;
            match kind {
                Kind::Evalue => into.evalue = number,
                Kind::Bits => into.bitscore = number,
                Kind::Score | Kind::Identical | Kind::Other => {}
            }
        }
        self.demand(Item::Close)
    }

    fn segments(&mut self, into: &mut Alignment) -> Outcome<()> {
        loop {
            match self.lexer.next()? {
                Item::Word => match self.lexer.text() {
                    b"ids" => self.ids(into)?,
                    b"starts" => {
                        self.demand(Item::Open)?;
                        while let Some(number) = self.next_number()? {
                            into.starts.push(number);
                        }
                    }
                    b"lens" => {
                        self.demand(Item::Open)?;
                        while let Some(number) = self.next_number()? {
                            into.lengths.push(u64::try_from(number).unwrap_or(0));
                        }
                    }
                    b"strands" => self.strands(into)?,
                    b"dim" => {
                        if self.number::<u64>()? != 2 {
                            return Err(ArchiveError::Foreign("an alignment of more than two"));
                        }
                    }
                    _ => {
                        if self.skip_value()? {
                            return Ok(());
                        }
                    }
                },
                Item::Comma => {}
                Item::Close => return Ok(()),
                _ => return Err(ArchiveError::Foreign("unusual segments")),
            }
        }
    }

    /// `{ local str "Query_1", embl { accession "Z78491", version 1 } }`.
    fn ids(&mut self, into: &mut Alignment) -> Outcome<()> {
        self.demand(Item::Open)?;
        self.word(b"local")?;
        self.word(b"str")?;
        self.demand(Item::Quoted)?;
        let text = std::str::from_utf8(self.lexer.text()).unwrap_or_default();
        let number = text.strip_prefix("Query_").and_then(|number| number.parse::<u64>().ok());
        let number = number.and_then(|number| number.checked_sub(1));
        into.query = number.ok_or(ArchiveError::Foreign("a query of another name"))?;
        self.demand(Item::Comma)?;
        self.demand(Item::Word)?;
        into.subject.clear();
        match self.lexer.text() {
            b"local" => self.local_id(into)?,
            b"general" | b"gi" | b"patent" | b"pdb" | b"giim" => {
                return Err(ArchiveError::Foreign("a subject id of another kind"));
            }
            _ => {
                self.demand(Item::Open)?;
                self.accession(into)?;
            }
        }
        self.demand(Item::Close)
    }

    fn local_id(&mut self, into: &mut Alignment) -> Outcome<()> {
        self.demand(Item::Word)?;
        match self.lexer.text() {
            b"str" => self.demand(Item::Quoted)?,
            _ => self.demand(Item::Word)?,
        }
        into.subject.push_str(&String::from_utf8_lossy(self.lexer.text()));
        Ok(())
    }

    fn accession(&mut self, into: &mut Alignment) -> Outcome<()> {
        let mut version = None;
        loop {
            match self.lexer.next()? {
                Item::Word if self.lexer.text() == b"accession" => {
                    self.demand(Item::Quoted)?;
                    into.subject.push_str(&String::from_utf8_lossy(self.lexer.text()));
                }
                Item::Word if self.lexer.text() == b"version" => version = Some(self.number::<u64>()?),
                Item::Word => {
                    if self.skip_value()? {
                        break;
                    }
                }
                Item::Comma => {}
                Item::Close => break,
                _ => return Err(ArchiveError::Foreign("an unusual accession")),
            }
        }
        if into.subject.is_empty() {
            return Err(ArchiveError::Foreign("a subject without an accession"));
        }
        if let Some(version) = version {
            into.subject.push('.');
            into.subject.push_str(&version.to_string());
        }
        Ok(())
    }

    /// One strand a segment and row; within an alignment all of a row are alike.
    fn strands(&mut self, into: &mut Alignment) -> Outcome<()> {
        self.demand(Item::Open)?;
        let mut place = 0_usize;
        loop {
            match self.lexer.next()? {
                Item::Word => {
                    let minus = self.lexer.text() == b"minus";
                    let row = &mut into.minus[place % 2];
                    if place < 2 {
                        *row = minus;
                    } else if *row != minus {
                        return Err(ArchiveError::Foreign("strands that change"));
                    }
                    place += 1;
                }
                Item::Comma => {}
                Item::Close => return Ok(()),
                _ => return Err(ArchiveError::Foreign("unusual strands")),
            }
        }
    }

    fn real(&mut self) -> Outcome<f64> {
        self.demand(Item::Open)?;
        let mantissa: i64 = self.number()?;
        self.demand(Item::Comma)?;
        let base: i64 = self.number()?;
        self.demand(Item::Comma)?;
        let exponent: i32 = self.number()?;
        self.demand(Item::Close)?;
        let number = format!("{mantissa}e{exponent}").parse::<f64>().ok();
        number.filter(|_| base == 10).ok_or(ArchiveError::Foreign("a number of another kind"))
    }

    fn next_number(&mut self) -> Outcome<Option<i64>> {
        loop {
            return match self.lexer.next()? {
                Item::Comma => continue,
                Item::Close => Ok(None),
                Item::Word => self.parsed().map(Some),
                _ => Err(ArchiveError::Foreign("something else than a number")),
            };
        }
    }

    fn number<N: std::str::FromStr>(&mut self) -> Outcome<N> {
        self.demand(Item::Word)?;
        self.parsed()
    }

    fn parsed<N: std::str::FromStr>(&self) -> Outcome<N> {
        let text = std::str::from_utf8(self.lexer.text()).ok();
        text.and_then(|text| text.parse().ok()).ok_or(ArchiveError::Foreign("something else than a number"))
    }

    fn word(&mut self, wanted: &[u8]) -> Outcome<()> {
        self.demand(Item::Word)?;
        if self.lexer.text() == wanted { Ok(()) } else { Err(ArchiveError::Foreign("an unusual word")) }
    }

    fn demand(&mut self, wanted: Item) -> Outcome<()> {
        match self.lexer.next()? {
            item if item == wanted => Ok(()),
            Item::End => Err(ArchiveError::CutOff),
            _ => Err(ArchiveError::Foreign("an item in an unusual place")),
        }
    }

    /// Passes over a value up to the comma or bracket behind it; true when it was the bracket.
    fn skip_value(&mut self) -> Outcome<bool> {
        loop {
            match self.lexer.next()? {
                Item::Open => self.lexer.skip_block()?,
                Item::Comma => return Ok(false),
                Item::Close => return Ok(true),
                Item::Word | Item::Quoted | Item::Bits => {}
                Item::End => return Err(ArchiveError::CutOff),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Score,
    Evalue,
    Bits,
    Identical,
    Other,
}
