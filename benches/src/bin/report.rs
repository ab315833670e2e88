//! Makes the table of `docs/performance.md` from what the last `cargo bench` measured: medians, and ratios within the
//! run. `report [target/criterion]`.

#![allow(clippy::print_stdout, reason = "a tool for whoever measures")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

const LISTS: [&str; 4] = ["week", "month", "year", "dense"];

fn main() {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/criterion"), PathBuf::from);
    let median = |group: &str, bench: &str| median(&folder.join(group).join(bench));

    row(&["", "prepared", "unprepared", "plain sweep", "step and scan", "least possible"]);
    row(&["---", "--:", "--:", "--:", "--:", "--:"]);
    for group in LISTS {
        let times = ["prepared", "unprepared", "plain sweep", "step and scan", "floor of runs"];
        let [prepared, unprepared, plain, scan, floor] = times.map(|bench| time(median(group, bench)));
        row(&[group, &prepared, &unprepared, &plain, &scan, &floor]);
    }
    println!();
    row(&[
        "",
        "prepared over plain sweep",
        "unprepared over plain sweep",
        "prepared over step and scan",
        "prepared, in terms of the least",
    ]);
    row(&["---", "--:", "--:", "--:", "--:"]);
    for group in LISTS {
        let of = |bench: &str| median(group, bench);
        let (prepared, plain) = (of("prepared"), of("plain sweep"));
        row(&[
            group,
            &format!("{} faster", ratio(plain, prepared)),
            &format!("{} faster", ratio(plain, of("unprepared"))),
            &format!("{} faster", ratio(of("step and scan"), prepared)),
            &ratio(prepared, of("floor of runs")),
        ]);
    }
    println!();
    row(&["", "as a list", "least possible as a list", "preparing", "one booking in and out again"]);
    row(&["---", "--:", "--:", "--:", "--:"]);
    for group in LISTS {
        let times = ["prepared, as a list", "floor of a list", "preparing", "one booking in and out again"];
        let [list, floor, preparing, change] = times.map(|bench| time(median(group, bench)));
        row(&[group, &list, &floor, &preparing, &change]);
    }
    println!();
    row(&["bookings", "admit", "who is in the way"]);
    row(&["--:", "--:", "--:"]);
    for count in ["10", "1000", "100000"] {
        let [admit, conflicts] = ["open start", "who is in the way"]
            .map(|bench| time(median("admit", &format!("{bench}/{count}"))));
        row(&[count, &admit, &conflicts]);
    }
    println!();
    row(&["mentors", "any is free", "any, by plain sweeps", "all are free", "next start of any"]);
    row(&["--:", "--:", "--:", "--:", "--:"]);
    for count in ["100", "1000"] {
        let of = |bench: &str| median("pool", &format!("{bench}/{count}"));
        let (any, plain) = (of("any"), of("any, plain sweeps"));
        let plain = format!("{} ({})", time(plain), ratio(plain, any));
        row(&[count, &time(any), &plain, &time(of("all")), &time(of("next"))]);
    }
}

/// Nanoseconds; not a number where nothing was measured.
fn median(bench: &Path) -> f64 {
    let estimates = fs::read(bench.join("new/estimates.json")).unwrap_or_default();
    let estimates: Value = serde_json::from_slice(&estimates).unwrap_or_default();
    estimates["median"]["point_estimate"].as_f64().unwrap_or(f64::NAN)
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 100.0 => format!("{n:.1} ns"),
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.2} µs", n / 1e3),
        n => format!("{:.2} ms", n / 1e6),
    }
}

fn ratio(other: f64, prepared: f64) -> String {
    match other / prepared {
        ratio if ratio < 10.0 => format!("{ratio:.2} ×"),
        ratio => format!("{ratio:.0} ×"),
    }
}

fn row(cells: &[&str]) {
    println!("| {} |", cells.join(" | "));
}
