//! Sends one request, perhaps not to the end, and says what became of it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    generator::Cut,
    history::{Loss, OpId, Outcome, Request, State},
    world::{Wish, World},
};
use crate::process::Failure;

/// Longer than the program may take over any answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Shorter than the program keeps a silent connection: it never closes one that we are about to use.
const IDLE: Duration = Duration::from_secs(2);

/// Asks for things.
pub struct Client {
    http: reqwest::Client,
}

/// A request as it is sent.
pub struct Wire {
    method: Method,
    path: String,
    token: Option<String>,
    /// The `Idempotency-Key`.
    key: Option<String>,
    body: Value,
}

/// What became of a request.
pub struct Answer {
    /// For the history.
    pub outcome: Outcome,
    /// The manage token of a booking that was made.
    pub token: Option<String>,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Answer {
        Answer { outcome, token: None }
    }
}

impl Client {
    /// One with connections of its own.
    ///
    /// # Errors
    /// When there can be none.
    pub fn new() -> Result<Client, Failure> {
        let http = reqwest::Client::builder().timeout(PATIENCE).pool_idle_timeout(IDLE).no_proxy().build()?;
        Ok(Client { http })
    }

    /// Asks a process, and says what became of it.
    pub async fn ask(&self, base: &str, wire: &Wire, cut: Option<Cut>) -> Answer {
        match cut {
            None => self.send(base, wire).await,
            Some(Cut::After(wait)) => {
                let sent = tokio::time::timeout(wait, self.send(base, wire)).await;
                sent.unwrap_or_else(|_| Outcome::Unknown(Loss::Cut).into())
            }
            Some(Cut::Sending(percent)) => send_part(base, wire, percent).await.into(),
            Some(Cut::Receiving) => leave_early(base, wire).await.into(),
        }
    }

    async fn send(&self, base: &str, wire: &Wire) -> Answer {
        let request = self.http.request(wire.method.clone(), format!("{base}{}", wire.path)).json(&wire.body);
        let request = match &wire.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let request = match &wire.key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        let lost = |error: &reqwest::Error| if error.is_timeout() { Loss::Silent } else { Loss::Broken };
        match request.send().await {
            Err(error) if error.is_connect() => Outcome::NotSent(lost(&error)).into(),
            Err(error) => Outcome::Unknown(lost(&error)).into(),
            Ok(response) => {
                let status = response.status().as_u16();
                match response.text().await {
                    Ok(body) => {
                        understand(status, &serde_json::from_str(&body).unwrap_or(Value::String(body)))
                    }
                    Err(error) => Outcome::Unknown(lost(&error)).into(),
                }
            }
        }
    }
}

impl Wire {
    /// What says a request in HTTP, with its number where the store keeps it.
    pub fn of(world: &World, op: OpId, request: &Request, token: Option<&str>) -> Wire {
        let token = token.map(str::to_owned);
        let text = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339();
        let booking = |name: OpId, wish: &Wish| {
            let body = json!({
                "mentor": world.mentors[wish.mentor].slug, "session_type": world.kind(*wish).slug,
                "start": text(wish.start), "name": name.to_string(), "email": name.address(),
                "timezone": "Asia/Seoul",
            });
            let key = name.is_keyed().then(|| name.to_string());
            Wire { method: Method::POST, path: "/api/bookings".into(), token: None, key, body }
        };
        match request {
            Request::Book(wish) => booking(op, wish),
            Request::Repeat { wish, first } => booking(*first, wish),
            Request::Move { booking, start } => {
                let path = format!("/api/bookings/{booking}/reschedule");
                Wire { method: Method::POST, path, token, key: None, body: json!({"start": text(*start)}) }
            }
            Request::Cancel { booking } => {
                let path = format!("/api/bookings/{booking}");
                Wire {
                    method: Method::DELETE,
                    path,
                    token,
                    key: None,
                    body: json!({"reason": op.to_string()}),
                }
            }
            Request::Read { booking } => {
                let path = format!("/api/bookings/{booking}");
                Wire { method: Method::GET, path, token, key: None, body: json!({}) }
            }
        }
    }

    fn bytes(&self, host: &str) -> Vec<u8> {
        let body = self.body.to_string();
        let token = self.token.as_ref().map(|token| format!("authorization: Bearer {token}\r\n"));
        let key = self.key.as_ref().map(|key| format!("idempotency-key: {key}\r\n"));
        let head = format!(
            "{} {} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{}{}\r\n",
            self.method,
            self.path,
            body.len(),
            token.unwrap_or_default(),
            key.unwrap_or_default()
        );
        (head + &body).into_bytes()
    }
}

/// Sends a part and drops the connection. A read is whole before its body; nobody minds.
async fn send_part(base: &str, wire: &Wire, percent: u64) -> Outcome {
    let host = base.trim_start_matches("http://");
    let bytes = wire.bytes(host);
    let part = bytes.len() * usize::try_from(percent).unwrap_or(0) / 100;
    let sent = async { TcpStream::connect(host).await?.write_all(&bytes[..part]).await };
    Outcome::NotSent(if sent.await.is_ok() { Loss::Cut } else { Loss::Broken })
}

/// Sends everything, and drops the connection when the answer begins: it was done, and we shall never know.
async fn leave_early(base: &str, wire: &Wire) -> Outcome {
    let host = base.trim_start_matches("http://");
    let Ok(mut stream) = TcpStream::connect(host).await else { return Outcome::NotSent(Loss::Broken) };
    let begun = async {
        stream.write_all(&wire.bytes(host)).await?;
        stream.read_u8().await
    };
    match tokio::time::timeout(PATIENCE, begun).await {
        Ok(Ok(_)) => Outcome::Unknown(Loss::Cut),
        Ok(Err(_)) => Outcome::Unknown(Loss::Broken),
        Err(_) => Outcome::Unknown(Loss::Silent),
    }
}

/// What an answer means; one that cannot be understood is a refusal nobody expects.
fn understand(status: u16, body: &Value) -> Answer {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let instant =
        |name: &str| Some(chrono::DateTime::parse_from_rfc3339(body[name].as_str()?).ok()?.timestamp());
    let state = || Some(State { start: instant("start")?, end: instant("end")?, status: text("status")? });
    let understood = || match status {
        201 => Some(Answer {
            outcome: Outcome::Booked { id: text("id")?, state: state()? },
            token: Some(text("manage_token")?),
        }),
        200 => Some(Outcome::Shown(state()?).into()),
        503 if text("code")? == "outcome_unknown" => Some(Outcome::Unknown(Loss::Unsure).into()),
        _ => None,
    };
    let code = || text("code").filter(|_| !tells_too_much(body)).unwrap_or_else(|| "unreadable".into());
    understood().unwrap_or_else(|| Outcome::Refused { status, code: code() }.into())
}

/// Whether it repeats what a database said.
fn tells_too_much(body: &Value) -> bool {
    let said = body.to_string().to_lowercase();
    ["deadlock", "sql", "constraint", "relation", "transaction"].iter().any(|word| said.contains(word))
}
