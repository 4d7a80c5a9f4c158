//! Where queries, databases and results of an elastic search lie, given as a path or as a full address.
//!
//! An address goes into the configuration as it stands, and with it into templates and shell scripts in the cluster. So
//! it is made of plain characters, and can only point into the one container of the one account that is meant. Percent
//! signs are refused altogether: whatever they would stand for, no blob of this program has them in its name.

use crate::options::FieldError;
use std::fmt;

/// What lies at a location. Each has a container of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Query sequences.
    Queries,
    /// Databases, named by their prefix: without an extension.
    Database,
    /// The folder of results.
    Results,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 3] = [Self::Queries, Self::Database, Self::Results];

    /// Its container.
    pub const fn container(self) -> &'static str {
        match self {
            Self::Queries => "queries",
            Self::Database => "blast-db",
            Self::Results => "results",
        }
    }

    /// The field that names it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Queries => "queries",
            Self::Database => "db",
            Self::Results => "results",
        }
    }
}

/// The blob endpoint of the storage account, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEndpoint {
    base: String,
    /// Host that a full address has to name; `None` where none is taken.
    host: Option<String>,
}

impl BlobEndpoint {
    /// The endpoint of an account in Azure: `https://<account>.blob.<suffix>`, with a suffix such as
    /// `core.windows.net`.
    ///
    /// # Errors
    /// An account name that is not 3 to 24 small letters and digits, or a suffix that is no domain.
    pub fn azure(account: &str, suffix: &str) -> Result<Self, FieldError> {
        let letters = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !(3..=24).contains(&account.len()) || !letters(account) {
            let message = "The name of a storage account is 3 to 24 small letters and digits.";
            return Err(FieldError::new("azure-storage-account", "not_allowed", message.to_owned(), None));
        }
        let label =
            |part: &str| !part.is_empty() && part.split('-').all(|piece| !piece.is_empty() && letters(piece));
        if !suffix.contains('.') || !suffix.split('.').all(label) {
            let message = "The storage suffix is a domain such as core.windows.net.";
            return Err(FieldError::new("storage-suffix", "not_allowed", message.to_owned(), None));
        }
        let host = format!("{account}.blob.{suffix}");
        Ok(Self { base: format!("https://{host}"), host: Some(host) })
    }

    /// The endpoint of an emulator on this machine, such as `http://127.0.0.1:10000/devstoreaccount1`. Locations on it
    /// are given as paths alone.
    ///
    /// # Errors
    /// Anything but http or https on the loopback with a port and one segment behind it.
    pub fn development(base: &str) -> Result<Self, FieldError> {
        let wrong = || {
            let message = "The storage emulator is an address on this machine such as \
                           http://127.0.0.1:10000/devstoreaccount1.";
            FieldError::new("storage-endpoint", "not_allowed", message.to_owned(), None)
        };
        let rest =
            base.strip_prefix("http://").or_else(|| base.strip_prefix("https://")).ok_or_else(wrong)?;
        let (authority, account) = rest.split_once('/').ok_or_else(wrong)?;
        let (host, port) = authority.rsplit_once(':').ok_or_else(wrong)?;
        let on_this_machine = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if !on_this_machine || port.parse::<u16>().is_err() || !plain(port) || !plain(account) {
            return Err(wrong());
        }
        Ok(Self { base: base.to_owned(), host: None })
    }

    /// The address of something in the place's container, from a path within it or a full address. A path may begin with
    /// the container's name.
    ///
    /// # Errors
    /// Whatever leaves the container or cannot stand in a configuration, told under the place's field.
    pub fn locate(&self, place: Place, given: &str) -> Result<BlobUrl, FieldError> {
        let path = self.path(place, given).and_then(|path| checked(place, path));
        let path = path.map_err(|message| {
            let allowed = format!("a path such as {}", example(place));
            FieldError::new(place.field(), "not_allowed", message, Some(allowed))
        })?;
        Ok(BlobUrl { text: format!("{}/{}/{path}", self.base, place.container()), place })
    }

    /// The path within the container.
    fn path<'a>(&self, place: Place, given: &'a str) -> Result<&'a str, String> {
        plain(given)?;
        let Some((scheme, rest)) = given.split_once("://") else {
            if given.contains(':') {
                return Err("A path holds no colon; a full address begins with https://.".to_owned());
            }
            return Ok(given
                .strip_prefix(place.container())
                .and_then(|path| path.strip_prefix('/'))
                .unwrap_or(given));
        };
        if !scheme.eq_ignore_ascii_case("https") {
            return Err("An address begins with https://.".to_owned());
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err("An address holds no user name.".to_owned());
        }
        if authority.contains(':') {
            return Err("An address holds no port.".to_owned());
        }
        if !self.host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(authority)) {
            return Err("The address is on another host than this installation's storage account.".to_owned());
        }
        let (container, path) = path.split_once('/').unwrap_or((path, ""));
        if container != place.container() {
            return Err(format!("The address is not in the container “{}”.", place.container()));
        }
        Ok(path)
    }
}

