//! Which time-zone data is used, and what it says.
//!
//! Directories are made here, with zone files written by hand whose offsets no real zone has, so that an answer
//! tells where it came from. The machine's own zone files are never read.

use std::{fs, path::Path};

use slotsmith::zones::{Source, Zones};
use slotsmith_engine::{Instant, Transition, ZoneRules};
use tempfile::TempDir;

/// A zone file (TZif, RFC 9636, version 2) without and with transitions: each from an instant on has a type, and
/// types are offsets in seconds. Type 0 holds before the first transition.
fn zone_file(offsets: &[i32], transitions: &[(i64, u8)]) -> Vec<u8> {
    let count = |n: usize| u32::try_from(n).expect("few").to_be_bytes();
    let header = |times: usize, types: usize| {
        let counts = [0, 0, 0, times, types, 4].map(count).concat();
        [b"TZif2".as_slice(), &[0; 15], &counts].concat()
    };
    let kind = |offset: i32| [offset.to_be_bytes().as_slice(), &[0, 0]].concat();
    let last = offsets[transitions.last().map_or(0, |(_, kind)| usize::from(*kind))];
    let sign = if last < 0 { '+' } else { '-' };
    let (hours, minutes) = (last.abs() / 3_600, last.abs() / 60 % 60);
    [
        header(0, 1),
        kind(0),
        b"LMT\0".to_vec(),
        header(transitions.len(), offsets.len()),
        transitions.iter().flat_map(|(at, _)| at.to_be_bytes()).collect(),
        transitions.iter().map(|(_, kind)| *kind).collect(),
        offsets.iter().flat_map(|offset| kind(*offset)).collect(),
        b"XXX\0".to_vec(),
        format!("\nXXX{sign}{hours:02}:{minutes:02}\n").into_bytes(),
    ]
    .concat()
}

/// A zone directory that claims to be `version`: Europe/Berlin is 1:23 ahead there, Etc/Only 4:56 behind.
fn zone_directory(version: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    write(&directory, "Europe/Berlin", &zone_file(&[4_980], &[]));
    write(&directory, "Etc/Only", &zone_file(&[-17_760], &[]));
    if !version.is_empty() {
        let text = format!("# version {version}\n# made by hand\nL Europe/Berlin Europe/Old_Name\n");
        write(&directory, "tzdata.zi", text.as_bytes());
    }
    directory
}

fn write(directory: &TempDir, name: &str, data: &[u8]) {
    let path = directory.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, data).expect("a file");
}

fn at(rfc3339: &str) -> Instant {
    let parsed = chrono::DateTime::parse_from_rfc3339(rfc3339).expect("an instant");
    Instant::from_unix(parsed.timestamp()).expect("in range")
}

fn offset(zones: &Zones, id: &str, instant: &str) -> i64 {
    let at = at(instant);
    zones.rules(id, at..=at).unwrap_or_else(|error| panic!("{error}")).offset_at(at)
}

fn bundled() -> Zones {
    Zones::from_candidates(None, None).expect("bundled data always loads")
}

/// The version in use and its source, from directories with these versions: `-` is no directory, `=` is the bundled
/// version, and nothing is a directory that does not tell.
fn check_source(configured: &str, system: &str, expected: &str) {
    let bundled = bundled();
    let directory = |version: &str| match version {
        "-" => None,
        "=" => Some(zone_directory(bundled.version())),
        version => Some(zone_directory(version)),
    };
    let (configured_directory, system_directory) = (directory(configured), directory(system));
    let configured_path = configured_directory.as_ref().map(TempDir::path);
    let system_path = system_directory.as_ref().map(TempDir::path);
    let zones = Zones::from_candidates(configured_path, system_path).expect("loads");
    let source = match zones.source() {
        Source::Bundled => "bundled",
        Source::Directory(found) if Some(found.as_path()) == configured_path => "configured",
        Source::Directory(found) if Some(found.as_path()) == system_path => "system",
        Source::Directory(found) => panic!("{}", found.display()),
    };
    let version = if zones.version() == bundled.version() { "=" } else { zones.version() };
    assert_eq!(format!("{source} {version}"), expected, "configured {configured:?}, system {system:?}");
    let berlin = offset(&zones, "Europe/Berlin", "2026-01-15T00:00:00Z");
    assert_eq!(berlin, if source == "bundled" { 3_600 } else { 4_980 }, "{expected}");
}

