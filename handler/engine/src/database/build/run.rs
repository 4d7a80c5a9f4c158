//! Running `makeblastdb` and proving what came out.

use super::{
    super::{
        digest::{of_file, off_runtime},
        manifest::{Manifest, ManifestFile, TAXONOMY_FILE},
    },
    BuildError, Prepared, info, said,
    workplace::Workplace,
};
use blastline_blast::program::Molecule;
use blastline_jobs::ports::{ChildSpec, Children};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};
use time::OffsetDateTime;

const MAKEBLASTDB: &str = "makeblastdb";
const BLASTDBCMD: &str = "blastdbcmd";

/// Memory of the programs beside the map below, in bytes.
const MEMORY_BYTES: u64 = 2 << 30;

/// Address space that is mapped for the table of names, in bytes: at the least, and for each sequence. BLAST+ maps
/// more than a memory limit allows if it is not told; the file is cut to what was used.
const NAME_MAP_BYTES: u64 = 64 << 20;
const NAME_MAP_BYTES_EACH: u64 = 1024;

/// Longest part of a program's output that is read, in bytes.
const MAX_OUTPUT: u64 = 64 * 1024;

/// A generation that was built and counted, not yet published. Its files go with it when it is dropped.
#[derive(Debug)]
pub struct BuiltDatabase {
    /// What it is; `folder` is set when it is published.
    pub manifest: Manifest,
    /// What `makeblastdb` remarked beside its success, in one line; usually empty.
    pub remarks: String,
    files: PathBuf,
    _work: Arc<Workplace>,
}

impl BuiltDatabase {
    /// The local file of an entry of the manifest.
    pub fn file(&self, file: &ManifestFile) -> PathBuf {
        self.files.join(&file.name)
    }

    /// As if `makeblastdb` had written these files.
    #[cfg(test)]
    pub(in crate::database) fn of(manifest: Manifest, files: &Path) -> Self {
        let work = Workplace::new(files).unwrap();
        Self { manifest, remarks: String::new(), files: files.to_owned(), _work: Arc::new(work) }
    }
}

impl Prepared {
    /// Builds the database and checks that it holds what was read. `bin_dir` is where BLAST+ lies when it is not on
    /// the path. Dropping the future ends the programs.
    pub async fn build(
        self,
        children: &dyn Children,
        bin_dir: Option<&Path>,
        created_at: OffsetDateTime,
    ) -> Result<BuiltDatabase, BuildError> {
        let prepared = Arc::new(self);
        let files = prepared.work.path().join("files");
        fs::create_dir(&files)?;
        let made = prepared.run(children, bin_dir, MAKEBLASTDB, prepared.makeblastdb_args(), &files).await?;
        let blamed = Arc::clone(&prepared);
        let remarks = off_runtime(move || {
            Ok(match made.judged {
                Ok(()) => Ok(said::quote(&made.stderr)),
                Err(error) => Err(said::about_a_sequence(error, &made.stderr, &blamed)?),
            })
        })
        .await??;
        let asked = vec!["-db".to_owned(), prepared.request.name.to_string(), "-info".to_owned()];
        let told = prepared.run(children, bin_dir, BLASTDBCMD, asked, &files).await?;
        told.judged?;
        let went_in = (prepared.sequences, prepared.letters);
        let came_out = info::sizes(&told.stdout);
        if came_out != Some(went_in) {
            return Err(BuildError::Differs { went_in, came_out, said: remarks });
        }
        if let Some(taxonomy) = prepared.taxonomy_file() {
            fs::copy(taxonomy, files.join(TAXONOMY_FILE))?;
        }
        let folder = files.clone();
        let listed = off_runtime(move || list(&folder)).await?;
        let manifest = Manifest { files: listed, ..prepared.description(created_at) };
        Ok(BuiltDatabase { manifest, remarks, files, _work: Arc::clone(&prepared.work) })
    }

    fn name_map_bytes(&self) -> u64 {
        NAME_MAP_BYTES + self.sequences.saturating_mul(NAME_MAP_BYTES_EACH)
    }

    fn makeblastdb_args(&self) -> Vec<String> {
        let kind = match self.molecule {
            Molecule::Nucleotide => "nucl",
            Molecule::Protein => "prot",
        };
        let title: String =
            self.request.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name = self.request.name.as_str();
        let mut args: Vec<String> =
            ["-dbtype", kind, "-parse_seqids", "-blastdb_version", "5", "-out", name, "-in"]
                .map(str::to_owned)
                .to_vec();
        args.push(self.sequences_file().display().to_string());
        if let Some(taxids) = self.taxids_file() {
            args.extend(["-taxid_map".to_owned(), taxids.display().to_string()]);
        }
        args.extend(["-title".to_owned(), if title.trim().is_empty() { name.to_owned() } else { title }]);
        args
    }

    async fn run(
        &self,
        children: &dyn Children,
        bin_dir: Option<&Path>,
        program: &'static str,
        args: Vec<String>,
        dir: &Path,
    ) -> Result<Ran, BuildError> {
        let output = |kind: &str| self.work.path().join(format!("{program}.{kind}"));
        let spec = ChildSpec {
            program: bin_dir
                .map_or_else(|| program.to_owned(), |dir| dir.join(program).display().to_string()),
            args,
            env: vec![
                ("BLASTDB_LMDB_MAP_SIZE".to_owned(), self.name_map_bytes().to_string()),
                // Newer releases report each run to NCBI unless told not to.
                ("BLAST_USAGE_REPORT".to_owned(), "false".to_owned()),
                ("BLASTDB".to_owned(), dir.display().to_string()),
            ],
            dir: dir.to_owned(),
            stdout: output("out"),
            stderr: output("err"),
            // Two tables are mapped: of names, and of taxa.
            memory_bytes: MEMORY_BYTES + self.name_map_bytes().saturating_mul(2),
        };
        let exit = children.spawn(&spec).await?.wait().await?;
        let (stdout, stderr) = (head(&spec.stdout)?, head(&spec.stderr)?);
        Ok(Ran { judged: said::judge(program, exit, &stderr), stdout, stderr })
    }

    /// The manifest of what would be built, without files.
    pub(in crate::database) fn description(&self, created_at: OffsetDateTime) -> Manifest {
        let request = &self.request;
        let has_taxonomy = request.taxonomy.is_some() && request.taxid_map.is_some();
        Manifest {
            schema_version: Manifest::CURRENT,
            name: request.name.clone(),
            generation: self.generation.clone(),
            folder: String::new(),
            title: request.title.clone(),
            description: request.description.clone(),
            molecule: self.molecule,
            sequences: self.sequences,
            letters: self.letters,
            blastdb_version: 5,
            files: Vec::new(),
            source: request.source.clone(),
            source_date: request.source_date.clone(),
            licence: request.licence.clone(),
            created_at,
            has_taxonomy,
            has_organisms: has_taxonomy || request.organisms_in_titles,
            examples: request.examples.clone(),
        }
    }
}

struct Ran {
    judged: Result<(), BuildError>,
    stdout: String,
    stderr: String,
}

fn head(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_OUTPUT).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn list(dir: &Path) -> io::Result<Vec<ManifestFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name =
            entry.file_name().into_string().map_err(|_| io::Error::other("a file's name is no text"))?;
        let (size_bytes, sha256) = of_file(&entry.path())?;
        files.push(ManifestFile { name, size_bytes, sha256 });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
