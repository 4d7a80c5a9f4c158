//! Masking what nobody but its owner may read: passwords, keys, signatures, tokens.
//!
//! A value is masked by its name (`sig=…`, `AccountKey=…`, `--client-secret …`, `Authorization: …`), by its form (a JSON
//! Web Token), or because it is long and random as keys are. Sequences, digests and paths are none of these.

use std::borrow::Cow;

/// What stands in place of a secret.
const MASK: &str = "***";

/// Ends of names whose values are secrets.
const NAMES: [&str; 16] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "accountkey",
    "account_key",
    "account-key",
    "accesskey",
    "access_key",
    "signature",
    "authorization",
    "credential",
];
/// Names that are secret only as a whole.
const WHOLE_NAMES: [&str; 3] = ["sig", "sharedkey", "sas"];
/// Words in front of a secret.
const SCHEMES: [&str; 4] = ["bearer", "basic", "sharedkey", "sharedkeylite"];
/// Shortest word behind `Bearer` that is taken for a token, in bytes, where no header's name stands before it.
const SCHEME_BYTES: usize = 16;
/// Shortest run of letters that may be a key, in bytes: 30 random ones in base64.
const KEY_BYTES: usize = 40;
/// What is looked at to tell whether a run of letters is a key, in bytes.
const SEEN_BYTES: usize = 512;

/// The line without secrets, and without escape sequences of terminals, which could hide one.
pub fn redact(line: &str) -> Cow<'_, str> {
    let line = plain(line);
    let spans = spans(&line);
    if spans.is_empty() {
        return line;
    }
    let (mut out, mut at) = (String::with_capacity(line.len()), 0);
    for (from, to) in spans {
        out.push_str(line.get(at..from).unwrap_or_default());
        out.push_str(MASK);
        at = to;
    }
    out.push_str(line.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Takes escape sequences of terminals away (ECMA-48: ESC `[`, parameters, a final byte).
fn plain(line: &str) -> Cow<'_, str> {
    if !line.contains('\u{1b}') {
        return Cow::Borrowed(line);
    }
    let (mut out, mut chars) = (String::with_capacity(line.len()), line.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
        } else if chars.next_if_eq(&'[').is_some() {
            while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
            chars.next_if(|c| ('@'..='~').contains(c));
        }
    }
    Cow::Owned(out)
}

/// Where secrets are, in order and apart from each other.
fn spans(line: &str) -> Vec<(usize, usize)> {
    let bytes = line.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if !is_word(byte(bytes, at)) {
            at += escape(bytes, at).unwrap_or(1);
            continue;
        }
        let end = run(bytes, at, is_word);
        let word = line.get(at..end).unwrap_or_default();
        let secret = named(bytes, word, end).or_else(|| scheme(bytes, word, end, SCHEME_BYTES));
        match secret.filter(|(from, to)| from < to) {
            Some((from, to)) => {
                found.push((from, to));
                at = to;
            }
            None => {
                let to = if is_token(word) { Some(end) } else { key_end(bytes, at) };
                found.extend(to.map(|to| (at, to)));
                at = to.unwrap_or(end);
            }
        }
    }
    found
}

/// The end of a key that begins here, with what pads it.
fn key_end(bytes: &[u8], at: usize) -> Option<usize> {
    let letter = |b: u8| is_word(b) || matches!(b, b'+' | b'/');
    let seen = bytes.get(at..bytes.len().min(at + SEEN_BYTES)).unwrap_or_default();
    let head = run(seen, 0, letter);
    let is_key = is_key(seen.get(..head).unwrap_or_default());
    is_key.then(|| run(bytes, run(bytes, at, letter), |b| b == b'='))
}

/// Length of a byte that is written as in addresses, `%3F`: its digits are no part of the word behind it.
fn escape(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = bytes.get(at + 1..at + 3).filter(|_| byte(bytes, at) == b'%')?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(3)
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'~')
}

/// End of the run of such bytes that begins here.
fn run(bytes: &[u8], from: usize, of: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|b| of(**b)).count()
}

/// The value behind a secret's name: `name=value`, `"name": "value"`, `--name value`, `name%3Dvalue`.
fn named(bytes: &[u8], word: &str, end: usize) -> Option<(usize, usize)> {
    let lower = word.to_ascii_lowercase();
    let name = lower.trim_start_matches('-');
    if !(NAMES.iter().any(|known| name.ends_with(known)) || WHOLE_NAMES.contains(&name)) {
        return None;
    }
    let quote = |b: u8| matches!(b, b'"' | b'\'' | b'\\');
    let blank = |b: u8| b == b' ' || b == b'\t';
    let after = run(bytes, run(bytes, end, quote), blank);
    let at = match byte(bytes, after) {
        b'=' | b':' => after + 1,
        b'%' if bytes.get(after..after + 3).is_some_and(|code| code.eq_ignore_ascii_case(b"%3d")) => {
            after + 3
        }
        // An option of a command and its value.
        _ if lower.starts_with("--") && after > end && byte(bytes, after) != b'-' => after,
        _ => return None,
    };
    let opened = run(bytes, at, blank);
    let from = run(bytes, opened, quote);
    let to = value_end(bytes, from, (from > opened).then(|| byte(bytes, from - 1)));
    // `Authorization: Bearer …`: the scheme may be read.
    let first = std::str::from_utf8(bytes.get(from..to).unwrap_or_default()).unwrap_or_default();
    Some(scheme(bytes, first, to, 1).unwrap_or((from, to)))
}

