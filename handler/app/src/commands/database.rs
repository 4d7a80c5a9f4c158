use crate::settings::Settings;
use crate::world::children;
use blastline_azure::Storage;
use blastline_blast::program::Molecule;
use blastline_engine::database::{BuildRequest, Example, Installed, Publisher, install};
use blastline_jobs::database_name::DatabaseName;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// What to do with the catalogue.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Builds a database of a FASTA file and publishes it. Doing it again with the same content changes nothing.
    Add(Box<Add>),
}

/// A database to add.
#[derive(Debug, Args)]
pub struct Add {
    /// Name, as `-db` takes it.
    #[arg(long)]
    name: DatabaseName,
    /// Title for people; the name when left out.
    #[arg(long)]
    title: Option<String>,
    /// What it is good for, in a sentence.
    #[arg(long, default_value = "")]
    description: String,
    /// nucleotide or protein; found out from the sequences when left out.
    #[arg(long, value_parser = molecule)]
    molecule: Option<Molecule>,
    /// The sequences, plain or gzip.
    #[arg(long)]
    fasta: PathBuf,
    /// Lines of `taxid, parent, rank, name`, tab-separated.
    #[arg(long)]
    taxonomy: Option<PathBuf>,
    /// Lines of `accession taxid`.
    #[arg(long)]
    taxid_map: Option<PathBuf>,
    /// Titles name organisms, as UniProt's and NCBI's protein titles do.
    #[arg(long)]
    organisms_in_titles: bool,
    /// Where the data come from.
    #[arg(long, default_value = "own file")]
    source: String,
    /// Date or release of the source.
    #[arg(long, default_value = "")]
    source_date: String,
    /// Licence of the data.
    #[arg(long, default_value = "not stated")]
    licence: String,
    /// Ready-made searches, as a JSON list.
    #[arg(long)]
    examples: Option<PathBuf>,
}

fn molecule(text: &str) -> Result<Molecule, String> {
    match text {
        "nucleotide" => Ok(Molecule::Nucleotide),
        "protein" => Ok(Molecule::Protein),
        _ => Err("has to be nucleotide or protein".to_owned()),
    }
}

/// Does it, and says on standard output what was done.
pub async fn run(settings: Settings, action: Action) -> Result<(), Box<dyn std::error::Error>> {
    let Action::Add(add) = action;
    let storage = Storage::connect(&settings.storage)?;
    for error in storage.bootstrap().await {
        tracing::warn!(%error, "storage could not be prepared");
    }
    std::fs::create_dir_all(&settings.scratch_dir)?;
    let children = children(&settings, std::env::current_exe()?);
    let publisher = Publisher::new(storage.tables(), storage.blobs());
    let request = add.request()?;
    let name = request.name.clone();
    let installed = install(request, children, &settings.scratch_dir, None, &publisher).await;
    match installed {
        Ok(Installed::Built(manifest)) => {
            println!(
                "{name}: {} sequences, {} letters, version {}",
                manifest.sequences, manifest.letters, manifest.generation
            );
            Ok(())
        }
        Ok(_) => {
            println!("{name}: nothing changed");
            Ok(())
        }
        Err(error) => {
            let fault = error.fault();
            let hint = fault.hint.unwrap_or_default();
            Err(format!("{name}: {} {hint} ({error})", fault.detail).into())
        }
    }
}

impl Add {
    fn request(self) -> Result<BuildRequest, Box<dyn std::error::Error>> {
        let examples = match &self.examples {
            Some(file) => read_examples(file)?,
            None => Vec::new(),
        };
        Ok(BuildRequest {
            title: self.title.unwrap_or_else(|| self.name.to_string()),
            name: self.name,
            description: self.description,
            molecule: self.molecule,
            fasta: self.fasta,
            taxid_map: self.taxid_map,
            taxonomy: self.taxonomy,
            organisms_in_titles: self.organisms_in_titles,
            source: self.source,
            source_date: self.source_date,
            licence: self.licence,
            examples,
        })
    }
}

fn read_examples(file: &Path) -> Result<Vec<Example>, Box<dyn std::error::Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}
