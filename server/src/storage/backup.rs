//! The whole store as one file: made while the store goes on, and put back while nobody uses it.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use super::{Location, StoreError, postgres, sqlite};

/// What is in a backup, for people who want to know that it is the right one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contents {
    /// Every booking, whatever became of it.
    pub bookings: i64,
    /// Everyone who offers time.
    pub mentors: i64,
    /// The size of the file.
    pub bytes: u64,
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bookings: {}, mentors: {}, bytes: {}", self.bookings, self.mentors, self.bytes)
    }
}

/// Why there is no backup, or nothing was restored. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database brings programs of its own, which do this better than we could.
    #[error("PostgreSQL has its own tools; for this database, run:")]
    OwnTools {
        /// What to run, in a shell. Without the password.
        command: String,
    },
    /// A backup would overwrite something.
    #[error("{} is already there; --force replaces it", .0.display())]
    Exists(PathBuf),
    /// A restore would overwrite something.
    #[error("{} already has data; --force replaces it", .0.display())]
    HasData(PathBuf),
    /// There is nothing to back up.
    #[error("there is no store at {}", .0.display())]
    NoStore(PathBuf),
    /// The file named is the store.
    #[error("{} is the store itself", .0.display())]
    Itself(PathBuf),
    /// Somebody has the store open. Not even force may exchange it under them: what they write would be lost.
    #[error("{} is in use; stop the server, and whatever else has it open", .0.display())]
    InUse(PathBuf),
    /// The file is damaged, or is something else.
    #[error("{} is not a sound store: {problem}", .file.display())]
    Unsound {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The file comes from a later version of this program.
    #[error("{} has schema {version} ({name}), and this program knows none after {known}: use a newer one", .file.display())]
    Newer {
        /// Which file.
        file: PathBuf,
        /// The last change of its schema.
        version: i64,
        /// What that change is called.
        name: String,
        /// The last change that is known here.
        known: i64,
    },
    /// A file could not be read or written.
    #[error("{}: {error}", .file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why not.
        #[source]
        error: io::Error,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// For `map_err`, where a call does not say itself which file it was about.
    pub(super) fn about(file: &Path) -> impl FnOnce(io::Error) -> BackupError {
        |error| BackupError::File { file: file.to_owned(), error }
    }
}

/// Writes everything in the store, as it is at one moment, to `file`. Others go on meanwhile. `force` overwrites.
///
/// # Errors
/// See [`BackupError`]. There is no file then, or the one that was there.
pub async fn back_up(location: &Location, file: &Path, force: bool) -> Result<Contents, BackupError> {
    match location {
        Location::Sqlite(store) => sqlite::back_up(store, file, force).await,
        Location::Postgres(address) => {
            Err(BackupError::OwnTools { command: postgres::dump_command(address, file) })
        }
    }
}

/// Makes `file`, once written by [`back_up`], the store, and brings its schema up to date. `force` does so in place of
/// a store that has data.
///
/// # Errors
/// See [`BackupError`]. The store is then as it was.
pub async fn restore(location: &Location, file: &Path, force: bool) -> Result<Contents, BackupError> {
    match location {
        Location::Sqlite(store) => sqlite::restore(store, file, force).await,
        Location::Postgres(address) => {
            Err(BackupError::OwnTools { command: postgres::restore_command(address, file, force) })
        }
    }
}