/// The end of a value: its closing quote, else what ends values in headers, addresses and connection strings.
fn value_end(bytes: &[u8], from: usize, quote: Option<u8>) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    if let Some(length) = quote.and_then(|quote| rest.iter().position(|b| *b == quote)) {
        return from + length;
    }
    let ends = |b: u8| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'&' | b';' | b'<' | b'>');
    let end = run(bytes, from, |b| !ends(b));
    let value = bytes.get(from..end).unwrap_or_default();
    // An address inside an address.
    let inner = value.windows(3).position(|code| code == b"%26");
    inner.map_or(end, |length| from + length)
}

/// The word behind `Bearer` and its like, of so many bytes at least.
fn scheme(bytes: &[u8], word: &str, end: usize, least: usize) -> Option<(usize, usize)> {
    if !SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let from = run(bytes, end, |b| b == b' ');
    let to = value_end(bytes, from, None);
    (from > end && to >= from + least).then_some((from, to))
}

/// A JSON Web Token: three parts in base64, the first an object.
fn is_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() >= 20 && word.split('.').count() >= 2
}

/// Whether a run of letters is as long and as random as a key: lower and upper case and digits, changing at least at two
/// of five places. Of base64 it is five of eight, of words and paths far less; sequences and digests lack a case.
fn is_key(text: &[u8]) -> bool {
    if text.len() < KEY_BYTES {
        return false;
    }
    let class = |b: u8| match b {
        b'a'..=b'z' => 1_u8,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 4,
    };
    let has = |wanted: u8| text.iter().any(|b| class(*b) == wanted);
    let changes = text.windows(2).filter(|pair| class(byte(pair, 0)) != class(byte(pair, 1))).count();
    has(1) && has(2) && has(3) && changes * 5 >= text.len() * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(line: &str) -> String {
        redact(line).into_owned()
    }

    #[test]
    fn values_are_masked_by_their_names() {
        for (line, want) in [
            ("https://a.blob/c?sv=1&sig=aB%2Bc%3D&se=2", "https://a.blob/c?sv=1&sig=***&se=2"),
            ("u=https%3A%2F%2Fa%3Fsig%3DaBc%26se%3D2", "u=https%3A%2F%2Fa%3Fsig%3D***%26se%3D2"),
            ("AccountName=a;AccountKey=abc/def==;X=1", "AccountName=a;AccountKey=***;X=1"),
            (r#"{"client_secret": "a b c", "x": 1}"#, r#"{"client_secret": "***", "x": 1}"#),
            (r#"{\"password\":\"abc\"}"#, r#"{\"password\":\"***"}"#),
            ("export AZURE_CLIENT_SECRET='x y'", "export AZURE_CLIENT_SECRET='***'"),
            ("az login --federated-token abc -o none", "az login --federated-token *** -o none"),
            ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
            ("got bearer abcdefghijklmnop today", "got bearer *** today"),
            ("\u{1b}[33mtok\u{1b}[0men=abc\u{1b}[0m", "token=***"),
            ("password:", "password:"),
        ] {
            assert_eq!(masked(line), want, "{line}");
        }
    }

    #[test]
    fn tokens_and_keys_are_masked_by_their_form() {
        let jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln";
        assert_eq!(masked(&format!("said {jwt}, and went")), "said ***, and went");
        let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        assert_eq!(masked(&format!("key {key} end")), "key *** end");
    }

    #[test]
    fn what_is_no_secret_stays() {
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        for line in [
            "",
            "BLAST RUNTIME 12.5 seconds; 512 tokens read, token_file=/var/run/x",
            "ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT",
            "acgtnnnnACGTACGTACGTACGTACGTACGTACGTACGTacgtacgtacgtacgt",
            "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVK",
            digest,
            "/blast/blastdb/Core_nt/volumes/core_nt.00.nsq and /workspace/Results/batch_001-blastn-core_nt.out.gz",
            "results/job-429825360482416da20736cf3ed51a95/query_batches/batch_000.fa",
            "the basic features of blast",
        ] {
            assert_eq!(masked(line), line);
        }
    }

    proptest! {
        #[test]
        fn masking_twice_changes_nothing_more(line in "\\PC{0,120}|[a-zA-Z0-9=&;: \"'%+/._-]{0,120}") {
            let once = masked(&line);
            prop_assert_eq!(masked(&once), once);
        }

        #[test]
        fn a_named_secret_is_gone_whatever_stands_around_it(
            before in "([a-z]{0,8}[ ;&?{,\"])?", name in prop::sample::select(vec!["sig", "AccountKey", "my-token", "DB_PASSWORD", "client_secret"]),
            sign in prop::sample::select(vec!["=", ": ", " = ", "\": \"", "%3D"]),
            secret in "[A-Za-z0-9+/_.~-]{12,90}", after in "([ ;&\"'].{0,20})?",
        ) {
            let line = format!("{before}{name}{sign}{secret}{after}");
            let out = masked(&line);
            prop_assert!(!out.contains(&secret), "{line} gave {out}");
        }

        #[test]
        fn sequences_stay(letters in "[ACGTN]{0,200}|[acgt]{0,200}|[ACDEFGHIKLMNPQRSTVWY*]{0,200}|[0-9a-f]{0,128}") {
            prop_assert_eq!(masked(&letters), letters);
        }
    }
}
