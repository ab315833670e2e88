//! The long form of the attack; `scripts/attack` builds and runs it.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use slotsmith_tests::{
    Failure,
    attack::{self, Plan, driver::Bounds, store::Store},
};

/// Attacks real server processes over HTTP, and checks afterwards that every answer was true.
///
/// Ends with 1 and the offending history when a promise was broken; the store and the log are kept then.
#[derive(Parser)]
#[command(name = "attack")]
struct Arguments {
    /// How long to attack
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How many times to do something to a process, or to the database, at the most
    #[arg(long)]
    faults: Option<u64>,
    /// How many ask at once
    #[arg(long, default_value_t = 16)]
    bookers: usize,
    /// What they keep it in: a file, or a PostgreSQL server of the attack's own
    #[arg(long, value_enum, default_value_t = Backend::Sqlite)]
    store: Backend,
    /// How many processes serve the store
    #[arg(long, default_value_t = 1)]
    processes: usize,
    /// Do it whenever so many more requests were answered
    #[arg(long, default_value_t = 1_500)]
    fault_every: u64,
    /// What the load is made from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Backend {
    Sqlite,
    Postgres,
}

/// Longer than a program waits for its database.
const LONGEST_OUTAGE: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse();
    let plan = Plan {
        seed: arguments.seed,
        bookers: arguments.bookers,
        processes: arguments.processes,
        bounds: Bounds {
            faults: arguments.faults.unwrap_or(u64::MAX),
            time: Duration::from_secs(arguments.seconds),
        },
        fault_every: arguments.fault_every,
        longest_outage: LONGEST_OUTAGE,
    };
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let store = match arguments.store {
        Backend::Sqlite => Store::Sqlite(data),
        Backend::Postgres => Store::postgres(data)?,
    };
    let report = attack::run(&plan, &store, &dir.path().join("log")).await?;
    write!(io::stdout(), "{report}")?;
    if report.violations.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    store.keep()?;
    writeln!(io::stdout(), "\nThe store and the log are kept in {}.", dir.keep().display())?;
    Ok(ExitCode::FAILURE)
}
