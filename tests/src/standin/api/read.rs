//! Reading objects: one, or a list in pages.

use super::{Failure, Fields, Labels, Params};
use crate::standin::{
    check::Rules,
    objects::Kind,
    store::{Kept, Rest, World, written},
};
use serde::Serialize;
use serde_json::Value;

/// Parameters of lists and watches.
pub const LIST_PARAMS: &[&str] = &[
    "labelSelector",
    "fieldSelector",
    "limit",
    "continue",
    "resourceVersion",
    "resourceVersionMatch",
    "timeoutSeconds",
    "watch",
    "allowWatchBookmarks",
    "sendInitialEvents",
    "pretty",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    kind: String,
    api_version: &'static str,
    metadata: ListMeta,
    items: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListMeta {
    resource_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#continue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_item_count: Option<usize>,
}

/// One object.
pub fn one<K: Kept>(world: &World, namespace: &str, name: &str) -> Result<String, Failure> {
    world.get::<K>(namespace, name).cloned().map(written).ok_or_else(|| Failure::not_found::<K>(name))
}

/// The objects of a kind that selectors select, a page of them.
pub fn list<K: Kept + Rules>(world: &mut World, namespace: &str, params: &Params) -> Result<String, Failure> {
    let limit = params.number("limit")?.unwrap_or(0);
    let limit = usize::try_from(limit).map_err(|_| Failure::bad_request("limit must not be negative"))?;
    let mut rest = match params.text("continue") {
        Some(token) => world.pages.find(token).map_err(refused_token)?,
        None => {
            let found = selected::<K>(world, namespace, params)?;
            let items = found.iter().map(|object| serde_json::to_value(object).unwrap()).collect();
            Rest { version: world.version, items }
        }
    };
    let take = if limit == 0 { rest.items.len() } else { limit.min(rest.items.len()) };
    let items: Vec<_> = rest.items.drain(..take).collect();
    let (version, left) = (rest.version, rest.items.len());
    let more = (left > 0).then(|| world.pages.keep(rest));
    // The count is not known where a selector selects.
    let counted = params.text("labelSelector").is_none() && params.text("fieldSelector").is_none();
    Ok(body::<K>(items, version, more, (left > 0 && counted).then_some(left)))
}

/// Objects as a list that is whole.
pub fn whole_list<K: Kind>(objects: &[K], version: u64) -> String {
    body::<K>(
        objects.iter().map(|object| serde_json::to_value(object).unwrap()).collect(),
        version,
        None,
        None,
    )
}

/// The objects of a kind that selectors select.
pub fn selected<K: Kept + Rules>(world: &World, namespace: &str, params: &Params) -> Result<Vec<K>, Failure> {
    let labels = Labels::read(params.text("labelSelector").unwrap_or_default())?;
    let fields = Fields::read(params.text("fieldSelector").unwrap_or_default(), K::PLURAL)?;
    let objects = K::shelf(world).of(namespace);
    Ok(objects.filter(|object| labels.hold(&object.meta().labels) && fields.hold(*object)).cloned().collect())
}

fn body<K: Kind>(items: Vec<Value>, version: u64, more: Option<String>, left: Option<usize>) -> String {
    let metadata =
        ListMeta { resource_version: version.to_string(), r#continue: more, remaining_item_count: left };
    let list = List { kind: format!("{}List", K::KIND), api_version: K::API_VERSION, metadata, items };
    serde_json::to_string(&list).unwrap()
}

fn refused_token(old: bool) -> Failure {
    if old {
        Failure::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new \
             list without the continue parameter.",
        )
    } else {
        Failure::bad_request("continue key is not valid: encoded continue token is not known")
    }
}
