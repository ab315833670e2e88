//! Answers on a socket until told to stop, then finishes what has begun.

use std::{future::Future, net::IpAddr, time::Duration};

use axum::{Router, extract::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// How long a client may take to send the head of a request: a connection that says nothing is not kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests that have begun may take to end once the program is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 4_096;

/// Who opened the connection that a request came by: an extension of each request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer(pub IpAddr);

/// Serves `router` on `listener` until `stop` is ready.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let open = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let permit = open.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a client that left while it queued: neither is a reason to stop.
                tracing::warn!(%error, "could not accept a connection");
                let _ = tokio::time::timeout(Duration::from_millis(50), std::future::pending::<()>()).await;
                continue;
            }
        };
        let service = router.clone().map_request(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request = Request::from(request.map(axum::body::Body::new));
            request.extensions_mut().insert(Peer(peer.ip()));
            request
        });
        let service = hyper_util::service::TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is its own affair.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests still open");
    }
}
