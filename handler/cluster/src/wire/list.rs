//! Lists, page by page. Of an object only what its type names is read, and a page is dropped before the next comes.

use super::{Ask, Failed, Wire};
use crate::error::corrupt;
use blastline_jobs::ports::ClusterResult;
use serde::{Deserialize, de::DeserializeOwned};
use time::OffsetDateTime;

/// Pages after which a list is taken for endless.
const MAX_PAGES: u32 = 2000;

/// What is listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lists<'a> {
    /// Path of the collection.
    pub path: &'a str,
    /// The answer's `kind`, for example `JobList`.
    pub kind: &'a str,
    /// Label selector.
    pub labels: Option<&'a str>,
    /// Field selector.
    pub fields: Option<&'a str>,
    /// No more than so many objects are wanted.
    pub at_most: Option<u32>,
    /// Objects on a page, where they are not to be as many as on others.
    pub page: Option<u32>,
}

/// What a list gave.
#[derive(Debug)]
pub struct Listed<T> {
    /// The objects.
    pub items: Vec<T>,
    /// The cluster's clock at the first page.
    pub date: Option<OffsetDateTime>,
}

#[derive(Deserialize)]
struct PageRead<T> {
    kind: String,
    metadata: PageMeta,
    /// An API server writes an empty list as `null` or `[]`.
    items: Option<Vec<T>>,
}

#[derive(Deserialize)]
struct PageMeta {
    #[serde(rename = "continue", default)]
    next: String,
}

impl Wire {
    /// Reads a list to its end, or to as many as are wanted. A page that has become too old (410) starts it anew, once.
    /// Each object goes through `take` as it is read, so that no more of it is kept than is used.
    pub async fn list<T, R>(
        &self,
        what: &str,
        lists: &Lists<'_>,
        mut take: impl FnMut(R) -> ClusterResult<Option<T>> + Send,
    ) -> ClusterResult<Listed<T>>
    where
        T: Send,
        R: DeserializeOwned + Send,
    {
        let failed = match self.list_once(what, lists, &mut take).await {
            Ok(listed) => return Ok(listed),
            Err(failed) => failed,
        };
        if !failed.gone {
            return Err(failed.error);
        }
        tracing::debug!(what, "a page of a list was too old; it is read anew");
        self.list_once(what, lists, &mut take).await.map_err(|failed| failed.error)
    }

    async fn list_once<T, R>(
        &self,
        what: &str,
        lists: &Lists<'_>,
        take: &mut (impl FnMut(R) -> ClusterResult<Option<T>> + Send),
    ) -> Result<Listed<T>, Failed>
    where
        T: Send,
        R: DeserializeOwned + Send,
    {
        let mut listed = Listed { items: Vec::new(), date: None };
        let mut next = String::new();
        for _ in 0..MAX_PAGES {
            let have = u32::try_from(listed.items.len()).unwrap_or(u32::MAX);
            let room = lists.at_most.map_or(u32::MAX, |most| most.saturating_sub(have));
            if room == 0 {
                return Ok(listed);
            }
            let page = lists.page.unwrap_or(self.limits.page);
            let ask = Ask::get(what, lists.path)
                .query("limit", &room.min(page).to_string())
                .query_if("labelSelector", lists.labels)
                .query_if("fieldSelector", lists.fields)
                .query_if("continue", Some(next.as_str()).filter(|next| !next.is_empty()));
            let answer = self.attempt(&ask).await?;
            let page: PageRead<R> = answer.json(what)?;
            if page.kind != lists.kind {
                return Err(
                    corrupt(what, format_args!("a {} in place of a {}", page.kind, lists.kind)).into()
                );
            }
            listed.date = listed.date.or_else(|| answer.date());
            for item in page.items.unwrap_or_default() {
                listed.items.extend(take(item)?);
            }
            if page.metadata.next.is_empty() {
                return Ok(listed);
            }
            next = page.metadata.next;
        }
        Err(corrupt(what, "the list does not end").into())
    }
}
