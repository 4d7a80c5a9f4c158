use super::Proxy;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

/// Longest wait for what has to happen.
const SOON: Duration = Duration::from_secs(10);
/// Short enough for a test, long enough to show that nothing comes.
const WHILE: Duration = Duration::from_millis(100);
const REQUEST: &[u8] = b"PUT /a HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789";

/// A server that answers every request of the known length.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; REQUEST.len()];
                while stream.read_exact(&mut request).await.is_ok() {
                    assert_eq!(request, REQUEST);
                    if stream.write_all(ANSWER).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

struct Client(TcpStream);

impl Client {
    async fn of(proxy: &Proxy) -> Self {
        Self(TcpStream::connect(proxy.address()).await.unwrap())
    }

    async fn send(&mut self) {
        self.0.write_all(REQUEST).await.unwrap();
    }

    async fn answer(&mut self) -> io::Result<Vec<u8>> {
        let mut answer = vec![0; ANSWER.len()];
        timeout(SOON, self.0.read_exact(&mut answer)).await.expect("an answer comes")?;
        Ok(answer)
    }

    /// What comes until the connection ends, and how it ended.
    async fn rest(&mut self) -> (Vec<u8>, Option<io::ErrorKind>) {
        let mut rest = Vec::new();
        let end = timeout(SOON, self.0.read_to_end(&mut rest)).await.expect("an end comes");
        (rest, end.err().map(|error| error.kind()))
    }
}

#[tokio::test]
async fn it_passes_on_what_it_gets() {
    let proxy = Proxy::before(&format!("http://{}", server().await)).await.unwrap();
    let mut client = Client::of(&proxy).await;
    for _ in 0..3 {
        client.send().await;
        assert_eq!(client.answer().await.unwrap(), ANSWER);
    }
    assert_eq!(proxy.requests(), 3);
}

#[tokio::test]
async fn it_answers_busy_as_often_as_it_was_told() {
    let proxy = Proxy::start(server().await).await.unwrap();
    proxy.answer_busy_for(2, 7);
    let mut client = Client::of(&proxy).await;
    for _ in 0..2 {
        client.send().await;
        let expected = super::http::busy(7);
        let mut answer = vec![0; expected.len()];
        client.0.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8(answer).unwrap(), expected);
    }
    client.send().await;
    assert_eq!(client.answer().await.unwrap(), ANSWER, "on the same connection");
    assert_eq!(proxy.requests(), 3);
}

#[tokio::test]
async fn it_delays_each_way() {
    let proxy = Proxy::start(server().await).await.unwrap();
    let mut client = Client::of(&proxy).await;
    for (towards, back) in [(WHILE, Duration::ZERO), (Duration::ZERO, WHILE)] {
        proxy.delay(towards, back);
        let sent = Instant::now();
        client.send().await;
        client.answer().await.unwrap();
        assert!(sent.elapsed() >= WHILE);
    }
}

#[tokio::test]
async fn it_freezes_and_thaws_without_losing_a_byte() {
    let proxy = Proxy::start(server().await).await.unwrap();
    proxy.freeze();
    let mut client = Client::of(&proxy).await;
    client.send().await;
    let mut byte = [0];
    assert!(timeout(WHILE, client.0.peek(&mut byte)).await.is_err(), "nothing comes");
    proxy.thaw();
    assert_eq!(client.answer().await.unwrap(), ANSWER);
}

#[tokio::test]
async fn it_resets_open_connections_and_takes_new_ones() {
    let proxy = Proxy::start(server().await).await.unwrap();
    let mut client = Client::of(&proxy).await;
    client.send().await;
    client.answer().await.unwrap();
    proxy.reset();
    assert_eq!(client.rest().await, (vec![], Some(io::ErrorKind::ConnectionReset)));
    let mut client = Client::of(&proxy).await;
    client.send().await;
    assert_eq!(client.answer().await.unwrap(), ANSWER);
}

#[tokio::test]
async fn it_cuts_an_answer_where_it_was_told() {
    let proxy = Proxy::start(server().await).await.unwrap();
    proxy.cut_after(ANSWER.len() as u64 + 5);
    let mut client = Client::of(&proxy).await;
    client.send().await;
    assert_eq!(client.answer().await.unwrap(), ANSWER);
    client.send().await;
    // A reset may overtake what was sent before it, so that less may come but never more.
    let (rest, end) = client.rest().await;
    assert!(ANSWER[..5].starts_with(&rest));
    assert_eq!(end, Some(io::ErrorKind::ConnectionReset));
    let mut client = Client::of(&proxy).await;
    client.send().await;
    assert_eq!(client.answer().await.unwrap(), ANSWER, "once");

    proxy.cut_each_after(3);
    for _ in 0..2 {
        let mut client = Client::of(&proxy).await;
        client.send().await;
        assert!(client.rest().await.0.len() <= 3);
    }
}

#[tokio::test]
async fn a_dead_target_is_seen_as_a_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let proxy = Proxy::start(address).await.unwrap();
    let (rest, end) = Client::of(&proxy).await.rest().await;
    assert_eq!((rest, end), (vec![], Some(io::ErrorKind::ConnectionReset)));
}
