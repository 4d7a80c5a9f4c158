//! A container's file system on this machine: only what is mounted.

use crate::standin::{
    objects::{ConfigMap, Container, Pod, Secret, Volume},
    shared::Shared,
    store::World,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Where a container writes its last words, if it has not said another place.
pub const TERMINATION_LOG: &str = "/dev/termination-log";
/// Where the identity's token is.
pub const IDENTITY_TOKEN: &str = "/var/run/secrets/azure/tokens/azure-identity-token";

/// A Secret or ConfigMap that is mounted and is not there.
pub fn missing(world: &World, pod: &Pod) -> Option<String> {
    pod.spec.volumes.iter().find_map(|volume| {
        let namespace = pod.metadata.namespace();
        let secret = volume.secret.as_ref().filter(|secret| secret.optional != Some(true));
        let secret = secret.filter(|secret| {
            let found = world.get::<Secret>(namespace, &secret.secret_name);
            found.is_none_or(|found| !secret.items.iter().all(|item| found.data.contains_key(&item.key)))
        });
        let map = volume.config_map.as_ref().filter(|map| map.optional != Some(true));
        let map = map.filter(|map| world.get::<ConfigMap>(namespace, &map.name).is_none());
        secret.map(|secret| secret.secret_name.clone()).or(map.map(|map| map.name.clone()))
    })
}

/// Lays a pod's volumes out.
pub fn mount(shared: &Shared, pod: &Pod, dir: &Path) {
    for volume in &pod.spec.volumes {
        let place = of_volume(shared, pod, dir, volume);
        fs::create_dir_all(&place).unwrap();
        for (name, bytes) in files(shared, pod, volume) {
            fs::write(place.join(name), bytes).unwrap();
        }
    }
    let token = dir.join("identity-token");
    fs::create_dir_all(dir).unwrap();
    fs::write(token, "eyJhbGciOiJub25lIn0.e30.").unwrap();
}

fn files(shared: &Shared, pod: &Pod, volume: &Volume) -> BTreeMap<String, Vec<u8>> {
    let world = shared.world();
    let namespace = pod.metadata.namespace();
    let (data, items) = if let Some(source) = &volume.secret {
        let secret = world.get::<Secret>(namespace, &source.secret_name);
        let decoded = secret.into_iter().flat_map(|secret| &secret.data);
        let decoded = decoded.map(|(key, value)| (key.clone(), STANDARD.decode(value).unwrap()));
        (decoded.collect::<BTreeMap<_, _>>(), &source.items)
    } else if let Some(source) = &volume.config_map {
        let map = world.get::<ConfigMap>(namespace, &source.name);
        let data = map.into_iter().flat_map(|map| &map.data);
        (data.map(|(key, value)| (key.clone(), value.clone().into_bytes())).collect(), &source.items)
    } else {
        return BTreeMap::new();
    };
    if items.is_empty() {
        return data;
    }
    items.iter().filter_map(|item| Some((item.path.clone(), data.get(&item.key)?.clone()))).collect()
}

fn of_volume(shared: &Shared, pod: &Pod, dir: &Path, volume: &Volume) -> PathBuf {
    match &volume.host_path {
        Some(host) => {
            let node = pod.spec.node_name.as_deref().unwrap_or("nowhere");
            shared.dir.join("nodes").join(node).join(host.path.trim_start_matches('/'))
        }
        None => dir.join("volumes").join(&volume.name),
    }
}

/// The mounts of a container, the deepest first: place inside, place on this machine.
pub fn mounts(shared: &Shared, pod: &Pod, container: &Container, dir: &Path) -> Vec<(String, PathBuf)> {
    let mut mounts: Vec<_> = container
        .volume_mounts
        .iter()
        .filter_map(|mount| {
            let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name)?;
            let mut place = of_volume(shared, pod, dir, volume);
            if let Some(sub) = &mount.sub_path {
                place.push(sub);
                fs::create_dir_all(&place).ok()?;
            }
            Some((mount.mount_path.trim_end_matches('/').to_owned(), place))
        })
        .collect();
    mounts.push((TERMINATION_LOG.to_owned(), dir.join(format!("{}.termination-log", container.name))));
    mounts.push((IDENTITY_TOKEN.to_owned(), dir.join("identity-token")));
    mounts.sort_by_key(|(inside, _)| std::cmp::Reverse(inside.len()));
    mounts
}

/// A place inside a container, on this machine. What is not mounted lies in a folder of the container's own.
pub fn outside(shared: &Shared, pod: &Pod, container: &Container, dir: &Path, inside: &str) -> PathBuf {
    let mounts = mounts(shared, pod, container, dir);
    let found = mounts.iter().find_map(|(mount, place)| {
        let rest = inside.strip_prefix(mount.as_str())?;
        match rest.strip_prefix('/') {
            Some(rest) => Some(place.join(rest)),
            None => rest.is_empty().then(|| place.clone()),
        }
    });
    found.unwrap_or_else(|| dir.join(&container.name).join(inside.trim_start_matches('/')))
}
