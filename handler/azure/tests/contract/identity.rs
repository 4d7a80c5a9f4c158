//! Tokens over https: the only way production runs. Azurite checks issuer, audience and times of a token, not its
//! signature.

use crate::world::{kind, pattern};
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    http::Url,
    time::OffsetDateTime,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use blastline_azure::{ConnectError, Endpoints, Factory, Storage};
use blastline_jobs::{
    blob_path::BlobPath,
    names::{Container, QueueName, Table},
    ports::{BatchOp, Entity, Match, PutCondition, Query, StorageErrorKind as Kind},
};
use blastline_tests::azurite::{Account, Azurite, Https};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{fs, sync::Arc, time::Duration};

/// Hands out tokens for an audience.
#[derive(Debug)]
struct Tokens {
    audience: &'static str,
}

#[async_trait::async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://storage.azure.com/.default"]);
        let now = OffsetDateTime::now_utc();
        let (from, until) = (now - Duration::from_secs(60), now + Duration::from_secs(3600));
        let claims = format!(
            r#"{{"aud":"{}","iss":"https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/","iat":{from},"nbf":{from},"exp":{until}}}"#,
            self.audience,
            from = from.unix_timestamp(),
            until = until.unix_timestamp(),
        );
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let token = format!("{}.{}.{}", part(r#"{"alg":"none","typ":"JWT"}"#), part(&claims), part("none"));
        Ok(AccessToken::new(token, until))
    }
}

/// An Azurite over https, its account, and the authority that signed its certificate.
struct Secure {
    account: Account,
    authority: String,
    /// Stopped when it is dropped.
    _azurite: Azurite,
    /// Holds the certificate while Azurite runs.
    _dir: tempfile::TempDir,
}

impl Secure {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // An authority and a leaf: the client refuses an authority's own certificate as a server's.
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let leaf_key = KeyPair::generate().unwrap();
        let leaf =
            CertificateParams::new(vec!["127.0.0.1".into()]).unwrap().signed_by(&leaf_key, &issuer).unwrap();
        let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        fs::write(&certificate, leaf.pem()).unwrap();
        fs::write(&key, leaf_key.serialize_pem()).unwrap();
        let azurite = Azurite::with_tokens(Https { certificate: &certificate, key: &key });
        let account = azurite.account();
        Self { account, authority, _azurite: azurite, _dir: dir }
    }

    fn endpoints(&self) -> Endpoints {
        let at = |address: String| Url::parse(&address).unwrap();
        Endpoints {
            blob: at(self.account.blob_url()),
            queue: at(self.account.queue_url()),
            table: at(self.account.table_url()),
        }
    }

    fn storage(&self, audience: &'static str) -> Storage {
        let factory = Factory::with_credential(self.endpoints(), Arc::new(Tokens { audience })).unwrap();
        factory.trust(self.authority.as_bytes()).unwrap().build().unwrap()
    }
}

#[tokio::test]
async fn everything_works_with_a_token_over_https() {
    let secure = Secure::start();
    let storage = secure.storage("https://storage.azure.com");
    assert!(storage.bootstrap().await.is_empty());

    let tables = storage.tables();
    let etag = tables.insert(Table::JobState, &Entity::new("it's", "r").int("n", 1)).await.unwrap();
    let ops = [
        BatchOp::Patch(Entity::new("it's", "r").int("n", 2), Match::Version(etag.clone())),
        BatchOp::Insert(Entity::new("it's", "s ü")),
    ];
    tables.batch(Table::JobState, "it's", &ops).await.unwrap();
    let late =
        tables.patch(Table::JobState, &Entity::new("it's", "r").int("n", 3), &Match::Version(etag)).await;
    assert_eq!(kind(late), Kind::LostRace);
    let rows = tables.query_all(Table::JobState, &Query::partition("it's")).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.entity.rk.as_str()).collect::<Vec<_>>(), ["r", "s ü"]);

    let queues = storage.queues();
    queues.send(QueueName::BlastSubmit, r#"{"job":"1"}"#, None).await.unwrap();
    let message = queues.receive(QueueName::BlastSubmit, 1, Duration::from_secs(30)).await.unwrap().remove(0);
    assert_eq!(message.body, r#"{"job":"1"}"#);
    queues.delete(QueueName::BlastSubmit, &message).await.unwrap();

    let blobs = storage.blobs();
    let blob = BlobPath::new(Container::Results, "ü/a b").unwrap();
    let bytes = pattern(9 * 1024 * 1024);
    blobs.put(&blob, bytes.clone().into(), "text/plain", PutCondition::CreateOnly).await.unwrap();
    assert!(blobs.get(&blob, u64::MAX).await.unwrap().unwrap() == bytes);
    assert_eq!(blobs.list(Container::Results, "ü/", None).await.unwrap().blobs.len(), 1);
}

#[tokio::test]
async fn a_token_for_something_else_is_denied_and_never_sent_in_the_clear() {
    let secure = Secure::start();
    let storage = secure.storage("https://management.azure.com");
    assert_eq!(kind(storage.tables().insert(Table::JobState, &Entity::new("p", "r")).await), Kind::Denied);
    assert_eq!(kind(storage.queues().send(QueueName::BlastSubmit, "{}", None).await), Kind::Denied);
    assert_eq!(kind(storage.blobs().list(Container::Results, "", None).await), Kind::Denied);
    let mut plain = secure.endpoints();
    plain.table.set_scheme("http").unwrap();
    let refused = Factory::with_credential(plain, Arc::new(Tokens { audience: "https://storage.azure.com" }));
    assert!(matches!(refused, Err(ConnectError::Address { .. })));
}
