//! Reading back what the host wrote: rows, and how many messages a queue holds.

use blastline_local::storage::connection::Account;
use blastline_local::storage::signing::{shared_key, shared_key_lite};
use http::{HeaderMap, HeaderValue, Method};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::macros::format_description;

#[derive(Deserialize)]
struct Page {
    value: Vec<Map<String, Value>>,
}

/// All rows of a small table, with the types of their properties.
pub async fn rows(account: &Account, table: &str) -> Vec<Map<String, Value>> {
    let url = Url::parse(&format!("{}/{table}()", account.table)).unwrap();
    let date = now();
    let request = client()
        .get(url.clone())
        .header("x-ms-date", &date)
        .header("x-ms-version", "2019-02-02")
        .header("accept", "application/json;odata=fullmetadata")
        .header("authorization", shared_key_lite(account, &url, &date));
    let answer = request.send().await.unwrap();
    if answer.status() == 404 {
        return Vec::new();
    }
    answer.json::<Page>().await.unwrap().value
}

/// How many messages a queue holds, hidden ones included; 0 for a queue that does not exist.
pub async fn message_count(account: &Account, queue: &str) -> u64 {
    let url = Url::parse(&format!("{}/{queue}?comp=metadata", account.queue)).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-ms-date", HeaderValue::from_str(&now()).unwrap());
    headers.insert("x-ms-version", HeaderValue::from_static("2025-11-05"));
    let signature = shared_key(account, &Method::GET, &url, &headers);
    headers.insert("authorization", HeaderValue::from_str(&signature).unwrap());
    let answer = client().get(url).headers(headers).send().await.unwrap();
    let count = answer.headers().get("x-ms-approximate-messages-count");
    count.map_or(0, |value| value.to_str().unwrap().parse().unwrap())
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn now() -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    OffsetDateTime::now_utc().format(&form).unwrap()
}
