//! The syntax of names, labels and keys.
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/> and `/labels/`.

const LABEL_WORDS: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', \
                           and must start and end with an alphanumeric character";
const SUBDOMAIN_WORDS: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \
                               '-' or '.', and must start and end with an alphanumeric character";
const VALUE_WORDS: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' \
                           or '.', and must start and end with an alphanumeric character";
const KEY_WORDS: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end \
                         with an alphanumeric character";

/// What is wrong with a DNS label, if anything.
pub fn dns_label(text: &str) -> Option<String> {
    longer(text, 63).or_else(|| (!is_label(text)).then(|| LABEL_WORDS.to_owned()))
}

/// What is wrong with a DNS subdomain, if anything.
pub fn dns_subdomain(text: &str) -> Option<String> {
    longer(text, 253).or_else(|| (!text.split('.').all(is_label)).then(|| SUBDOMAIN_WORDS.to_owned()))
}

/// What is wrong with a label's value, if anything.
pub fn label_value(text: &str) -> Option<String> {
    longer(text, 63).or_else(|| (!text.is_empty() && !is_word(text)).then(|| VALUE_WORDS.to_owned()))
}

/// What is wrong with the key of a label or an annotation, if anything.
pub fn key(text: &str) -> Option<String> {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    let prefix = prefix.and_then(|prefix| {
        if prefix.is_empty() {
            Some("prefix part must be non-empty".to_owned())
        } else {
            dns_subdomain(prefix)
        }
    });
    prefix.or_else(|| longer(name, 63)).or_else(|| (!is_word(name)).then(|| KEY_WORDS.to_owned()))
}

/// What is wrong with a key of a Secret's or ConfigMap's data, if anything.
pub fn data_key(text: &str) -> Option<String> {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let wrong = text.is_empty() || !text.bytes().all(fine) || matches!(text, "." | "..");
    longer(text, 253).or_else(|| {
        wrong
            .then(|| "a valid config key must consist of alphanumeric characters, '-', '_' or '.'".to_owned())
    })
}

/// What is wrong with the name of an environment variable, if anything.
pub fn env_name(text: &str) -> Option<String> {
    let wrong =
        text.is_empty() || text.contains('=') || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    wrong.then(|| {
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
            .to_owned()
    })
}

fn longer(text: &str, most: usize) -> Option<String> {
    (text.len() > most).then(|| format!("must be no more than {most} characters"))
}

fn is_label(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inside) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_word(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.bytes().all(inside) && end(text.bytes().next()) && end(text.bytes().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_another_syntax_are_refused() {
        let long = "a".repeat(64);
        for bad in ["", "A", "a_b", "-a", "a-", "a.b", &long] {
            assert!(dns_label(bad).is_some(), "{bad}");
        }
        assert_eq!(dns_label("elb-cli-submit-01234567"), None);
        assert_eq!(dns_subdomain("a.b-c.d"), None);
        assert!(dns_subdomain("a..b").is_some());
        for bad in ["-x", "x y", "x/y", "_x", &long] {
            assert!(label_value(bad).is_some(), "{bad}");
        }
        assert_eq!((label_value(""), label_value("16S_ribosomal_RNA")), (None, None));
        assert_eq!((key("elb.control/job"), key("app")), (None, None));
        assert!(key("a/b/c").is_some() && key("/x").is_some() && key("Ä").is_some());
    }
}
