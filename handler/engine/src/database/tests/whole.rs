//! From FASTA to hits, with BLAST+.

use super::{super::*, blobs, tables};
use crate::child::{HandlerChildren, tests::roles};
use blastline_blast::program::{Molecule, Program};
use blastline_jobs::database_name::DatabaseName;
use std::{fs, path::Path, process::Command, sync::Arc};
use tempfile::TempDir;

const FASTA: &str = ">C.irapeanum 5.8S and ITS\n\
    CGTAACAAGGTTTCCGTAGGTGAACCTGCGGAAGGATCATTGATGAGACCGTGGAATAAACGATCGAGTG\n\
    AATCCGGAGGACCGGTGTACTCAGCTCACCGGGGGCATTGCTCCCGTGGTGACCCTGATTTGTTGTTGGG\n\
    >C.californicum other\n\
    GATTTTATCAGGGATCTGAAGACCCACAGGGCTTGTCCCATGAAAGCGTCACTGGAATATGACATGATCCA\n";

pub(super) fn request(dir: &Path, fasta: &str) -> BuildRequest {
    fs::write(dir.join("in.fa"), fasta).unwrap();
    fs::write(dir.join("taxids"), "C.irapeanum\t49711\nC.californicum\t53035\n").unwrap();
    let taxa = "1\t1\tno rank\troot\n49711\t1\tspecies\tCypripedium irapeanum\n\
        53035\t1\tspecies\tCypripedium californicum\n";
    fs::write(dir.join("taxa"), taxa).unwrap();
    BuildRequest {
        name: "orchids-ITS.1".parse().unwrap(),
        title: "Slipper orchids (ITS), \"x\" -n $(y)".to_owned(),
        description: "Which orchid is this?".to_owned(),
        molecule: None,
        fasta: dir.join("in.fa"),
        taxid_map: Some(dir.join("taxids")),
        taxonomy: Some(dir.join("taxa")),
        organisms_in_titles: false,
        source: "a test".to_owned(),
        source_date: "2022".to_owned(),
        licence: "CC0-1.0".to_owned(),
        examples: vec![Example {
            id: "which-orchid".to_owned(),
            title: "Which orchid is this?".to_owned(),
            description: "A piece of ITS".to_owned(),
            program: Program::Blastn,
            query: ">q\nACGT".to_owned(),
            answer: "A lady's slipper".to_owned(),
        }],
    }
}

#[tokio::test]
async fn from_fasta_to_hits_and_a_second_time_nothing() {
    let dir = TempDir::new().unwrap();
    let children = Arc::new(HandlerChildren::new(roles()));
    let (tables, blobs) = (Arc::new(tables()), Arc::new(blobs()));
    let publisher = Publisher::new(tables.clone(), blobs.clone());
    let work = dir.path().join("work");
    let run = || install(request(dir.path(), FASTA), children.clone(), &work, None, &publisher);
    let Installed::Built(built) = run().await.unwrap() else { panic!("it was not built") };
    assert_eq!((built.sequences, built.letters, built.molecule), (2, 211, Molecule::Nucleotide));
    assert!(built.has_taxonomy && built.has_organisms);
    assert_eq!(fs::read_dir(&work).unwrap().count(), 1, "the work is cleaned up but for one lock file");
    assert_eq!(run().await.unwrap(), Installed::AlreadyLive);
    let renamed = BuildRequest { title: "Orchids".to_owned(), ..request(dir.path(), FASTA) };
    let renamed = install(renamed, children.clone(), &work, None, &publisher).await.unwrap();
    assert_eq!(renamed, Installed::Switched(built.clone()), "a new title needs no new build");

    let catalogue = Catalogue::new(tables, blobs.clone());
    let listed = catalogue.list().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].state, listed[0].size_bytes), (DatabaseState::Ready, built.size_bytes()));
    assert_eq!(listed[0].title, "Orchids");
    assert_eq!(listed[0].examples, request(dir.path(), FASTA).examples);
    let manifest = catalogue.resolve(&listed[0].name, None).await.unwrap();
    assert_eq!(*manifest, built);

    let cache = Cache::new(dir.path().join("cache"), 10 << 20);
    let cached = cache.acquire(&manifest, &*blobs).await.unwrap();
    let query = dir.path().join("q.fa");
    fs::write(&query, ">q\nAATCCGGAGGACCGGTGTACTCAGCTCACCGGGGGCATTGCTCCCGTGGTGACCC\n").unwrap();
    let ran = Command::new("blastn")
        .args(["-db", "orchids-ITS.1", "-outfmt", "6 sseqid pident staxid", "-query"])
        .arg(query)
        .env("BLASTDB", cached.dir())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "C.irapeanum\t100.000\t49711\n");
    let taxonomy = Taxonomy::load(&cached.dir().join(TAXONOMY_FILE)).unwrap();
    assert_eq!(taxonomy.name(49711), Some("Cypripedium irapeanum"));
}

#[tokio::test]
async fn a_refused_text_is_told_in_the_catalogue_and_a_live_database_stays() {
    let dir = TempDir::new().unwrap();
    let children = Arc::new(HandlerChildren::new(roles()));
    let (tables, blobs) = (Arc::new(tables()), Arc::new(blobs()));
    let publisher = Publisher::new(tables.clone(), blobs.clone());
    let catalogue = Catalogue::new(tables, blobs);
    let name: DatabaseName = "orchids-ITS.1".parse().unwrap();
    let run = async |fasta: &str| {
        install(request(dir.path(), fasta), children.clone(), dir.path(), None, &publisher).await
    };
    let twice = format!("{FASTA}>c.Irapeanum again\nACGTACGT\n");
    let failed = run(&twice).await.unwrap_err().fault().detail;
    assert!(failed.contains("line 1 and line 6"), "{failed}");
    let entry = catalogue.get(&name).await.unwrap().unwrap();
    assert_eq!((entry.state, &entry.state_detail, entry.live()), (DatabaseState::Failed, &failed, None));
    let refused = catalogue.resolve(&name, None).await.unwrap_err();
    assert!(refused.fault().detail.ends_with(&failed), "{refused}");

    run(FASTA).await.unwrap();
    let live = catalogue.get(&name).await.unwrap().unwrap();
    assert_eq!((live.state, live.state_detail.as_str()), (DatabaseState::Ready, ""));
    run(&twice).await.unwrap_err();
    let after = catalogue.get(&name).await.unwrap().unwrap();
    assert_eq!(
        (after.live(), after.state, &after.state_detail),
        (live.live(), DatabaseState::Ready, &failed)
    );
    let unknown = catalogue.resolve(&"orchid-ITS.1".parse().unwrap(), None).await.unwrap_err();
    assert_eq!(unknown.fault().hint.as_deref(), Some("Did you mean “orchids-ITS.1”?"));
}
