//! What killed processes left on this machine.

use super::Machine;
use super::finding::Kind;
use super::heal::Cure;
use super::look::Look;
use crate::error::{EngineError, EngineResult};
use crate::scratch;

pub(super) fn folders(look: &mut Look<'_>, machine: &Machine) -> EngineResult<()> {
    for path in scratch::left(&machine.scratch) {
        let detail = "is there, but the process that made it is gone".to_owned();
        look.find(Kind::ScratchLeftover, path.display(), detail, Cure::Scratch);
    }
    let left = machine.cache.leftovers().map_err(EngineError::io("looking at the cache"))?;
    for path in left {
        let detail = "is in the cache of databases, but no process holds it".to_owned();
        look.find(Kind::CacheLeftover, path.display(), detail, Cure::Cache);
    }
    Ok(())
}
