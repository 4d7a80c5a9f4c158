//! The little XML that the queue service speaks: flat elements without attributes.

use std::borrow::Cow;

/// The content of each `<name>…</name>` in `xml`, in order. `name` must not be nested in itself.
pub fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((inner, after)) = after.split_once(&close) else { break };
        found.push(inner);
        rest = after;
    }
    found
}

/// The text of the first `<name>` in `xml`; an empty element is an empty text.
#[must_use]
pub fn text<'a>(xml: &'a str, name: &str) -> Option<Cow<'a, str>> {
    if let Some(inner) = elements(xml, name).first() {
        return Some(unescape(inner));
    }
    let empty = [format!("<{name}/>"), format!("<{name} />")].iter().any(|e| xml.contains(e.as_str()));
    empty.then_some(Cow::Borrowed(""))
}

/// Text as element content.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A parser turns a bare carriage return into a line feed.
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
    out
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once(';').and_then(|(name, after)| entity(name).map(|c| (c, after))) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']).map(|h| u32::from_str_radix(h, 16).ok());
            char::from_u32(hex.unwrap_or_else(|| number.parse().ok())?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_and_text() {
        let xml = "<L><M><A>1</A><B/></M><M><A>2 &lt;&#x26;&#10;&apos;</A><B>x</B></M></L>";
        let all = elements(xml, "M");
        assert_eq!(all.len(), 2);
        assert_eq!(text(all[0], "A").as_deref(), Some("1"));
        assert_eq!(text(all[0], "B").as_deref(), Some(""));
        assert_eq!(text(all[1], "A").as_deref(), Some("2 <&\n'"));
        assert_eq!(text(all[1], "C"), None);
    }

    #[test]
    fn leaves_broken_entities_alone() {
        assert_eq!(unescape("a & b &nope; &#xZZ; &"), "a & b &nope; &#xZZ; &");
    }

    proptest::proptest! {
        #[test]
        fn escape_then_read_is_the_identity(body in "\\PC*") {
            let xml = format!("<A>{}</A>", escape(&body));
            let got = text(&xml, "A");
            proptest::prop_assert_eq!(got.as_deref(), Some(body.as_str()));
        }
    }
}
