use super::{
    Wishes,
    http::{Front, busy, front},
};
use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Mutex,
    time::timeout,
};

/// Bytes that are passed on at once.
const PIECE: usize = 16 * 1024;

/// One connection of a client with its twin to the target.
pub struct Connection {
    client: (OwnedReadHalf, Mutex<OwnedWriteHalf>),
    server: (OwnedReadHalf, OwnedWriteHalf),
    wishes: Arc<Wishes>,
}

/// Which way bytes go.
#[derive(Clone, Copy)]
enum Way {
    Towards,
    Back,
}

/// Makes the close of a stream a reset. Failing to leaves an ordinary close, which tests see as well.
pub fn abort(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

fn cut() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}

impl Connection {
    /// From the two streams.
    pub fn new(client: TcpStream, server: TcpStream, wishes: Arc<Wishes>) -> Self {
        let (client_read, client_write) = client.into_split();
        Self { client: (client_read, Mutex::new(client_write)), server: server.into_split(), wishes }
    }

    /// Passes bytes both ways until one side ends or a reset is wished.
    pub async fn run(self) {
        let Self {
            client: (mut client_read, client_write),
            server: (mut server_read, mut server_write),
            wishes,
        } = self;
        let mut resets = wishes.resets.subscribe();
        let reset = {
            let towards = pump_requests(&mut client_read, &mut server_write, &client_write, &wishes);
            let back = pump_answers(&mut server_read, &client_write, &wishes);
            tokio::select! {
                result = towards => result.is_err(),
                result = back => result.is_err(),
                _ = resets.changed() => true,
            }
        };
        // Dropped as a half, the writing side would say an orderly good-bye first.
        if let Ok(client) = client_read.reunite(client_write.into_inner())
            && reset
        {
            abort(&client);
        }
    }
}

impl Wishes {
    /// Waits as long as bytes are to be held back.
    async fn hold(&self, way: Way) {
        let delay = {
            let (towards, back) = *self.delays.borrow();
            match way {
                Way::Towards => towards,
                Way::Back => back,
            }
        };
        if delay > Duration::ZERO {
            // A change of the wish lets go at once.
            let mut delays = self.delays.subscribe();
            let _ = timeout(delay, delays.changed()).await;
        }
        let _ = self.frozen.subscribe().wait_for(|frozen| !frozen).await;
    }

    /// Takes one of the requests that are to be answered 503.
    fn take_busy(&self) -> bool {
        self.busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    /// How many of these bytes may still pass to the client, and whether its connection ends with them.
    fn allow(&self, bytes: usize, passed: u64) -> (usize, bool) {
        let wanted = bytes as u64;
        let each = self.cut_each.load(Ordering::SeqCst).saturating_sub(passed);
        if each <= wanted {
            return (usize::try_from(each).unwrap_or(bytes), true);
        }
        let left = self.cut.load(Ordering::SeqCst);
        if left == u64::MAX {
            return (bytes, false);
        }
        if left > wanted {
            self.cut.store(left - wanted, Ordering::SeqCst);
            return (bytes, false);
        }
        self.cut.store(u64::MAX, Ordering::SeqCst);
        (usize::try_from(left).unwrap_or(bytes), true)
    }
}

/// Passes requests on one by one, or answers them itself.
async fn pump_requests(
    client: &mut OwnedReadHalf,
    server: &mut OwnedWriteHalf,
    answers: &Mutex<OwnedWriteHalf>,
    wishes: &Wishes,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let (length, counted) = match front(&buffer) {
            Front::More => {
                if client.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
                continue;
            }
            Front::Opaque => (u64::MAX, false),
            Front::Request { head, body } => (head as u64 + body, true),
        };
        let is_busy = counted && {
            wishes.requests.fetch_add(1, Ordering::SeqCst);
            wishes.take_busy()
        };
        let mut left = length;
        while left > 0 {
            if buffer.is_empty() && client.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            let piece = buffer.len().min(usize::try_from(left).unwrap_or(PIECE)).min(PIECE);
            if !is_busy {
                wishes.hold(Way::Towards).await;
                server.write_all(&buffer[..piece]).await?;
            }
            buffer.drain(..piece);
            left -= piece as u64;
        }
        if is_busy {
            let answer = busy(wishes.busy_wait.load(Ordering::SeqCst));
            answers.lock().await.write_all(answer.as_bytes()).await?;
        }
    }
}

/// Passes answers back as they come.
async fn pump_answers(
    server: &mut OwnedReadHalf,
    client: &Mutex<OwnedWriteHalf>,
    wishes: &Wishes,
) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    let mut passed = 0;
    loop {
        let count = server.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        wishes.hold(Way::Back).await;
        let (allowed, ends) = wishes.allow(count, passed);
        client.lock().await.write_all(&buffer[..allowed]).await?;
        if ends {
            return Err(cut());
        }
        passed += allowed as u64;
    }
}
