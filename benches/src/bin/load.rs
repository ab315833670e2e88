//! What a server answers in a second, held against the least that the same server and the same database could do.
//!
//! `load [--seconds 5] [--rounds 3] [--store sqlite --store postgres] [--size 10x1000]` needs `wrk`, and PostgreSQL's
//! server programs for the second store; both are Debian packages. Everything is on this machine, and the load tool takes
//! its share of it, so that only the ratios mean something elsewhere.

#![allow(clippy::print_stdout, reason = "a tool for whoever measures")]
#![allow(clippy::unwrap_used, reason = "what cannot be measured should stop the run right there")]

use std::time::Duration;

use clap::Parser;
use slotsmith_benches::load::{bare, database::Database, middle, server, size::Size, start, wrk};

/// The program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures listing and booking on one machine: rates, latencies, and their ratio to a static answer and a bare INSERT.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    /// How long each measurement takes
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often everything is measured; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Which stores: sqlite, postgres
    #[arg(long, default_values = ["sqlite", "postgres"])]
    store: Vec<String>,
    /// How much is in them: mentors x bookings
    #[arg(long, default_values = ["10x1000", "1000x100000", "10000x1000000", "10x1000000"])]
    size: Vec<Size>,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds);
    println!(
        "| store | mentors | bookings | GET month /s | p50 | p99 | static /s | ratio | POST booking /s | p50 | p99 | bare INSERT /s | ratio | first answer | MiB |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for store in &arguments.store {
        for size in &arguments.size {
            let database = Database::new(store).await;
            database.fill(*size).await;
            let server = server::start(&database).await;
            let [months, kept] = [wrk::LISTING, wrk::STATIC].map(|route| wrk::months(route, *size));
            server.keep(&wrk::once(&server, &wrk::month_of("m0")).await);
            // Each mentor has been asked for before it counts.
            let warm = Duration::from_secs(2 + u64::try_from(size.mentors).unwrap() / 500);
            wrk::run(&server, &months, warm).await;
            let (mut gets, mut statics, mut posts, mut inserts) = (vec![], vec![], vec![], vec![]);
            for _ in 0..arguments.rounds {
                gets.push(wrk::run(&server, &months, time).await);
                statics.push(wrk::run(&server, &kept, time).await);
            }
            // Afterwards: whoever is booked is asked for anew.
            for round in 0..arguments.rounds {
                posts.push(wrk::run(&server, &wrk::bookings(*size, round), time).await);
                inserts.push(bare::inserts(&database, *size, round, time).await);
            }
            drop(server);
            let starts = (0..arguments.rounds).map(|_| start::measure(&database));
            let started = middle(starts, |one, next| one.answered.cmp(&next.answered));
            // Of one round: what else the machine does changes from one to the next.
            let to_static =
                middle(gets.iter().zip(&statics).map(|(get, kept)| get.rate / kept.rate), f64::total_cmp);
            let to_insert =
                middle(posts.iter().zip(&inserts).map(|(post, insert)| post.rate / insert), f64::total_cmp);
            let (get, kept, post) = (wrk::median(&gets), wrk::median(&statics), wrk::median(&posts));
            let insert = middle(inserts, f64::total_cmp);
            println!(
                "| {store} | {} | {} | {:.0} | {:.2?} | {:.2?} | {:.0} | {:.2} | {:.0} | {:.2?} | {:.2?} | {insert:.0} | {:.2} | {:.0?} | {} |",
                size.mentors,
                size.bookings,
                get.rate,
                get.p50,
                get.p99,
                kept.rate,
                to_static,
                post.rate,
                post.p50,
                post.p99,
                to_insert,
                started.answered,
                started.resident / 1024,
            );
        }
    }
}
