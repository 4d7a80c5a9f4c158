//! Sequences that cannot be searched are refused, with what is wrong and where.

use blastline_tests::chain::{
    Chain, Database,
    api::{answer, problem},
    searches::{orchid_pieces, search},
    shapes::{FieldProblem, PreFlight},
};
use reqwest::StatusCode;
use serde_json::json;

/// A query, the program it is for, and what its refusal has to say.
struct Refused {
    program: &'static str,
    query: &'static str,
    code: &'static str,
    /// Words of the problem's detail or hint.
    says: &'static [&'static str],
    place: (Option<u64>, Option<u64>),
}

const PROTEIN: &str = ">enzyme one\nMKTWLEQRSGNDAVHICYFPTKELMQRWNSGADVHYICFPTKMELW\n";
const NUCLEOTIDE: &str = ">barcode one\nACGATTGCCAGTACCTGAATCGGATCTTACGCAGTCAGGTCAACTGATT\n";

const REFUSED: &[Refused] = &[
    Refused { program: "blastn", query: "", code: "empty", says: &["empty", "Paste"], place: (None, None) },
    Refused {
        program: "blastn",
        query: " \n\t\r\n\n",
        code: "only_blanks",
        says: &["blank"],
        place: (None, None),
    },
    Refused {
        program: "blastn",
        query: ">a\n>b\n",
        code: "only_headers",
        says: &["no sequence"],
        place: (None, None),
    },
    Refused {
        program: "blastn",
        query: ">a\nACGTACGTACGT\n>b\n",
        code: "header_without_sequence",
        says: &["“b”"],
        place: (Some(3), None),
    },
    Refused {
        program: "blastn",
        query: PROTEIN,
        code: "wrong_molecule",
        says: &["“enzyme”", "protein", "tblastn"],
        place: (Some(1), None),
    },
    Refused {
        program: "blastp",
        query: NUCLEOTIDE,
        code: "wrong_molecule",
        says: &["“barcode”", "nucleotide", "blastx"],
        place: (Some(1), None),
    },
    Refused {
        program: "blastn",
        query: ">barcode one\nACGATTGCCAGTACCTGAAT\n>enzyme two\nMKTWLEQRSGNDAVHICYFPTKELMQRWNSG\n",
        code: "wrong_molecule",
        says: &["“enzyme”", "protein"],
        place: (Some(3), None),
    },
    Refused {
        program: "blastn",
        query: ">first\nACGTACGT\n>second sample\nACGTACGT\nACGT!CGT\n",
        code: "illegal_letter",
        says: &["“second”", "“!”", "line 5, column 5"],
        place: (Some(5), Some(5)),
    },
    Refused {
        program: "blastp",
        query: ">first\nMKTW\r\nMK7W\r\n",
        code: "illegal_letter",
        says: &["“first”", "“7”"],
        place: (Some(3), Some(3)),
    },
    Refused {
        program: "blastn",
        query: "@r1\nACGT\n+\nIIII\n",
        code: "fastq",
        says: &["FASTQ"],
        place: (None, None),
    },
];

fn check(case: &Refused, error: &FieldProblem) {
    let at = format!("{:?}", case.query);
    assert_eq!((error.field.as_str(), error.code.as_str()), ("query_data", case.code), "{at}");
    if case.place.0.is_some() {
        assert_eq!((error.line, error.column.filter(|_| case.place.1.is_some())), case.place, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sequences_that_cannot_be_searched_are_refused_with_what_is_wrong_and_where() {
    let chain = Chain::plan().database(Database::orchids()).database(Database::proteins(50)).start().await;
    for case in REFUSED {
        let database = if case.program == "blastp" { "proteins" } else { "orchid_its" };
        let search = json!({"program": case.program, "database": database, "query_data": case.query});
        let told = problem(chain.api.post("/api/blast/jobs", &search).await, 422).await;
        assert_eq!(told.code, "invalid_query_fasta", "{:?}", case.query);
        let words = format!("{} {}", told.detail, told.hint.as_deref().unwrap_or_default());
        for word in case.says {
            assert!(words.contains(word), "{:?}: {words} does not say {word}", case.query);
        }
        assert_eq!(told.errors.len(), 1, "{told:?}");
        check(case, &told.errors[0]);
        // Pre-flight says the same and is no error.
        let response = chain.api.post("/api/blast/pre-flight", &search).await;
        let seen: PreFlight = answer(response, StatusCode::OK).await;
        assert!(!seen.ready && seen.decision == "would_reject", "{:?}", case.query);
        check(case, &seen.errors[0]);
    }
    let none = problem(
        chain.api.post("/api/blast/jobs", &json!({"program": "blastn", "db": "orchid_its"})).await,
        422,
    );
    assert_eq!(none.await.code, "invalid_query_fasta", "no query at all");
    let twice =
        json!({"program": "blastn", "db": "orchid_its", "query_data": NUCLEOTIDE, "query_fasta": NUCLEOTIDE});
    let twice = problem(chain.api.post("/api/blast/jobs", &twice).await, 422).await;
    assert_eq!(twice.code, "conflicting_query_sources");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_occur_twice_are_taken_and_kept_apart() {
    let chain = Chain::with(Database::orchids()).await;
    let mut query = orchid_pieces(3, 40);
    query[2].header = query[0].header.clone();
    let search = search("blastn", "orchid_its", &query);
    let seen: PreFlight =
        answer(chain.api.post("/api/blast/pre-flight", &search).await, StatusCode::OK).await;
    assert!(seen.ready, "{:?}", seen.errors);
    assert_eq!(seen.query.unwrap().duplicate_ids, 1);
    let check = seen.checks.iter().find(|check| check.id == "query").unwrap();
    assert_eq!(check.status, "warn", "{check:?}");
    assert!(check.detail.contains("position"), "{}", check.detail);
    let id = chain.api.submit(&search).await.job_id;
    let job = chain.api.completed(&id).await;
    assert_eq!(job.payload.unwrap().query.duplicate_ids, 1);
    for query in 0..3 {
        let path = format!("/api/blast/jobs/{id}/results/hits?query={query}");
        let page: serde_json::Value = chain.api.read(&path).await;
        let hits = page["hits"].as_array().unwrap();
        assert!(!hits.is_empty() && hits.iter().all(|hit| hit["query"] == query), "{page}");
    }
}
