use crate::ConnectError;
use azure_core::http::Url;

/// Where the three services of one storage account are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Base address of the Blob service.
    pub blob: Url,
    /// Base address of the Queue service.
    pub queue: Url,
    /// Base address of the Table service.
    pub table: Url,
}

impl Endpoints {
    /// The endpoints of an account in a cloud, `core.windows.net` for the public one.
    pub fn of_account(account: &str, suffix: &str) -> Result<Self, ConnectError> {
        let at = |service: &str| parse(service, &format!("https://{account}.{service}.{suffix}/"));
        Ok(Self { blob: at("blob")?, queue: at("queue")?, table: at("table")? })
    }

    /// Whether every service is on this machine: only Azurite is ever reached that way.
    pub fn is_loopback(&self) -> bool {
        [&self.blob, &self.queue, &self.table].into_iter().all(is_loopback)
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Parses a service address, which has to be one that paths can be put behind, without a query.
pub fn parse(name: &str, text: &str) -> Result<Url, ConnectError> {
    let refuse = |problem: &str| ConnectError::Address { name: name.to_owned(), problem: problem.to_owned() };
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
        return Err(refuse("it is no http or https address"));
    }
    if url.query().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it has a query or credentials in it"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        let at = |text: &str| {
            let url = parse("blob", text).unwrap();
            Endpoints { blob: url.clone(), queue: url.clone(), table: url }
        };
        for here in
            ["http://127.0.0.1:10000/a", "http://localhost:1/a", "https://[::1]:2/a", "http://127.9.9.9/"]
        {
            assert!(at(here).is_loopback(), "{here}");
        }
        for there in
            ["https://acct.blob.core.windows.net/", "http://127.0.0.1.example.org/", "http://10.0.0.1/"]
        {
            assert!(!at(there).is_loopback(), "{there}");
        }
        let mut mixed = at("http://127.0.0.1:10000/a");
        mixed.table = parse("table", "https://acct.table.core.windows.net/").unwrap();
        assert!(!mixed.is_loopback(), "one service elsewhere is enough");
    }

    #[test]
    fn an_address_with_a_signature_in_it_is_refused() {
        for bad in ["https://a.blob.core.windows.net/?sig=x", "ftp://a/", "not an address", "https://u:p@a/"]
        {
            assert!(parse("blob", bad).is_err(), "{bad}");
        }
    }
}
