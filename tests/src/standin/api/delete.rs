//! Deleting objects.

use super::{DeleteOptions, Failure, Propagation, failure::done, read::whole_list};
use crate::standin::{
    check::Rules,
    objects::{Kind, Pod, Time},
    store::{Kept, World, written},
};

/// Parameters of deletions.
pub const DELETE_PARAMS: &[&str] = &[
    "labelSelector",
    "fieldSelector",
    "limit",
    "continue",
    "resourceVersion",
    "resourceVersionMatch",
    "propagationPolicy",
    "gracePeriodSeconds",
    "timeoutSeconds",
    "dryRun",
    "pretty",
];

/// The finalizer of an object whose pods go before it.
pub const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an object whose pods are let go.
pub const ORPHAN: &str = "orphan";

/// Deletes one object; the answer's body.
pub fn delete<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    name: &str,
    options: &DeleteOptions,
) -> Result<String, Failure> {
    let object = world.get::<K>(namespace, name).cloned().ok_or_else(|| Failure::not_found::<K>(name))?;
    if let Some(wanted) = &options.preconditions {
        let meta = object.meta();
        if let Some(uid) = wanted.uid.as_deref().filter(|uid| *uid != meta.uid()) {
            return Err(Failure::precondition::<K>(name, "UID", uid, meta.uid()));
        }
        let version = meta.resource_version.as_deref().unwrap_or_default();
        if let Some(wanted) = wanted.resource_version.as_deref().filter(|wanted| *wanted != version) {
            return Err(Failure::precondition::<K>(name, "ResourceVersion", wanted, version));
        }
    }
    let propagation = options.propagation::<K>()?;
    if !options.dry_run.is_empty() {
        return Ok(written(object));
    }
    Ok(match let_go::<K>(world, &object, propagation, options.grace_period_seconds) {
        Some(still_there) => written(still_there),
        None => done::<K>(name, object.meta().uid()),
    })
}

/// Deletes those that are given; the answer's body.
pub fn delete_all<K: Kept + Rules>(
    world: &mut World,
    objects: &[K],
    options: &DeleteOptions,
) -> Result<String, Failure> {
    let propagation = options.propagation::<K>()?;
    if options.dry_run.is_empty() {
        for object in objects {
            let_go::<K>(world, object, propagation, options.grace_period_seconds);
        }
    }
    Ok(whole_list(objects, world.version))
}

/// Removes an object, or marks it where something has to happen before; gives what is still there.
fn let_go<K: Kept + Kind>(
    world: &mut World,
    object: &K,
    propagation: Propagation,
    grace: Option<i64>,
) -> Option<K> {
    let (namespace, name) = (object.meta().namespace().to_owned(), object.meta().name.clone());
    let is_pod = K::KIND == Pod::KIND;
    let finalizer = match propagation {
        Propagation::Foreground => Some(FOREGROUND),
        // Only what owns something has something to let go.
        Propagation::Orphan if K::KIND == "Job" => Some(ORPHAN),
        Propagation::Orphan | Propagation::Background => None,
    };
    let waits = (is_pod && grace != Some(0)) || finalizer.is_some_and(|_| !is_pod);
    if !waits && object.meta().finalizers.is_empty() {
        world.remove::<K>(&namespace, &name);
        return None;
    }
    let grace = if is_pod { grace.unwrap_or(30) } else { 0 };
    let moment = Time::at(world.now() + time::Duration::seconds(grace));
    world.alter::<K>(&namespace, &name, |object| {
        let meta = object.meta_mut();
        meta.deletion_timestamp.get_or_insert(moment);
        meta.deletion_grace_period_seconds.get_or_insert(grace);
        if let Some(finalizer) =
            finalizer.filter(|known| !is_pod && !meta.finalizers.iter().any(|f| f == known))
        {
            meta.finalizers.push(finalizer.to_owned());
        }
    });
    world.get::<K>(&namespace, &name).cloned()
}
