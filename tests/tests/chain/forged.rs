//! Nobody but the host invokes a function: the four defences, and the host's own.

use blastline_tests::chain::{Chain, processes, until};
use reqwest::{Method, StatusCode, header};
use serde_json::json;

const INVOCATIONS: [&str; 4] =
    ["task-blast-submit", "task-blast-chunk", "task-blast-artifacts", "timer-reconcile"];

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_from_outside_is_refused() {
    let chain = Chain::plan().start().await;
    let body = json!({"Data": {"message": "\"{}\""}, "Metadata": {}});
    for name in INVOCATIONS {
        // The page takes only GET and HEAD, so that no function is reached through it.
        for path in
            [format!("/{name}"), format!("//{name}"), format!("/{name}/"), format!("/%74{}", &name[1..])]
        {
            let response = chain.api.post(&path, &body).await;
            let status = response.status();
            assert!(status.is_client_error(), "{path}: {status}");
            assert!(!response.text().await.unwrap().contains("Outputs"), "{path}");
        }
        let put = chain.api.request(Method::PUT, &format!("/{name}")).json(&body).send().await.unwrap();
        assert!(put.status().is_client_error(), "PUT {name}: {}", put.status());
    }
    // Should a route ever let one through, the handler knows it by the headers that a proxied request carries.
    for process in chain.api.processes().await {
        let port = until("the process listens", || async {
            let processes = chain.api.processes().await;
            let same = processes.iter().find(|p| p.group == process.group && p.instance == process.instance);
            same.and_then(|process| process.port)
        })
        .await;
        for name in INVOCATIONS {
            for (header, value) in [("x-forwarded-for", "127.0.0.1"), ("x-ms-invocation-id", "1")] {
                let client = reqwest::Client::builder().no_proxy().build().unwrap();
                let request = client.post(format!("http://127.0.0.1:{port}/{name}")).header(header, value);
                let refused =
                    blastline_tests::chain::api::problem(request.json(&body).send().await.unwrap(), 403)
                        .await;
                assert_eq!(refused.code, "forbidden");
            }
        }
        assert_eq!(listens_at(port), ["0100007F"], "a handler listens on the IPv4 loopback alone");
    }
}

/// Local addresses of the sockets that listen on a port (proc(5), `/proc/net/tcp`): hexadecimal, lowest byte first.
fn listens_at(port: u16) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in std::fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let mut fields = line.split_whitespace();
            let local = fields.nth(1).unwrap_or_default();
            let state = fields.nth(1).unwrap_or_default();
            if let Some((address, at)) = local.split_once(':')
                && state == "0A"
                && at == format!("{port:04X}")
            {
                found.push(address.to_owned());
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_elsewhere_cannot_act_here() {
    let chain = Chain::plan().start().await;
    let jobs = "/api/blast/jobs";
    let foreign =
        chain.api.request(Method::GET, jobs).header(header::HOST, "blast.example.org").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    for (name, value) in
        [("origin", "https://example.org"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        for path in [jobs, "/api/blast/pre-flight", "/admin/functions/timer-reconcile"] {
            let response =
                chain.api.request(Method::POST, path).header(name, value).json(&json!({})).send().await;
            assert_eq!(response.unwrap().status(), StatusCode::FORBIDDEN, "{name}: {value} at {path}");
        }
    }
    // Run by hand from this machine, it answers before it ends.
    let by_hand = chain.api.post("/admin/functions/timer-reconcile", &json!({})).await;
    assert_eq!(by_hand.status(), StatusCode::ACCEPTED);
    assert!(processes::of_chain(chain.dir()).len() >= 6, "one process for each scale group");
}
