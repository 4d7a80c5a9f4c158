//! Searches on a cluster in a format of their own: one file, as BLAST+ itself would have written it.

use blastline_tests::chain::{
    Chain, Database,
    api::problem,
    cluster::Clustered,
    samples::fasta,
    searches::{orchid_pieces, search},
};
use futures::future::join_all;
use reqwest::header::CONTENT_DISPOSITION;
use serde_json::{Value, json};

/// Formats, with what their files end with.
const FORMATS: [(&str, &str); 4] =
    [("5", "xml"), ("6 qseqid saccver pident evalue bitscore", "tsv"), ("15", "json"), ("0", "txt")];

#[tokio::test(flavor = "multi_thread")]
async fn a_search_in_a_format_of_its_own_gives_the_file_that_blast_itself_writes() {
    let clustered = Clustered::start(Chain::plan().database(Database::orchids()), |cluster| cluster).await;
    let api = &clustered.chain.api;
    let queries = orchid_pieces(30, 20);
    let ids = join_all(FORMATS.map(|(outfmt, _)| {
        let mut search = search("blastn", Database::orchids().name, &queries);
        search["outfmt"] = json!(outfmt);
        let clustered = &clustered;
        async move { clustered.submit(&search).await }
    }));
    let ids = ids.await;
    // BLAST+ itself reads the database from the cache, where a search on this machine has put it.
    let here = api.submit(&search("blastn", Database::orchids().name, &orchid_pieces(1, 20))).await.job_id;
    api.completed(&here).await;
    for (id, (outfmt, extension)) in ids.iter().zip(FORMATS) {
        let job = api.completed(id).await;
        let told: Value = api.read(&format!("/api/blast/jobs/{id}")).await;
        assert!(told["elastic"]["batches"].as_u64().unwrap() > 1, "{told}");
        assert_eq!(
            (&told["shows_hits"], &told["elastic"]["outfmt"]["value"]),
            (&json!(false), &json!(outfmt))
        );
        let direct = clustered.chain.direct(&job, &fasta(&queries)).run("blastn", &[], outfmt);
        assert!(direct.lines().count() > 10, "the query is no good test");
        let file = api.get(&format!("/api/blast/jobs/{id}/results/export?format=result_file")).await;
        let name = file.headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert_eq!(name, format!("attachment; filename=\"{id}.{extension}\""));
        assert_eq!(file.text().await.unwrap(), direct, "{outfmt}");
        let manifest: Value = api.read(&format!("/api/blast/jobs/{id}/results")).await;
        assert_eq!(manifest["files"][0]["name"], json!(format!("{id}.{extension}.gz")), "{manifest}");
        assert_eq!(manifest["formats"][0]["format"], json!("result_file"));
        assert_eq!(
            (&manifest["shows_hits"], manifest["formats"].as_array().unwrap().len()),
            (&json!(false), 1)
        );
        assert!(manifest["hits_absent"].is_string(), "{manifest}");
        for absent in ["hits", "alignments", "export?format=tsv"] {
            let refused = api.get(&format!("/api/blast/jobs/{id}/results/{absent}")).await;
            assert_eq!(problem(refused, 409).await.code, "results_in_own_format", "{absent}");
        }
    }
}
