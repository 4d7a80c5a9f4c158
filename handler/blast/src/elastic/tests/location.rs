use crate::elastic::{BlobEndpoint, Place};
use proptest::prelude::*;

const ROOT: &str = "https://stelb.blob.core.windows.net";

fn endpoint() -> BlobEndpoint {
    BlobEndpoint::azure("stelb", "core.windows.net").unwrap()
}

fn emulator() -> BlobEndpoint {
    BlobEndpoint::development("http://127.0.0.1:10000/devstoreaccount1").unwrap()
}

fn located(place: Place, given: &str) -> Result<String, String> {
    endpoint().locate(place, given).map(|url| url.as_str().to_owned()).map_err(|error| error.message)
}

#[test]
fn paths_and_addresses_come_to_the_same() {
    let query = format!("{ROOT}/queries/job-1/query.fa");
    for given in [
        "job-1/query.fa",
        "queries/job-1/query.fa",
        &query,
        "https://STELB.Blob.core.windows.net/queries/job-1/query.fa",
        "HTTPS://stelb.blob.core.windows.net/queries/job-1/query.fa",
    ] {
        assert_eq!(located(Place::Queries, given), Ok(query.clone()), "{given}");
    }
    let database = located(Place::Database, "core_nt/2026.11-01/core_nt").unwrap();
    assert_eq!(database, format!("{ROOT}/blast-db/core_nt/2026.11-01/core_nt"));
    for given in ["job-1", "job-1/", "results/job-1/", &format!("{ROOT}/results/job-1/")] {
        assert_eq!(located(Place::Results, given), Ok(format!("{ROOT}/results/job-1")), "{given}");
    }
}

/// What nobody may give for any place.
const NEVER: &[&str] = &[
    "",
    "/",
    ".",
    "..",
    "../x",
    "x/..",
    "x/../y",
    "x/./y",
    "x//y",
    "x/...",
    "x..y",
    "/x",
    "//x",
    "%2e%2e/x",
    "%2E%2E%2Fx",
    "%252e%252e/x",
    "%25252e%25252e%25252fx",
    "x/%2e%2e/y",
    "..%2fx",
    "..%5cx",
    ".%2e/x",
    "%c0%ae%c0%ae/x",
    "x\\y",
    "..\\x",
    "x?y",
    "x#y",
    "x y",
    "x\ty",
    "x\ny",
    "x\u{0}y",
    "．．/x",
    "x\u{202e}y",
    "x$(y)",
    "x${y}",
    "x\"y",
    "x'y",
    "x;y",
    "x`y",
    "x@y",
    "x:y",
    "file:x",
    "http://stelb.blob.core.windows.net/queries/x",
    "ftp://stelb.blob.core.windows.net/queries/x",
    "https://stelb.blob.core.windows.net",
    "https://stelb.blob.core.windows.net/",
    "https://stelb.blob.core.windows.net/$root/x",
    "https://stelb.blob.core.windows.net:443/queries/x",
    "https://me@stelb.blob.core.windows.net/queries/x",
    "https://me:pw@stelb.blob.core.windows.net/queries/x",
    "https://stelb.blob.core.windows.net@evil.example/queries/x",
    "https://evil.example/queries/x",
    "https://other.blob.core.windows.net/queries/x",
    "https://stelb.blob.core.windows.net.evil.example/queries/x",
    "https://stelb.blob.core.windows.net./queries/x",
    "https://127.0.0.1/queries/x",
    "https:///queries/x",
    "https://stelb.blob.core.windows.net/job-payloads/x",
    "https://stelb.blob.core.windows.net/QUERIES/x",
    "https://stelb.blob.core.windows.net/queries/../results/x",
    "https://stelb.blob.core.windows.net/queries/x?sv=2024&sig=abc",
    "https://stelb.blob.core.windows.net//queries/x",
    "s3://bucket/x",
];

#[test]
fn nothing_leaves_its_container_in_any_spelling() {
    for place in Place::ALL {
        for given in NEVER {
            for endpoint in [endpoint(), emulator()] {
                let error = endpoint.locate(place, given).expect_err(given);
                assert_eq!(error.field, place.field(), "{given}");
                assert!(error.message.ends_with('.') && error.message.len() > 15, "{}", error.message);
            }
        }
    }
    let long = "x/".repeat(600) + "x";
    assert!(located(Place::Queries, &long).unwrap_err().contains("longer"));
}

#[test]
fn another_place_s_container_is_refused_by_name() {
    for place in Place::ALL {
        for other in Place::ALL.into_iter().filter(|other| *other != place) {
            for given in [format!("{}/x/core", other.container()), format!("{ROOT}/{}/x", other.container())]
            {
                let message = located(place, &given).unwrap_err();
                assert!(message.contains("container"), "{given}: {message}");
            }
        }
    }
}

