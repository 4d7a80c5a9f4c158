//! Everything that the cluster knows.

mod changes;
mod pages;
mod quotas;
mod shelf;

pub use changes::{Change, ChangeKind, Changes};
pub use pages::{Pages, Rest};
pub use quotas::Quotas;
pub use shelf::Shelf;

use super::objects::{ConfigMap, Job, Kind, Lease, Node, OwnerReference, Pod, Secret, Time};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;

/// All objects, their version and their clock.
#[derive(Debug)]
pub struct World {
    /// The version of the newest write.
    pub version: u64,
    /// What was written, for watches.
    pub changes: Changes,
    /// How far the cluster's clock is ahead, in seconds.
    pub skew_seconds: i64,
    /// Lists that somebody has read in part.
    pub pages: Pages,
    /// What the namespace may hold.
    pub quotas: Quotas,
    told: watch::Sender<u64>,
    jobs: Shelf<Job>,
    pods: Shelf<Pod>,
    secrets: Shelf<Secret>,
    config_maps: Shelf<ConfigMap>,
    leases: Shelf<Lease>,
    nodes: Shelf<Node>,
}

/// A kind that the world keeps.
pub trait Kept: Kind {
    /// Its shelf.
    fn shelf(world: &World) -> &Shelf<Self>;
    #[doc(hidden)]
    fn shelf_mut(world: &mut World) -> &mut Shelf<Self>;
}

macro_rules! kept {
    ($($type:ident: $field:ident),+ $(,)?) => {
        $(impl Kept for $type {
            fn shelf(world: &World) -> &Shelf<Self> {
                &world.$field
            }
            fn shelf_mut(world: &mut World) -> &mut Shelf<Self> {
                &mut world.$field
            }
        })+
    };
}

kept! { Job: jobs, Pod: pods, Secret: secrets, ConfigMap: config_maps, Lease: leases, Node: nodes }

impl World {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            version: 1_000,
            changes: Changes::default(),
            skew_seconds: 0,
            pages: Pages::default(),
            quotas: Quotas::default(),
            told: watch::channel(1_000).0,
            jobs: Shelf::default(),
            pods: Shelf::default(),
            secrets: Shelf::default(),
            config_maps: Shelf::default(),
            leases: Shelf::default(),
            nodes: Shelf::default(),
        }
    }

    /// The cluster's clock.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.skew_seconds)
    }

    /// Tells of each write.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    /// An object.
    pub fn get<K: Kept>(&self, namespace: &str, name: &str) -> Option<&K> {
        K::shelf(self).get(namespace, name)
    }

    /// Keeps an object that is new, with its version.
    pub fn add<K: Kept>(&mut self, object: K) -> K {
        self.write(object, ChangeKind::Added)
    }

    /// Keeps an object that was there, with its new version.
    pub fn change<K: Kept>(&mut self, object: K) -> K {
        self.write(object, ChangeKind::Modified)
    }

    /// Changes an object where it is there and the change is one.
    pub fn alter<K: Kept>(&mut self, namespace: &str, name: &str, alter: impl FnOnce(&mut K)) {
        if let Some(before) = self.get::<K>(namespace, name) {
            let mut after = before.clone();
            alter(&mut after);
            if after != *before {
                self.change(after);
            }
        }
    }

    /// Takes an object away. What it owned goes a little later.
    pub fn remove<K: Kept>(&mut self, namespace: &str, name: &str) -> Option<K> {
        let object = K::shelf_mut(self).take(namespace, name)?;
        self.version += 1;
        self.tell(&object, ChangeKind::Deleted);
        Some(object)
    }

    /// Whether an owner is there: by its unique id, whatever its name.
    pub fn has_owner(&self, owner: &OwnerReference) -> bool {
        match owner.kind.as_str() {
            "Job" => self.jobs.by_uid(&owner.uid).is_some(),
            "Pod" => self.pods.by_uid(&owner.uid).is_some(),
            "Secret" => self.secrets.by_uid(&owner.uid).is_some(),
            "ConfigMap" => self.config_maps.by_uid(&owner.uid).is_some(),
            "Lease" => self.leases.by_uid(&owner.uid).is_some(),
            "Node" => self.nodes.by_uid(&owner.uid).is_some(),
            _ => false,
        }
    }

    /// Forgets old versions, as etcd does every few minutes: pages and watches that began before are told 410.
    pub fn compact(&mut self) {
        self.pages.forget();
        let now = self.version;
        self.changes.compact(now);
    }

    /// How long ago a moment was.
    pub fn since(&self, moment: Time) -> Duration {
        Duration::try_from(self.now() - moment.0).unwrap_or_default()
    }

    fn write<K: Kept>(&mut self, mut object: K, kind: ChangeKind) -> K {
        self.version += 1;
        object.meta_mut().resource_version = Some(self.version.to_string());
        K::shelf_mut(self).put(object.clone());
        self.tell(&object, kind);
        object
    }

    fn tell<K: Kept>(&mut self, object: &K, kind: ChangeKind) {
        let mut meta = object.meta().clone();
        meta.resource_version = Some(self.version.to_string());
        let mut told = object.clone();
        *told.meta_mut() = meta;
        self.changes.push(Change {
            version: self.version,
            plural: K::PLURAL,
            kind,
            namespace: object.meta().namespace().to_owned(),
            name: object.meta().name.clone(),
            labels: object.meta().labels.clone(),
            body: written(told).into(),
        });
        self.told.send_replace(self.version);
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// An object as an answer holds it: with version and kind.
pub fn written<K: Kind>(mut object: K) -> String {
    let (version, kind) = object.type_mut();
    *version = Some(K::API_VERSION.to_owned());
    *kind = Some(K::KIND.to_owned());
    serde_json::to_string(&object).unwrap()
}
