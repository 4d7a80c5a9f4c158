//! Databases: manifests, generations, publishing and the local cache.
