use super::Yard;
use crate::elastic::batches::QueryPlaces;
use crate::serverless::ResultPaths;
use blastline_blast::elastic::BatchPlan;
use blastline_blast::elastic::fill::fill_up;
use blastline_blast::elastic::split::split;
use blastline_blast::program::Program;

/// Characters of each sequence as ElasticBLAST counts them.
fn counted(fasta: &str) -> Vec<u64> {
    let lines = |record: &str| record.lines().skip(1).map(|line| line.len() as u64).sum();
    fasta.split('>').skip(1).map(lines).collect()
}

#[tokio::test]
async fn the_file_of_a_translated_search_is_cut_where_its_batches_end() {
    let yard = Yard::new();
    let job = yard.submit(200).await;
    let mut row = yard.job(&job).await;
    row.program = Program::Blastx;
    row.elastic.as_mut().unwrap().batch_letters = 40_000;
    let path = ResultPaths::of(&job).query(&row.query_digest).unwrap();
    let stored = yard.house.deps.blobs.get_range(&path, 0..row.query_bytes).await.unwrap();
    let blanks = QueryPlaces::read(&yard.house.deps, &row).await.unwrap().blanks(&row);
    let mut file = Vec::new();
    fill_up(&mut stored.as_ref(), &blanks, &mut file).unwrap();
    let file = String::from_utf8(file).unwrap();
    let letters = counted(std::str::from_utf8(&stored).unwrap());
    let plan = BatchPlan::with_batch_len(Program::Blastx, &letters, 40_000);
    let queries =
        |parts: &[blastline_blast::plan::Part]| parts.iter().map(|part| part.count).collect::<Vec<_>>();
    assert_eq!(queries(&split(&counted(&file), 40_000)), queries(&plan.batches));
    assert_ne!(
        queries(&split(&letters, 40_000)),
        queries(&plan.batches),
        "without blanks it is cut elsewhere"
    );
    assert_eq!(file.replace(' ', ""), std::str::from_utf8(&stored).unwrap());
}

#[tokio::test]
async fn the_file_of_another_search_is_what_was_stored() {
    let yard = Yard::new();
    let job = yard.submit(200).await;
    let mut row = yard.job(&job).await;
    row.elastic.as_mut().unwrap().batch_letters = 40_000;
    assert_eq!(QueryPlaces::read(&yard.house.deps, &row).await.unwrap().blanks(&row), []);
}