#[test]
fn the_newer_data_is_used() {
    check_source("-", "-", "bundled =");
    // The system's data must be newer to be used.
    check_source("-", "2025b", "bundled =");
    check_source("-", "=", "bundled =");
    check_source("-", "", "bundled =");
    check_source("-", "someday", "bundled =");
    check_source("-", "2999a", "system 2999a");
    check_source("-", "2026zz", "system 2026zz");
    // Configured data must only not be older, and is believed when it does not tell.
    check_source("2025b", "-", "bundled =");
    check_source("1999", "-", "bundled =");
    check_source("=", "-", "configured =");
    check_source("2999a", "-", "configured 2999a");
    check_source("2999", "-", "configured 2999");
    check_source("2999b-7-gabcdef", "-", "configured 2999b");
    check_source("", "-", "configured unknown");
    check_source("rolling", "-", "configured unknown");
    // The configured directory takes the system's place.
    check_source("2025b", "2999a", "bundled =");
    check_source("2999a", "2999b", "configured 2999a");
}

#[test]
fn the_version_may_stand_in_a_file_of_its_own() {
    let directory = zone_directory("");
    write(&directory, "+VERSION", b"2999c\n");
    let zones = Zones::from_candidates(None, Some(directory.path())).expect("loads");
    assert_eq!((zones.version(), zones.source()), ("2999c", &Source::Directory(directory.path().to_owned())));
    // `tzdata.zi` says more, if it says anything.
    write(&directory, "tzdata.zi", b"# made by hand\n");
    assert_eq!(Zones::from_candidates(None, Some(directory.path())).expect("loads").version(), "2999c");
    write(&directory, "tzdata.zi", b"# version 2999d\n");
    assert_eq!(Zones::from_candidates(None, Some(directory.path())).expect("loads").version(), "2999d");
}

#[test]
fn data_is_never_mixed() {
    let directory = zone_directory("2999a");
    let zones = Zones::from_candidates(Some(directory.path()), None).expect("loads");
    assert_eq!(zones.names().collect::<Vec<_>>(), ["Etc/Only", "Europe/Berlin", "Europe/Old_Name"]);
    assert_eq!(offset(&zones, "Etc/Only", "2026-01-15T00:00:00Z"), -17_760);
    // A link that has no file of its own.
    assert_eq!(offset(&zones, "Europe/Old_Name", "2026-01-15T00:00:00Z"), 4_980);
    let now = at("2026-01-15T00:00:00Z");
    assert!(
        zones.rules("Europe/Paris", now..=now).is_err(),
        "the bundled data knows it, this directory does not"
    );
    // Read at start, whatever becomes of the files.
    drop(directory);
    assert_eq!(offset(&zones, "Europe/Berlin", "2026-01-15T00:00:00Z"), 4_980);
}

/// A configured directory that cannot serve stops the start and says so; as the system's it is left aside.
fn check_unusable(path: &Path, expected: &str) {
    let error = Zones::from_candidates(Some(path), None).expect_err(expected).to_string();
    assert!(error.contains(expected) && error.contains(&path.display().to_string()), "{error}");
    let zones = Zones::from_candidates(None, Some(path)).expect("the bundled data is there");
    assert_eq!(zones.source(), &Source::Bundled, "{expected}");
}

#[test]
fn a_directory_that_cannot_serve_is_an_error_only_when_it_was_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    check_unusable(&directory.path().join("nowhere"), "cannot read");
    write(&directory, "tzdata.zi", b"# version 2999a\nL Europe/Berlin Europe/Elsewhere\n");
    check_unusable(directory.path(), "no zone in");
    check_unusable(&directory.path().join("tzdata.zi"), "cannot read");
    write(&directory, "Europe/Berlin", b"Berlin is one hour ahead");
    write(&directory, "README", b"TZ files go here");
    check_unusable(directory.path(), "no zone in");
    write(&directory, "Europe/Berlin", &zone_file(&[3_600], &[])[..60]);
    check_unusable(directory.path(), "Berlin is damaged");
    let mut endless = zone_file(&[3_600], &[]);
    endless.resize((1 << 20) + 1, b'\n');
    write(&directory, "Europe/Berlin", &endless);
    check_unusable(directory.path(), "over 1048576 bytes");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_and_circles_end() {
    use std::os::unix::fs::symlink;

    let directory = zone_directory("2999a");
    symlink("../Europe/Berlin", directory.path().join("Etc/Linked")).expect("a link");
    symlink(".", directory.path().join("Circle")).expect("a link");
    let zones = Zones::from_candidates(Some(directory.path()), None).expect("loads");
    assert_eq!(offset(&zones, "Etc/Linked", "2026-01-15T00:00:00Z"), 4_980);
    assert!(zones.names().all(|name| name.split('/').count() <= 3));

    symlink("nowhere", directory.path().join("Etc/Dangling")).expect("a link");
    check_unusable(directory.path(), "Dangling");
}

