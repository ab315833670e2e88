//! The program on a loopback socket, with one more route: bytes that stand ready.

use std::sync::{Arc, OnceLock};

use axum::{Router, body::Bytes, http::header, routing::get};
use slotsmith::{
    App, booking::Limits, clock::SystemClock, config::Config, http, notifications::Delivery, serve::serve,
    zones::Zones,
};

use super::{database::Database, wrk::STATIC};

/// A server that is gone when the benchmark is. Jobs wait: mail is not what is measured.
pub struct Server {
    /// Where it answers.
    pub base: String,
    kept: Arc<OnceLock<Bytes>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// What the static route answers from now on.
    pub fn keep(&self, bytes: &[u8]) {
        let _ = self.kept.set(Bytes::copy_from_slice(bytes));
    }
}

/// Starts it, without limits.
pub async fn start(database: &Database) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let store = database.open().await;
    let mut config = Config::defaults(database.dir.path().to_owned()).unwrap();
    config.limits = Limits::default();
    let delivery = Delivery::Outbox { dir: database.dir.path().join("outbox") };
    let app = App::new(store, Zones::new(None).unwrap(), Arc::new(SystemClock), config, delivery);
    let kept: Arc<OnceLock<Bytes>> = Arc::default();
    let answer = {
        let kept = Arc::clone(&kept);
        move || async move {
            ([(header::CONTENT_TYPE, "application/json")], kept.get().cloned().unwrap_or_default())
        }
    };
    let router = http::router_with(app, Router::new().route(STATIC, get(answer)));
    Server { base, kept, task: tokio::spawn(serve(listener, router, std::future::pending())) }
}
