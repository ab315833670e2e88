//! How soon a program answers that is started on a database, and how much memory it then has.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{database::Database, wrk::month_of};

/// Long enough for anything that starts at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of a start.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    /// From the start to the end of the first month of slots.
    pub answered: Duration,
    /// Resident memory then, in kibibytes.
    pub resident: u64,
}

/// Starts the program that lies beside this one.
///
/// # Panics
/// When it does not answer.
pub fn measure(database: &Database) -> Started {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = std::env::current_exe().unwrap().with_file_name("slotsmith");
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg("serve")
        .env("DATABASE_URL", &database.url)
        .env("DATA_DIR", database.dir.path())
        .env("LISTEN", address.to_string())
        .stderr(Stdio::null())
        .spawn()
        .expect("cargo build --release -p slotsmith");
    let mut answer = String::new();
    while !answer.starts_with("HTTP/1.1 200") {
        assert!(began.elapsed() < PATIENCE, "{answer}");
        if let Ok(mut stream) = TcpStream::connect(address) {
            let _ = write!(stream, "GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", month_of("m0"));
            answer.clear();
            let _ = stream.read_to_string(&mut answer);
        }
    }
    let answered = began.elapsed();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse().ok());
    let _ = child.kill();
    let _ = child.wait();
    Started { answered, resident: resident.unwrap() }
}