#[test]
fn only_ids_as_the_database_writes_them_are_known() {
    let directory = zone_directory("2999a");
    let file = zone_file(&[0], &[]);
    for decoy in [
        "posix/Europe/Berlin",
        "right/Europe/Berlin",
        "localtime",
        "posixrules",
        "Factory",
        "leapseconds",
        "Europe/.hidden",
        "Europe/Ber lin",
        "Europe/A/B/C",
    ] {
        write(&directory, decoy, &file);
    }
    let of_directory = Zones::from_candidates(Some(directory.path()), None).expect("loads");
    let outside = format!("../{}/Europe/Berlin", directory.path().file_name().expect("a name").display());
    let absolute = directory.path().join("Europe/Berlin").display().to_string();
    let now = at("2026-01-15T00:00:00Z");
    for zones in [&bundled(), &of_directory] {
        assert!(zones.rules("Europe/Berlin", now..=now).is_ok());
        for id in [
            "",
            " ",
            "/",
            "Europe",
            "Europe/",
            "Europe/Berlin/",
            "/Europe/Berlin",
            "Europe//Berlin",
            "Europe/./Berlin",
            "Etc/../Europe/Berlin",
            "Europe/Berlin ",
            "Europe/Berlin\0",
            "Europe/Berlín",
            "europe/berlin",
            "EUROPE/BERLIN",
            "Europe\\Berlin",
            "Mars/Olympus_Mons",
            "../../etc/passwd",
            &outside,
            &absolute,
            "posix/Europe/Berlin",
            "right/Europe/Berlin",
            "localtime",
            "posixrules",
            "Factory",
            "leapseconds",
            "tzdata.zi",
            "zone.tab",
            "Europe/.hidden",
            "Europe/Ber lin",
            "Europe/A/B/C",
            "EST5EDT4,M3.2.0,M11.1.0",
            "<+02>-2",
            "+02:00",
            "GMT+2",
            "Z",
            "CEST",
            "Pacific Standard Time",
        ] {
            let error = zones.rules(id, now..=now).expect_err(id);
            assert_eq!(error.id, id);
            assert_eq!(error.to_string(), format!("{id:?} is not a time zone of the IANA database"));
        }
    }
}

#[test]
fn names_are_sorted_and_hold_zones_and_links() {
    let zones = bundled();
    let names: Vec<&str> = zones.names().collect();
    assert!(names.is_sorted() && names.len() > 590, "{}", names.len());
    let now = at("2026-01-15T00:00:00Z");
    for name in &names {
        assert!(zones.rules(name, now..=now).is_ok(), "{name}");
    }
    for name in
        ["UTC", "Etc/UTC", "Europe/Kyiv", "Europe/Kiev", "America/Argentina/Buenos_Aires", "US/Pacific"]
    {
        assert!(names.binary_search(&name).is_ok(), "{name}");
    }
}

#[test]
fn aliases_have_the_same_rules() {
    let zones = bundled();
    let now = at("2026-01-15T00:00:00Z");
    for [name, alias] in [
        ["Europe/Kyiv", "Europe/Kiev"],
        ["Asia/Kolkata", "Asia/Calcutta"],
        ["America/Los_Angeles", "US/Pacific"],
        ["Europe/Berlin", "Europe/Oslo"],
        ["Asia/Ho_Chi_Minh", "Asia/Saigon"],
        ["UTC", "Etc/Zulu"],
    ] {
        let rules = |id| zones.rules(id, now..=now).expect("known");
        assert_eq!(rules(name), rules(alias), "{name} {alias}");
    }
}

