//! A line between two programs that breaks where it is told to.
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Proxy {
    pub(crate) port: u16,
    cuts: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Cuts each connection after the next number of bytes from the server; then lets all through.
    pub(crate) async fn start(to: u16, after: Vec<usize>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (after, cuts) = (Arc::new(Mutex::new(VecDeque::from(after))), Arc::new(AtomicUsize::new(0)));
        let counted = cuts.clone();
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let allowed = after.lock().unwrap().pop_front();
                let counted = counted.clone();
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await
                        && carry(client, server, allowed).await
                    {
                        counted.fetch_add(1, SeqCst);
                    }
                });
            }
        });
        Self { port, cuts, task }
    }

    /// How many connections were cut.
    pub(crate) fn cuts(&self) -> usize {
        self.cuts.load(SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether the connection was cut.
async fn carry(client: TcpStream, server: TcpStream, allowed: Option<usize>) -> bool {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async { tokio::io::copy(&mut from_client, &mut to_server).await };
    let down = async {
        let mut left = allowed.unwrap_or(usize::MAX);
        let mut buffer = vec![0; 4096];
        while left > 0 {
            let room = buffer.len().min(left);
            match from_server.read(&mut buffer[..room]).await {
                Ok(n) if n > 0 && to_client.write_all(&buffer[..n]).await.is_ok() => left -= n,
                _ => return false,
            }
        }
        true
    };
    tokio::select! {
        _ = up => false,
        cut = down => cut,
    }
}

/// Numbers that look random and are the same in every run of the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}
