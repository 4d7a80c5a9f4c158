use async_trait::async_trait;
use blastline_jobs::ports::{Child, ChildSpec, Children};
use std::{io, path::PathBuf, sync::Arc};

/// Looks programs up in one folder instead of on the search path.
#[derive(Clone)]
pub struct ProgramFolder {
    inner: Arc<dyn Children>,
    folder: PathBuf,
}

impl ProgramFolder {
    /// Programs of `folder`, started by `inner`.
    pub fn new(inner: Arc<dyn Children>, folder: PathBuf) -> Self {
        Self { inner, folder }
    }
}

#[async_trait]
impl Children for ProgramFolder {
    async fn spawn(&self, spec: &ChildSpec) -> io::Result<Box<dyn Child>> {
        let program = self.folder.join(&spec.program).display().to_string();
        self.inner.spawn(&ChildSpec { program, ..spec.clone() }).await
    }
}
