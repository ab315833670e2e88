//! A socket between processes and their PostgreSQL that drops connections when a commit passes: the moment at which
//! nobody on this side can know what became of it, and too short to be hit by chance.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

use crate::{postgres::Postgres, process::Failure};

/// As the driver sends it.
const COMMIT: &[u8] = b"COMMIT\0";

/// Passes everything on, but for the commits that it is to cut.
#[derive(Debug)]
pub struct Cutter {
    url: String,
    wanted: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Cutter {
    /// One before a server.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn start(server: &Postgres) -> Result<Cutter, Failure> {
        let socket = server.socket();
        let listener = UnixListener::bind(socket.with_extension("5433"))?;
        let wanted = Arc::new(AtomicU64::new(0));
        let url = server.url().replace("@localhost/", "@localhost:5433/");
        let counter = Arc::clone(&wanted);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (socket, wanted) = (socket.clone(), Arc::clone(&counter));
                tokio::spawn(async move {
                    if let Ok(server) = UnixStream::connect(socket).await {
                        pass(client, server, &wanted).await;
                    }
                });
            }
        });
        Ok(Cutter { url, wanted, task })
    }

    /// What `DATABASE_URL` says to go through it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts so many of the next commits, and no others that it was to cut before.
    pub fn cut(&self, commits: u64) {
        self.wanted.store(commits, Ordering::Relaxed);
    }
}

/// Both ways, until one side has nothing more to say.
async fn pass(client: UnixStream, server: UnixStream, wanted: &AtomicU64) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        _ = copy(&mut from_server, &mut to_client) => {}
        _ = until_cut(&mut from_client, &mut to_server, wanted) => {}
    }
}

/// Every other commit to be cut does not reach the server.
async fn until_cut(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    wanted: &AtomicU64,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 8_192];
    loop {
        let length = from.read(&mut buffer).await?;
        let said = &buffer[..length];
        let is_commit = said.windows(COMMIT.len()).any(|window| window == COMMIT);
        let cut = is_commit.then(|| {
            wanted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()
        });
        let cut = cut.flatten();
        if length == 0 || cut.is_some_and(|left| left % 2 == 0) {
            return Ok(());
        }
        to.write_all(said).await?;
        if cut.is_some() {
            return Ok(());
        }
    }
}
