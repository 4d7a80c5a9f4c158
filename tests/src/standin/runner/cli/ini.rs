//! INI as Python's `configparser` reads it, with `BasicInterpolation`.

use std::collections::BTreeMap;

/// Values by section and key, both in lower case where the parser makes them so.
pub type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a file; the parser's words where it cannot.
pub fn read(text: &str) -> Result<Sections, String> {
    let mut sections = Sections::new();
    let (mut section, mut key): (Option<String>, Option<String>) = (None, None);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') || bare.starts_with(';') {
            continue;
        }
        let known = section.as_ref().and_then(|section| sections.get_mut(section));
        if line.starts_with(char::is_whitespace)
            && let (Some(key), Some(known)) = (&key, known)
            && let Some(value) = known.get_mut(key)
        {
            value.push('\n');
            value.push_str(bare);
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if sections.insert(name.to_owned(), BTreeMap::new()).is_some() {
                return Err(format!(
                    "While reading from '<string>' [line {number}]: section '{name}' already exists"
                ));
            }
            (section, key) = (Some(name.to_owned()), None);
            continue;
        }
        let Some(current) = &section else {
            return Err(format!("File contains no section headers. file: '<string>', line: {number}"));
        };
        let Some((name, value)) = bare.split_once(['=', ':']) else {
            return Err(format!("Source contains parsing errors: '<string>' [line {number}]: {bare:?}"));
        };
        let name = name.trim().to_lowercase();
        let values = sections.entry(current.clone()).or_default();
        if values.insert(name.clone(), value.trim().to_owned()).is_some() {
            return Err(format!("option '{name}' in section '{current}' already exists"));
        }
        key = Some(name);
    }
    for (section, values) in &mut sections {
        for (name, value) in values {
            *value = interpolated(value)
                .map_err(|wrong| format!("{wrong} (option '{name}' in section '{section}')"))?;
        }
    }
    Ok(sections)
}

/// `%%` is a percent sign; another one begins a reference, and there are none here to refer to.
fn interpolated(value: &str) -> Result<String, String> {
    let (mut result, mut rest) = (String::new(), value);
    while let Some((before, after)) = rest.split_once('%') {
        result.push_str(before);
        rest = if let Some(after) = after.strip_prefix('%') {
            result.push('%');
            after
        } else if after.starts_with('(') {
            return Err(format!("Bad value substitution: {value:?}"));
        } else {
            return Err(format!("'%' must be followed by '%' or '(', found: {:?}", format!("%{after}")));
        };
    }
    Ok(result + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_python_reads_them() {
        let read_well = read("# c\n[a]\nKey = 1 # no comment\nother: 90%%\nlong = x\n  y\n\n[b]\n").unwrap();
        assert_eq!(read_well["a"]["key"], "1 # no comment");
        assert_eq!(read_well["a"]["other"], "90%");
        assert_eq!(read_well["a"]["long"], "x\ny");
        assert!(read_well["b"].is_empty());
        for bad in
            ["k = 1\n", "[a]\nx\n", "[a]\n[a]\n", "[a]\nk=1\nk=2\n", "[a]\nk = 90%\n", "[a]\nk = %(x)s\n"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
