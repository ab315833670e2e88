//! The load tool, <https://github.com/wg/wrk>, and what it asks.

use std::{fmt::Write as _, io::Write as _, process::Stdio, time::Duration};

use chrono::{DateTime, Days, SecondsFormat};
use tokio::process::Command;

use super::{
    middle,
    server::Server,
    size::{Size, today},
};

/// Connections, each with one request at a time.
const CONNECTIONS: usize = 16;
/// Bookings that a script of one run has ready.
const READY: usize = 100_000;

/// What came of a run.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Requests in a second.
    pub rate: f64,
    /// Half of the answers took no longer.
    pub p50: Duration,
    /// Of a hundred, ninety-nine took no longer.
    pub p99: Duration,
}

/// The route that lists slots.
pub const LISTING: &str = "/api/availability";
/// The route that has an answer ready.
pub const STATIC: &str = "/kept";

/// The address of a month of slots.
pub fn month_of(mentor: &str) -> String {
    address(LISTING, mentor)
}

fn address(route: &str, mentor: &str) -> String {
    let (from, to) = (today(), today() + Days::new(30));
    format!("{route}?mentor={mentor}&session_type=talk&timezone=Europe/Berlin&from={from}&to={to}")
}

/// Asks a route for a month of any mentor. The static one is asked for the same, which it does not look at: how many
/// requests the load tool chooses from and how long they are makes a difference to it and to whoever reads them.
pub fn months(route: &str, size: Size) -> String {
    format!(
        "local all = {{}}
         function init() for m = 0, {last} do all[m] = wrk.format('GET', '{path}') end end
         function request() return all[math.random(0, {last})] end",
        last = size.mentors - 1,
        path = address(route, "m' .. m .. '"),
    )
}

/// One free slot after another, mentor by mentor.
pub fn bookings(size: Size, round: usize) -> String {
    let mut starts = String::new();
    let wanted = READY.div_ceil(size.mentors);
    for start in Size::free().skip(round * 2 * wanted).take(wanted) {
        let start = DateTime::from_timestamp(start, 0).unwrap().to_rfc3339_opts(SecondsFormat::Secs, true);
        let _ = write!(starts, "'{start}', ");
    }
    format!(
        "local starts, n = {{ {starts} }}, -1
         local head = {{ ['content-type'] = 'application/json' }}
         local body = '{{\"mentor\":\"m%d\",\"session_type\":\"talk\",\"start\":\"%s\",\"name\":\"Bo Ok\",\"email\":\"bo@example.com\",\"timezone\":\"Europe/Berlin\"}}'
         function request()
           n = n + 1
           local start = starts[math.floor(n / {mentors}) + 1]
           return wrk.format('POST', '/api/bookings', head, string.format(body, n % {mentors}, start))
         end",
        mentors = size.mentors
    )
}

/// One answer.
///
/// # Panics
/// When it is no success.
pub async fn once(server: &Server, path: &str) -> Vec<u8> {
    let output =
        Command::new("curl").args(["-sf", &format!("{}{path}", server.base)]).output().await.unwrap();
    assert!(output.status.success(), "{path}");
    output.stdout
}

/// Asks for some time.
///
/// # Panics
/// When any answer was not a success, or there was none.
pub async fn run(server: &Server, script: &str, time: Duration) -> Measured {
    let mut file = tempfile::Builder::new().suffix(".lua").tempfile().unwrap();
    let done = "\nfunction done(summary, latency)
           io.write(string.format('measured %d %d %d %d %d\\n', summary.requests, summary.duration,
             latency:percentile(50), latency:percentile(99), summary.errors.status + summary.errors.timeout))
         end";
    file.write_all(script.as_bytes()).unwrap();
    file.write_all(done.as_bytes()).unwrap();
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{}s", time.as_secs()), "-s"])
        .arg(file.path())
        .arg(&server.base)
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("wrk, the load tool");
    let text = String::from_utf8_lossy(&output.stdout);
    let line =
        text.lines().find_map(|line| line.strip_prefix("measured ")).unwrap_or_else(|| panic!("{text}"));
    let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
    let [requests, duration, p50, p99, errors] = numbers[..] else { panic!("{line}") };
    assert!(requests > 0 && errors == 0, "{text}");
    #[allow(clippy::cast_precision_loss, reason = "a rate, not an account")]
    let rate = requests as f64 / (duration as f64 / 1e6);
    Measured { rate, p50: Duration::from_micros(p50), p99: Duration::from_micros(p99) }
}

/// The middle of each figure.
pub fn median(runs: &[Measured]) -> Measured {
    Measured {
        rate: middle(runs.iter().map(|run| run.rate), f64::total_cmp),
        p50: middle(runs.iter().map(|run| run.p50), Duration::cmp),
        p99: middle(runs.iter().map(|run| run.p99), Duration::cmp),
    }
}
