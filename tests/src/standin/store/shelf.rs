//! The objects of one kind, by namespace and name.

use crate::standin::objects::Kind;
use std::collections::BTreeMap;

/// Objects of one kind in the order of namespace and name, as lists have them.
#[derive(Debug)]
pub struct Shelf<K>(BTreeMap<(String, String), K>);

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Kind> Shelf<K> {
    /// An object.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&K> {
        self.0.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// An object by its unique id.
    pub fn by_uid(&self, uid: &str) -> Option<&K> {
        self.0.values().find(|object| object.meta().uid() == uid)
    }

    /// All of them, of every namespace.
    pub fn all(&self) -> impl Iterator<Item = &K> {
        self.0.values()
    }

    /// Those of a namespace; of all with an empty one.
    pub fn of<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a K> {
        self.0.values().filter(move |object| namespace.is_empty() || object.meta().namespace() == namespace)
    }

    pub(super) fn put(&mut self, object: K) {
        let place = (object.meta().namespace().to_owned(), object.meta().name.clone());
        self.0.insert(place, object);
    }

    pub(super) fn take(&mut self, namespace: &str, name: &str) -> Option<K> {
        self.0.remove(&(namespace.to_owned(), name.to_owned()))
    }
}
