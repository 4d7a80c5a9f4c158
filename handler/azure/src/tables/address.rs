use azure_core::http::Url;
use blastline_jobs::{
    names::Table,
    ports::{Continuation, Query, Select},
};

/// Writes the addresses of tables and entities. Keys are quoted as OData wants, so that none can leave its place.
pub struct Address {
    base: Url,
}

/// A key as an OData string: an apostrophe is doubled.
fn quote(key: &str) -> String {
    format!("'{}'", key.replace('\'', "''"))
}

impl Address {
    /// Below a service address.
    pub fn new(base: Url) -> Self {
        Self { base }
    }

    fn at(&self, tail: &str) -> Url {
        let mut url = self.base.clone();
        // Addresses that nothing can be put behind were refused when the settings were read.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(tail);
        }
        url
    }

    /// The list of tables.
    pub fn tables(&self) -> Url {
        self.at("Tables")
    }

    /// A table, to insert into.
    pub fn table(&self, table: Table) -> Url {
        self.at(table.as_str())
    }

    /// Where batches go.
    pub fn batch(&self) -> Url {
        self.at("$batch")
    }

    /// One entity.
    pub fn entity(&self, table: Table, pk: &str, rk: &str) -> Url {
        self.at(&format!("{table}(PartitionKey={},RowKey={})", quote(pk), quote(rk)))
    }

    /// The same address, asking for some properties only. Keys are asked for by name; the version comes anyway.
    pub fn select(&self, mut url: Url, select: Select) -> Url {
        if let Select::Only(names) = select {
            let mut list = String::from("PartitionKey,RowKey");
            for name in names {
                list.push(',');
                list.push_str(name);
            }
            url.query_pairs_mut().append_pair("$select", &list);
        }
        url
    }

    /// One page of all rows, at most 1,000.
    pub fn scan(&self, table: Table, select: Select, after: Option<&Continuation>) -> Url {
        let mut url = self.select(self.at(&format!("{table}()")), select);
        go_on(&mut url, after);
        url
    }

    /// One page of a query.
    pub fn query(&self, table: Table, query: &Query, after: Option<&Continuation>) -> Url {
        let mut url = self.select(self.at(&format!("{table}()")), query.select);
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("$filter", &filter(query));
            pairs.append_pair("$top", &query.page_size.to_string());
        }
        go_on(&mut url, after);
        url
    }
}

/// Asks for the page after another.
fn go_on(url: &mut Url, after: Option<&Continuation>) {
    let Some(after) = after else { return };
    let mut pairs = url.query_pairs_mut();
    pairs.append_pair("NextPartitionKey", &after.pk);
    if let Some(rk) = &after.rk {
        pairs.append_pair("NextRowKey", rk);
    }
}

fn filter(query: &Query) -> String {
    let mut filter = format!("PartitionKey eq {}", quote(&query.pk));
    for (operator, bound) in [("ge", &query.from), ("lt", &query.to)] {
        if let Some(bound) = bound {
            filter.push_str(&format!(" and RowKey {operator} {}", quote(bound)));
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::new(Url::parse("http://127.0.0.1:10002/acct").unwrap())
    }

    #[test]
    fn an_apostrophe_cannot_leave_its_key() {
        let url = address().entity(Table::JobState, "a',RowKey='b", "ü c");
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:10002/acct/jobstate(PartitionKey='a'',RowKey=''b',RowKey='%C3%BC%20c')"
        );
        let query = Query { from: Some("it's".into()), ..Query::partition("p") };
        assert_eq!(filter(&query), "PartitionKey eq 'p' and RowKey ge 'it''s'");
    }

    #[test]
    fn a_service_address_may_end_in_a_slash() {
        let url = Url::parse("https://acct.table.core.windows.net/").unwrap();
        assert_eq!(Address::new(url).batch().as_str(), "https://acct.table.core.windows.net/$batch");
    }
}
