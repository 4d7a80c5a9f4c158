//! Route templates: `api/jobs/{id}`, `{n:int}`, `{page?}`, `{*path}`.

use std::borrow::Cow;
use thiserror::Error;

/// Why a route cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TemplateError {
    /// `admin` and `runtime` belong to the host.
    #[error("the route `{0}` begins with the letters `admin` or `runtime`, which the host keeps for itself")]
    Reserved(String),
    /// A segment is no literal and no whole parameter.
    #[error("the segment `{0}` is neither plain text nor one parameter in braces")]
    Segment(String),
    /// A constraint that this host does not know.
    #[error("the constraint of `{0}` is not one of alpha, bool, guid, int, long")]
    Constraint(String),
    /// Something follows a catch-all or an optional parameter.
    #[error("`{0}` may only be the last segment")]
    NotLast(String),
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter { constraint: Constraint, optional: bool },
    CatchAll,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Constraint {
    Any,
    Alpha,
    Bool,
    Guid,
    Int,
    Long,
}

impl Template {
    /// Reads `route`, as written in `function.json`, below `prefix`.
    ///
    /// # Errors
    /// [`TemplateError`] for a reserved first word or a form that this host does not match.
    pub fn parse(prefix: &str, route: &str) -> Result<Self, TemplateError> {
        let route = route.trim_start_matches('/');
        let lower = route.to_ascii_lowercase();
        if lower.starts_with("admin") || lower.starts_with("runtime") {
            return Err(TemplateError::Reserved(route.to_owned()));
        }
        let texts: Vec<&str> = prefix.split('/').chain(route.split('/')).filter(|s| !s.is_empty()).collect();
        let mut segments = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            let segment = segment(text)?;
            let must_end = matches!(segment, Segment::CatchAll | Segment::Parameter { optional: true, .. });
            if must_end && index + 1 != texts.len() {
                return Err(TemplateError::NotLast((*text).to_owned()));
            }
            segments.push(segment);
        }
        Ok(Self(segments))
    }

    /// Whether `path` (as it came, percent-encoded) is this route's. Literals match in any case.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut given = path.split('/').filter(|s| !s.is_empty());
        for segment in &self.0 {
            match (segment, given.next()) {
                (Segment::CatchAll, _) | (Segment::Parameter { optional: true, .. }, None) => return true,
                (_, None) => return false,
                (Segment::Literal(literal), Some(text)) if !decoded(text).eq_ignore_ascii_case(literal) => {
                    return false;
                }
                (Segment::Parameter { constraint, .. }, Some(text)) if !constraint.allows(&decoded(text)) => {
                    return false;
                }
                (Segment::Literal(_) | Segment::Parameter { .. }, Some(_)) => {}
            }
        }
        given.next().is_none()
    }
}

impl Constraint {
    fn allows(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Alpha => text.bytes().all(|b| b.is_ascii_alphabetic()),
            Self::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
            Self::Int => text.parse::<i32>().is_ok(),
            Self::Long => text.parse::<i64>().is_ok(),
            Self::Guid => {
                let hex = text.bytes().filter(u8::is_ascii_hexdigit).count() == 32;
                let dashes = text.bytes().enumerate().filter(|(_, b)| *b == b'-').map(|(at, _)| at);
                hex && (text.len() == 32 || (text.len() == 36 && dashes.eq([8, 13, 18, 23])))
            }
        }
    }
}

fn segment(text: &str) -> Result<Segment, TemplateError> {
    let unusable = || TemplateError::Segment(text.to_owned());
    if !text.contains(['{', '}']) {
        return Ok(Segment::Literal(text.to_owned()));
    }
    let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or_else(unusable)?;
    if inner.trim_start_matches('*').is_empty() || inner.contains(['{', '}', '=']) {
        return Err(unusable());
    }
    if inner.starts_with('*') {
        return Ok(Segment::CatchAll);
    }
    let (inner, optional) = inner.strip_suffix('?').map_or((inner, false), |inner| (inner, true));
    let constraint = match inner.split_once(':').map(|(_, name)| name) {
        None => Constraint::Any,
        Some("alpha") => Constraint::Alpha,
        Some("bool") => Constraint::Bool,
        Some("guid") => Constraint::Guid,
        Some("int") => Constraint::Int,
        Some("long") => Constraint::Long,
        Some(_) => return Err(TemplateError::Constraint(text.to_owned())),
    };
    Ok(Segment::Parameter { constraint, optional })
}

/// The segment without percent-encoding; unreadable encodings stay as they are.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let byte = hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(route: &str, path: &str) -> bool {
        Template::parse("", route).unwrap().matches(path)
    }

    #[test]
    fn literals_and_parameters() {
        assert!(matches("api/jobs", "/api/jobs"));
        assert!(matches("api/jobs", "/API/Jobs/"));
        assert!(!matches("api/jobs", "/api/jobs/1"));
        assert!(matches("api/jobs/{id}", "/api/jobs/a%20b"));
        assert!(!matches("api/jobs/{id}", "/api/jobs"));
        assert!(matches("api/a b", "/api/a%20b"));
        assert!(matches("api/{id}", "/api/100%"));
    }

    #[test]
    fn constraints() {
        assert!(matches("p/{n:int}", "/p/-7") && !matches("p/{n:int}", "/p/x"));
        assert!(!matches("p/{n:int}", "/p/9999999999") && matches("p/{n:long}", "/p/9999999999"));
        assert!(matches("p/{x:guid}", "/p/11111111-2222-3333-4444-555555555555"));
        assert!(!matches("p/{x:guid}", "/p/1111111-12222-3333-4444-555555555555"));
        assert!(
            matches("p/{x:bool}", "/p/True")
                && matches("p/{x:alpha}", "/p/ab")
                && !matches("p/{x:alpha}", "/p/a1")
        );
    }

    #[test]
    fn optional_and_catch_all() {
        assert!(matches("p/{x?}", "/p") && matches("p/{x?}", "/p/1") && !matches("p/{x?}", "/p/1/2"));
        assert!(matches("p/{n:int?}", "/p") && !matches("p/{n:int?}", "/p/a"));
        assert!(matches("{*path}", "/") && matches("{*path}", "/a/b/c") && matches("p/{*rest}", "/p"));
        assert!(!matches("p/{*rest}", "/q/1"));
    }

    #[test]
    fn the_prefix_comes_first() {
        let route = Template::parse("api", "/jobs").unwrap();
        assert!(route.matches("/api/jobs") && !route.matches("/jobs"));
    }

    #[test]
    fn refuses_reserved_and_unknown_forms() {
        assert!(matches!(Template::parse("", "administrators"), Err(TemplateError::Reserved(_))));
        assert!(matches!(Template::parse("", "Runtime/x"), Err(TemplateError::Reserved(_))));
        assert!(matches!(Template::parse("", "a/{b}c"), Err(TemplateError::Segment(_))));
        assert!(matches!(Template::parse("", "a/{b=1}"), Err(TemplateError::Segment(_))));
        assert!(matches!(Template::parse("", "a/{b:regex(x)}"), Err(TemplateError::Constraint(_))));
        assert!(matches!(Template::parse("", "{*a}/b"), Err(TemplateError::NotLast(_))));
        assert!(matches!(Template::parse("", "{a?}/b"), Err(TemplateError::NotLast(_))));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(route in ".{0,30}", path in ".{0,30}") {
            if let Ok(template) = Template::parse("api", &route) {
                let _ = template.matches(&path);
            }
        }
    }
}