#[test]
fn zones_whose_law_changed_after_2025b_have_the_new_one() {
    let zones = bundled();
    // What the data of 2025b says stands behind each.
    for (id, hours) in [
        ("America/Vancouver", -7), // -8
        ("America/Edmonton", -6),  // -7
        ("America/Inuvik", -6),    // -7
        ("America/Winnipeg", -5),  // -6
        ("Africa/Casablanca", 0),  // 1
        ("Africa/El_Aaiun", 0),    // 1
    ] {
        assert_eq!(offset(&zones, id, "2026-12-01T12:00:00Z"), hours * 3_600, "{id}");
    }
}

#[test]
fn rules_are_exact_to_the_second_and_reach_two_days_beyond_the_span() {
    let zones = bundled();
    for (id, instant, seconds) in [
        ("Europe/Berlin", "2026-03-29T00:59:59Z", 3_600),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", 7_200),
        ("Europe/Berlin", "2026-10-25T00:59:59Z", 7_200),
        ("Europe/Berlin", "2026-10-25T01:00:00Z", 3_600),
        ("Australia/Lord_Howe", "2026-12-01T00:00:00Z", 39_600),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700),
        ("Etc/GMT+5", "2026-01-01T00:00:00Z", -18_000),
        // Outside the years that are kept at hand.
        ("America/New_York", "1883-11-18T16:59:59Z", -17_762),
        ("America/New_York", "1883-11-18T17:00:00Z", -18_000),
        ("America/New_York", "0000-01-01T00:00:00Z", -17_762),
        ("America/New_York", "2499-07-01T00:00:00Z", -14_400),
        ("America/New_York", "9999-07-01T00:00:00Z", -14_400),
        ("America/New_York", "9999-12-31T23:59:59Z", -18_000),
    ] {
        assert_eq!(offset(&zones, id, instant), seconds, "{id} {instant}");
        // The same, seen from a span that ends or begins two days off.
        for days in [-2, 2] {
            let beside = at(instant).plus(days * 86_400);
            let rules = zones.rules(id, beside..=beside).expect("known");
            assert_eq!(rules.offset_at(at(instant)), seconds, "{id} {instant} {days}");
        }
    }
}

#[test]
fn every_span_gives_the_same_offsets() {
    let zones = bundled();
    let usual = at("1970-01-01T00:00:00Z")..=at("2100-01-01T00:00:00Z");
    let wider = at("1969-12-31T23:59:59Z")..=at("2100-01-01T00:00:01Z");
    for id in ["Europe/Berlin", "America/Santiago", "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran"] {
        let usual = zones.rules(id, usual.clone()).expect("known");
        let wider = zones.rules(id, wider.clone()).expect("known");
        let mut instant = at("1969-12-30T00:00:00Z");
        while instant < at("2100-01-03T00:00:00Z") {
            assert_eq!(usual.offset_at(instant), wider.offset_at(instant), "{id} {instant}");
            instant = instant.plus(7 * 3_600);
        }
    }
    let all = zones.rules("Europe/Berlin", Instant::MIN..=Instant::MAX).expect("known");
    assert_eq!(all.offset_at(Instant::MIN), 3_208);
    assert_eq!(all.offset_at(Instant::MAX), 3_600);
}

#[test]
fn only_a_change_of_offset_is_a_transition() {
    let directory = zone_directory("2999a");
    let (new_name, new_offset) = (at("2001-01-01T00:00:00Z"), at("2002-01-01T00:00:00Z"));
    // Types 0 and 1 have the same offset, as when a zone changes its abbreviation.
    let transitions = [(new_name.unix(), 1), (new_offset.unix(), 2)];
    write(&directory, "Etc/Renamed", &zone_file(&[3_600, 3_600, 7_200], &transitions));
    let zones = Zones::from_candidates(Some(directory.path()), None).expect("loads");
    let rules = zones.rules("Etc/Renamed", new_name..=new_offset).expect("known");
    let expected = ZoneRules::new(3_600, vec![Transition { at: new_offset, offset_seconds: 7_200 }]);
    assert_eq!(*rules, expected.expect("rules"));
}

#[test]
fn threads_share_what_was_worked_out_once() {
    let zones = bundled();
    let now = at("2026-01-15T00:00:00Z");
    let all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| zones.rules("Europe/Berlin", now..=now).expect("known"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("ends")).collect()
    });
    assert!(all.iter().all(|rules| std::sync::Arc::ptr_eq(rules, &all[0])));
}
