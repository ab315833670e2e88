//! Draws how the cost of a question grows, to ten years and a million busy intervals: `curve FILE.svg`.
//!
//! Every point is the quickest of several runs, since noise only ever adds. The same numbers go to standard output.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever measures")]

use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant},
};

use slotsmith_benches::{
    workloads::Workload,
    yardsticks::{Hours, floor_of_runs, plain_sweep},
};
use slotsmith_engine::{IntervalSet, Snapshot, slots};

const DAYS: [i64; 8] = [4, 11, 36, 110, 365, 1_100, 2_000, 3_650];
const SERIES: [(&str, &str); 4] =
    [("plain sweep", "#c2570c"), ("unprepared", "#8b5cf6"), ("prepared", "#0d9488"), ("floor", "#3b82f6")];

struct Point {
    /// Days, busy intervals and slots together.
    size: f64,
    nanoseconds: [f64; SERIES.len()],
}

fn main() {
    let file = std::env::args().nth(1).unwrap();
    println!(
        "{:>6} {:>9} {:>7} {}",
        "days",
        "busy",
        "slots",
        SERIES.map(|(name, _)| format!("{name:>14}")).concat()
    );
    let points = DAYS.map(measure);
    std::fs::write(file, draw(&points)).unwrap();
}

fn measure(days: i64) -> Point {
    let workload = Workload::slivers(days);
    let busy_count = workload.busy.len();
    let (range, now) = (workload.range(), workload.now());
    let hours = Hours::of(&workload);
    let rows = workload.busy_rows();
    let busy = IntervalSet::new(rows.clone());
    let mut facts = workload.facts(busy.clone());
    let snapshot = Snapshot::new(facts.clone());
    let answer = snapshot.slots(range, now);
    assert_eq!(answer.iter().map(|start| start.unix()).collect::<Vec<_>>(), plain_sweep(&workload, &hours));

    let nanoseconds = [
        quickest(|| drop(black_box(plain_sweep(black_box(&workload), &hours)))),
        quickest(|| {
            facts.busy = IntervalSet::new(black_box(&rows).clone());
            drop(black_box(slots(&facts, range, now)));
        }),
        quickest(|| drop(black_box(black_box(&snapshot).slots(range, now)))),
        quickest(|| drop(black_box(floor_of_runs(black_box(busy.as_slice()), answer.runs())))),
    ];
    let cells = nanoseconds.map(|nanoseconds| format!("{:>14}", time(nanoseconds))).concat();
    println!("{days:>6} {busy_count:>9} {:>7} {cells}", answer.len());
    Point { size: days as f64 + busy_count as f64 + answer.len() as f64, nanoseconds }
}

