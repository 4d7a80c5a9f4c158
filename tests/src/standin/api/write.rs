//! Creating and changing objects.

use super::{Failure, decode};
use crate::standin::{
    check::{Causes, Rules, metadata},
    objects::{ObjectMeta, Time},
    store::{Kept, World},
};

/// Parameters of writes.
pub const WRITE_PARAMS: &[&str] = &["fieldValidation", "fieldManager", "dryRun", "pretty", "force"];

/// Namespaces that are there.
const NAMESPACES: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// Creates an object from a body.
pub fn create<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    body: &[u8],
    dry: bool,
) -> Result<K, Failure> {
    create_object(world, namespace, decode::object::<K>(body)?, dry)
}

/// Creates an object.
pub fn create_object<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    mut object: K,
    dry: bool,
) -> Result<K, Failure> {
    place(object.meta_mut(), K::NAMESPACED, namespace)?;
    let now = world.now();
    let meta = object.meta_mut();
    if meta.resource_version.as_ref().is_some_and(|version| !version.is_empty()) {
        return Err(Failure::bad_request("resourceVersion should not be set on objects to be created"));
    }
    if meta.name.is_empty()
        && let Some(prefix) = &meta.generate_name
    {
        meta.name = generated(prefix);
    }
    meta.uid = Some(uid());
    meta.creation_timestamp = Some(Time::at(now));
    meta.deletion_timestamp = None;
    meta.deletion_grace_period_seconds = None;
    object.fill();
    object.complete();
    look(&object, None)?;
    let name = object.meta().name.clone();
    if world.get::<K>(namespace, &name).is_some() {
        return Err(Failure::exists::<K>(&name));
    }
    if let Some(quota) = world.quotas.refuses(world, &object) {
        return Err(Failure::quota::<K>(&name, &quota));
    }
    Ok(if dry { object } else { world.add(object) })
}

/// Replaces an object (`PUT`).
pub fn replace<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    name: &str,
    body: &[u8],
    dry: bool,
) -> Result<K, Failure> {
    let object = decode::object::<K>(body)?;
    let given = &object.meta().name;
    if given != name {
        let message = format!("the name of the object ({given}) does not match the name on the URL ({name})");
        return Err(Failure::bad_request(message));
    }
    let unversioned = object.meta().resource_version.as_deref().unwrap_or_default().is_empty();
    if K::KIND == "Lease" && unversioned {
        // A Lease is created by a PUT where it is not there, and never overwritten unseen.
        if world.get::<K>(namespace, name).is_none() {
            return create_object(world, namespace, object, dry);
        }
        let mut wrong = Causes::default();
        wrong.invalid("metadata.resourceVersion", 0, "must be specified for an update");
        Failure::invalid::<K>(name, wrong)?;
    }
    change(world, namespace, name, object, dry)
}

/// Writes an object over the one that is there.
pub fn change<K: Kept + Rules>(
    world: &mut World,
    namespace: &str,
    name: &str,
    mut object: K,
    dry: bool,
) -> Result<K, Failure> {
    place(object.meta_mut(), K::NAMESPACED, namespace)?;
    let before = world.get::<K>(namespace, name).cloned().ok_or_else(|| Failure::not_found::<K>(name))?;
    let (old, new) = (before.meta(), object.meta_mut());
    if new.uid.as_ref().is_some_and(|uid| !uid.is_empty() && uid != old.uid()) {
        return Err(Failure::precondition::<K>(name, "UID", new.uid(), old.uid()));
    }
    let version = new.resource_version.as_deref().unwrap_or_default();
    if !version.is_empty() && Some(version) != old.resource_version.as_deref() {
        return Err(Failure::conflict::<K>(name));
    }
    new.uid.clone_from(&old.uid);
    new.creation_timestamp = old.creation_timestamp;
    new.deletion_timestamp = old.deletion_timestamp;
    new.deletion_grace_period_seconds = old.deletion_grace_period_seconds;
    new.generation = old.generation;
    new.resource_version.clone_from(&old.resource_version);
    object.keep(&before);
    object.fill();
    look(&object, Some(&before))?;
    if object == before || dry {
        return Ok(object);
    }
    if object.meta().deletion_timestamp.is_some() && object.meta().finalizers.is_empty() && K::KIND != "Pod" {
        world.remove::<K>(namespace, name);
        return Ok(object);
    }
    Ok(world.change(object))
}

fn look<K: Rules>(object: &K, before: Option<&K>) -> Result<(), Failure> {
    let mut wrong = Causes::default();
    metadata::<K>(object.meta(), &mut wrong);
    object.check(&mut wrong);
    if let Some(before) = before {
        object.check_change(before, &mut wrong);
    }
    Failure::invalid::<K>(&object.meta().name, wrong)
}

fn place(meta: &mut ObjectMeta, namespaced: bool, namespace: &str) -> Result<(), Failure> {
    if !namespaced {
        meta.namespace = None;
        return Ok(());
    }
    if !NAMESPACES.contains(&namespace) {
        return Err(Failure::new(404, "NotFound", format!("namespaces {namespace:?} not found")));
    }
    match meta.namespace.as_deref() {
        None | Some("") => meta.namespace = Some(namespace.to_owned()),
        Some(given) if given == namespace => {}
        Some(_) => {
            return Err(Failure::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
    }
    Ok(())
}

/// A name from what it begins with, of which at most 58 characters are kept, and five letters.
pub fn generated(prefix: &str) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random: [u8; 5] = rand::random();
    let letters: String =
        random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    format!("{}{letters}", prefix.get(..58).unwrap_or(prefix))
}

/// A unique id (RFC 9562, version 4).
pub fn uid() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