#[test]
fn a_database_is_named_without_extension_and_as_a_label_reads_it() {
    for bad in [
        "core_nt/core_nt.nin",
        "core_nt/core_nt.ndb",
        "x/swissprot.pjs",
        "x/swissprot.tar.gz",
        "x/_db",
        "x/db-",
        "x/2026",
        "x/1e5",
        "x/0x1F",
        "x/1_000",
        "x/1.5",
        "x/2026-11-01",
        "x/true",
        "x/No",
        "x/null",
        &format!("x/{}", "d".repeat(64)),
    ] {
        assert!(located(Place::Database, bad).is_err(), "{bad}");
    }
    for good in [
        "x/16S_ribosomal_RNA",
        "x/core_nt.00",
        "nt/nt",
        "x/nomad",
        "x/1kite",
        "x/0-db",
        "x/4face",
        "x/e5",
        "x/0xyz",
    ] {
        assert!(located(Place::Database, good).is_ok(), "{good}");
    }
}

#[test]
fn a_list_of_query_files_is_not_taken() {
    assert!(located(Place::Queries, "job-1/all.query-list").is_err());
}

#[test]
fn an_emulator_takes_paths_alone_and_is_on_this_machine() {
    let url = emulator().locate(Place::Results, "job-1").unwrap();
    assert_eq!(url.as_str(), "http://127.0.0.1:10000/devstoreaccount1/results/job-1");
    for given in [
        "http://127.0.0.1:10000/devstoreaccount1/results/job-1",
        "https://127.0.0.1:10000/devstoreaccount1/results/job-1",
        "https://stelb.blob.core.windows.net/results/job-1",
    ] {
        assert!(emulator().locate(Place::Results, given).is_err(), "{given}");
    }
    for base in [
        "http://example.org:10000/devstoreaccount1",
        "http://127.0.0.1.example.org:10000/a",
        "http://127.0.0.1/devstoreaccount1",
        "http://127.0.0.1:+1/devstoreaccount1",
        "http://127.0.0.1:10000",
        "http://127.0.0.1:10000/a/b",
        "http://127.0.0.1:10000/",
        "http://me@127.0.0.1:10000/a",
        "ftp://127.0.0.1:10000/a",
    ] {
        assert!(BlobEndpoint::development(base).is_err(), "{base}");
    }
}

#[test]
fn an_account_and_a_suffix_have_their_shapes() {
    for (account, suffix) in [
        ("st", "core.windows.net"),
        ("StElb", "core.windows.net"),
        ("st-elb", "core.windows.net"),
        ("stelb", "core"),
        ("stelb", "core..net"),
        ("stelb", ".core.net"),
        ("stelb", "core.windows.net/x"),
        ("stelb", "core.windows.net:443"),
        ("stelb", "-core.net"),
        ("stelb@x", "core.windows.net"),
    ] {
        assert!(BlobEndpoint::azure(account, suffix).is_err(), "{account} {suffix}");
    }
    assert!(BlobEndpoint::azure("stelb", "core.chinacloudapi.cn").is_ok());
}

/// Whether an address is what it has to be: below its container, of plain characters, without a way up.
fn is_within(text: &str, place: Place) -> bool {
    let Some(path) = text.strip_prefix(&format!("{ROOT}/{}/", place.container())) else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    path.chars().all(plain) && path.split('/').all(|segment| !segment.chars().all(|c| c == '.'))
}

fn place() -> impl Strategy<Value = Place> {
    prop::sample::select(Place::ALL.to_vec())
}

proptest! {
    #[test]
    fn whatever_is_given_stays_within_its_container_or_is_refused(place in place(), given in "\\PC{0,40}") {
        if let Ok(text) = located(place, &given) {
            prop_assert!(is_within(&text, place), "{given} became {text}");
        }
    }

    #[test]
    fn pieces_of_paths_and_addresses_stay_within_too(
        place in place(),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "..", ".", "/", "//", "%2e", "%252e", "%2f", "\\", "?", "#", "@", ":", "443", "https://", "http://",
            "stelb.blob.core.windows.net", "evil.example", "queries", "results", "blast-db", "x", "core_nt", "\u{ff0e}",
            " ", "\n", "$(x)",
        ]), 0..8),
    ) {
        let given = pieces.concat();
        if let Ok(text) = located(place, &given) {
            prop_assert!(is_within(&text, place), "{given} became {text}");
            prop_assert!(!given.contains('%') && !given.contains('\\') && !given.contains(".."));
        }
    }

    #[test]
    fn a_plain_path_is_taken_as_it_is(segments in prop::collection::vec("[a-z][a-z0-9_-]{0,8}[a-z]", 1..4)) {
        let path = segments.join("/");
        let found = located(Place::Results, &path);
        if !["results", "queries", "blast-db"].contains(&segments[0].as_str()) {
            prop_assert_eq!(found, Ok(format!("{ROOT}/results/{path}")));
        }
    }
}