/// The address of something in a container, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobUrl {
    text: String,
    place: Place,
}

impl BlobUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What lies there.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for BlobUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Longest path, in bytes: a blob's name has at most 1,024 characters.
const MAX_PATH: usize = 1_000;

/// Characters that mean the same in an address, in YAML, in a shell and in a list of files separated by blanks.
fn plain(given: &str) -> Result<(), String> {
    let reason = |c: char| match c {
        '%' => "percent signs".to_owned(),
        '?' | '#' => "a query or fragment".to_owned(),
        '\\' => "a backslash".to_owned(),
        ' ' => "blanks".to_owned(),
        c if c.is_control() => "control characters".to_owned(),
        c => format!("“{c}”"),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    match given.chars().find(|c| !allowed(*c)) {
        Some(c) => Err(format!("It must not hold {}.", reason(c))),
        None => Ok(()),
    }
}

fn checked(place: Place, path: &str) -> Result<&str, String> {
    let path = if place == Place::Results { path.strip_suffix('/').unwrap_or(path) } else { path };
    if path.is_empty() {
        return Err("The path is missing.".to_owned());
    }
    if path.starts_with('/') {
        return Err("The path begins with a slash; it is relative to its container.".to_owned());
    }
    if path.len() > MAX_PATH {
        return Err(format!("The path is longer than {MAX_PATH} characters."));
    }
    if path.contains(['@', ':']) {
        return Err("The path holds a colon or an at sign.".to_owned());
    }
    if path.contains("..") || path.split('/').any(|segment| matches!(segment, "" | ".")) {
        return Err("The path holds two dots in a row, an empty segment, or one of a dot alone.".to_owned());
    }
    let first = path.split('/').next().unwrap_or_default();
    if let Some(other) = Place::ALL.into_iter().find(|other| *other != place && other.container() == first) {
        return Err(format!(
            "The path is in the container “{}”, not in “{}”.",
            other.container(),
            place.container()
        ));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    match place {
        Place::Database => database(name)?,
        // ElasticBLAST would read such a file as a list of further addresses, which nobody checked.
        Place::Queries if name.ends_with(".query-list") => {
            return Err("A list of query files is not taken; give the sequences in one file.".to_owned());
        }
        Place::Queries | Place::Results => {}
    }
    Ok(path)
}

/// Extensions of the files that make up a database.
const DATABASE_FILES: &[&str] = &[
    "nal", "ndb", "nhd", "nhi", "nhr", "nin", "njs", "nnd", "nni", "nog", "nos", "not", "nsd", "nsi", "nsq",
    "ntf", "nto", "pal", "pdb", "phd", "phi", "phr", "pin", "pjs", "pnd", "pni", "pog", "pos", "pot", "psd",
    "psi", "psq", "ptf", "pto", "gz",
];

/// The last segment becomes a label's value in the cluster, unquoted in YAML.
fn database(name: &str) -> Result<(), String> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if DATABASE_FILES.contains(&extension) {
        return Err(format!("A database is named without an extension: without “.{extension}”."));
    }
    let ends_well = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if name.len() > 63 || !ends_well(name.chars().next()) || !ends_well(name.chars().last()) {
        return Err(
            "The database's name has at most 63 characters and begins and ends with a letter or digit."
                .to_owned(),
        );
    }
    if !reads_as_text(name) {
        return Err("The database's name would be read as a number or a truth value; it needs another one."
            .to_owned());
    }
    Ok(())
}

/// Whether YAML reads a plain word as text: not as a number in any notation, not as a truth value, not as nothing.
fn reads_as_text(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null") {
        return false;
    }
    let in_base = |digits: fn(char) -> bool| lower.chars().skip(2).all(|c| digits(c) || c == '_');
    let number = match lower.get(..2) {
        Some("0x") => in_base(|c| c.is_ascii_hexdigit()),
        Some("0o" | "0b") => in_base(|c| c.is_ascii_digit()),
        // Whole numbers, decimals with and without an exponent, dates.
        _ => lower.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | 'e')),
    };
    !(number && lower.starts_with(|c: char| c.is_ascii_digit()))
}

fn example(place: Place) -> &'static str {
    match place {
        Place::Queries => "<search>/query.fa",
        Place::Database => "core_nt/2026-11-01/core_nt",
        Place::Results => "<search>",
    }
}