/// Nanoseconds for one call: the best of many rounds that each take a millisecond or one call.
fn quickest(mut call: impl FnMut()) -> f64 {
    let mut calls = 1;
    let mut round = |calls: u32| {
        let begun = Instant::now();
        (0..calls).for_each(|_| call());
        begun.elapsed()
    };
    while round(calls) < Duration::from_millis(1) {
        calls *= 2;
    }
    let begun = Instant::now();
    let mut best = Duration::MAX;
    let mut rounds = 0;
    while rounds < 3 || begun.elapsed() < Duration::from_millis(500) {
        best = best.min(round(calls));
        rounds += 1;
    }
    best.as_secs_f64() * 1e9 / f64::from(calls)
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

// --- The picture, both scales logarithmic ---------------------------------------------------------------------------

const WIDTH: f64 = 820.0;
const HEIGHT: f64 = 500.0;
/// The plot's left, right, top and bottom.
const PLOT: [f64; 4] = [70.0, WIDTH - 50.0, 50.0, HEIGHT - 60.0];
/// Powers of ten from end to end.
const SIZE_POWERS: (i32, i32) = (3, 7);
const TIME_POWERS: (i32, i32) = (2, 8);

const STYLE: &str = "text { font: 13px system-ui, sans-serif; fill: #1f2937 } .title { font-size: 16px; font-weight: 600 }
.grid { stroke: #9ca3af; stroke-opacity: .35 } .linear { stroke: #9ca3af; stroke-dasharray: 5 5 } .soft { fill: #6b7280 }
.ground { fill: #ffffff } @media (prefers-color-scheme: dark) { .ground { fill: #111827 } text { fill: #e5e7eb }
.soft { fill: #9ca3af } }";

fn draw(points: &[Point]) -> String {
    let [left, right, top, bottom] = PLOT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Time of a question against its size: all lines rise in proportion.\"><style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text class=\"title\" x=\"{left}\" y=\"28\">Time of one question, by its size</text>\n"
    );
    for power in SIZE_POWERS.0..=SIZE_POWERS.1 {
        let x = across(10_f64.powi(power));
        line(&mut svg, "grid", (x, top), (x, bottom));
        let label = thousands(10_i64.pow(power.unsigned_abs()));
        text(&mut svg, "soft", (x, bottom + 20.0), "middle", &label);
    }
    for power in TIME_POWERS.0..=TIME_POWERS.1 {
        let y = up(10_f64.powi(power));
        line(&mut svg, "grid", (left, y), (right, y));
        text(&mut svg, "soft", (left - 8.0, y + 4.0), "end", &label_of(power));
    }
    text(
        &mut svg,
        "soft",
        ((left + right) / 2.0, bottom + 44.0),
        "middle",
        "days + busy intervals + slots, from four days to ten years and 1,000,000 busy",
    );
    // In proportion: ten times the size, ten times the time.
    let (first, last) = (10_f64.powi(SIZE_POWERS.0), 10_f64.powi(SIZE_POWERS.1 - 1));
    line(&mut svg, "linear", (across(first), up(first)), (across(last), up(last)));
    text(&mut svg, "soft", (across(first) + 22.0, up(first) + 6.0), "start", "in proportion");
    for (index, (name, color)) in SERIES.iter().enumerate() {
        let mut path = String::new();
        for point in points {
            let (x, y) = (across(point.size), up(point.nanoseconds[index]));
            write!(path, "{x:.1},{y:.1} ").unwrap();
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{color}\"/>").unwrap();
        }
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
            path.trim_end()
        )
        .unwrap();
        let end = points.last().unwrap();
        let y = up(end.nanoseconds[index]) + 4.0;
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{y:.1}\" style=\"fill: {color}; font-weight: 600\">{name}, {}</text>",
            across(end.size) + 10.0,
            time(end.nanoseconds[index])
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

fn across(size: f64) -> f64 {
    let part = (size.log10() - f64::from(SIZE_POWERS.0)) / f64::from(SIZE_POWERS.1 - SIZE_POWERS.0);
    PLOT[0] + part * (PLOT[1] - PLOT[0])
}

fn up(nanoseconds: f64) -> f64 {
    let part = (nanoseconds.log10() - f64::from(TIME_POWERS.0)) / f64::from(TIME_POWERS.1 - TIME_POWERS.0);
    PLOT[3] - part * (PLOT[3] - PLOT[2])
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    writeln!(svg, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>")
        .unwrap();
}

fn text(svg: &mut String, class: &str, at: (f64, f64), anchor: &str, words: &str) {
    let (x, y) = at;
    writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    )
    .unwrap();
}

fn label_of(power: i32) -> String {
    let unit = ["ns", "µs", "ms", "s"][usize::try_from(power / 3).unwrap()];
    format!("{} {unit}", 10_i64.pow(power.unsigned_abs() % 3))
}

fn thousands(number: i64) -> String {
    match number {
        n if n < 1_000 => n.to_string(),
        n if n < 1_000_000 => format!("{},000", n / 1_000),
        n => format!("{},000,000", n / 1_000_000),
    }
}
