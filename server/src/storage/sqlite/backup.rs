//! A store as one file, and back.
//!
//! Both ways are one statement, `VACUUM INTO`: it copies what one transaction sees, the write-ahead log included, and
//! keeps no writer waiting. Nothing ever copies a store's file by its bytes.

use std::{io, os::unix::fs::MetadataExt as _, path::Path};

use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

use super::{
    super::{
        StoreError,
        backup::{BackupError, Contents},
    },
    MIGRATIONS, beside, failed, lock, migrate,
    partial::{Partial, sync_folder},
};

type Result<T> = std::result::Result<T, BackupError>;

/// See [`super::super::back_up`].
pub(in crate::storage) async fn back_up(store: &Path, file: &Path, force: bool) -> Result<Contents> {
    if !store.exists() {
        return Err(BackupError::NoStore(store.to_owned()));
    }
    refuse_itself(store, file)?;
    // The name is given at the end, and only if it is free then too. This spares the work.
    if !force && file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let _lock = lock::shared(store)
        .map_err(BackupError::about(store))?
        .ok_or_else(|| BackupError::InUse(store.to_owned()))?;
    let copy = Partial::of(file).map_err(BackupError::about(file))?;
    write_copy(store, copy.path()).await?;
    let contents = inspect(copy.path(), Access::Write).await.map_err(|error| renamed(error, store))?;
    let kept = if force { copy.keep_as(file) } else { copy.keep_as_new(file) };
    kept.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
        _ => BackupError::about(file)(error),
    })?;
    Ok(contents)
}

/// See [`super::super::restore`].
pub(in crate::storage) async fn restore(store: &Path, file: &Path, force: bool) -> Result<Contents> {
    // A link to the store stays one.
    let store = &store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let about_store = || BackupError::about(store);
    if let Some(folder) = store.parent() {
        std::fs::create_dir_all(folder).map_err(about_store())?;
    }
    refuse_itself(store, file)?;
    // Held to the end: nobody opens what is about to be exchanged.
    let _lock =
        lock::exclusive(store).map_err(about_store())?.ok_or_else(|| BackupError::InUse(store.to_owned()))?;
    if !force && has_data(store).await? {
        return Err(BackupError::HasData(store.to_owned()));
    }
    inspect(file, Access::Read).await?;
    let copy = Partial::of(store).map_err(about_store())?;
    write_copy(file, copy.path()).await?;
    update(copy.path()).await.map_err(|error| renamed(error, file))?;
    let contents = inspect(copy.path(), Access::Write).await.map_err(|error| renamed(error, file))?;
    copy.dress_as(store).map_err(about_store())?;
    fold(store, force).await?;
    copy.keep_as(store).map_err(about_store())?;
    Ok(contents)
}

fn refuse_itself(store: &Path, file: &Path) -> Result<()> {
    let identity = |path: &Path| path.metadata().map(|found| (found.dev(), found.ino())).ok();
    match identity(file).is_some_and(|it| identity(store) == Some(it)) {
        true => Err(BackupError::Itself(file.to_owned())),
        false => Ok(()),
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).foreign_keys(true).pragma("trusted_schema", "OFF")
}

/// Everything that is in `from` at this moment, into `to`, which is empty.
async fn write_copy(from: &Path, to: &Path) -> Result<()> {
    // SQLite could take a relative name for an address with a scheme.
    let target = std::path::absolute(to).map_err(BackupError::about(to))?;
    let target = target.to_str().ok_or_else(|| BackupError::File {
        file: to.to_owned(),
        error: io::Error::new(io::ErrorKind::InvalidFilename, "the name is not UTF-8"),
    })?;
    with(options(from).read_only(true), async |db| {
        sqlx::query("VACUUM INTO $1").bind(target).execute(db).await.map(drop)
    })
    .await
    .map_err(|error| unsound(from, error))
}

/// How a file is opened to be inspected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// What belongs to somebody else stays as it is. SQLite then leaves the constraints of tables unread.
    Read,
    /// A copy of ours, held against everything the schema promises.
    Write,
}

/// Finds out whether a file is a whole store of a schema that is known here, and what is in it.
async fn inspect(file: &Path, access: Access) -> Result<Contents> {
    let options = options(file).read_only(access == Access::Read);
    let bytes = file.metadata().map_err(BackupError::about(file))?.len();
    let read = async |db: &mut SqliteConnection| {
        let mut problems: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check(10)").fetch_all(&mut *db).await?;
        if problems == ["ok"] {
            // Which that check does not look at.
            let dangling = "SELECT format('a row of %s lacks its row of %s', \"table\", parent)
                            FROM pragma_foreign_key_check LIMIT 10";
            problems = sqlx::query_scalar(dangling).fetch_all(&mut *db).await?;
        }
        let last = "SELECT version, description FROM _sqlx_migrations ORDER BY version DESC LIMIT 1";
        let last: Option<(i64, String)> = sqlx::query_as(last).fetch_optional(db).await?;
        Ok((problems, last))
    };
    let (problems, last) = with(options.clone(), read).await.map_err(|error| unsound(file, error))?;
    if !problems.is_empty() {
        return Err(BackupError::Unsound { file: file.to_owned(), problem: problems.join("; ") });
    }
    let known = MIGRATIONS.last().map_or(0, |&(version, ..)| version);
    if let Some((version, name)) = last.filter(|&(version, _)| known < version) {
        return Err(BackupError::Newer { file: file.to_owned(), version, name, known });
    }
    // Only now: a schema that is not known may call its tables something else.
    let count = async |db: &mut SqliteConnection| {
        let counts = "SELECT (SELECT count(*) FROM bookings), (SELECT count(*) FROM mentors)";
        sqlx::query_as::<_, (i64, i64)>(counts).fetch_one(db).await
    };
    let (bookings, mentors) = with(options, count).await.map_err(|error| unsound(file, error))?;
    Ok(Contents { bookings, mentors, bytes })
}

/// Brings the schema of a copy up to date.
async fn update(copy: &Path) -> Result<()> {
    let updated = with(options(copy), async |db| Ok(migrate::all(MIGRATIONS).run(db).await)).await;
    updated
        .map_err(|error| unsound(copy, error))?
        .map_err(|error| BackupError::Unsound { file: copy.to_owned(), problem: error.to_string() })
}

/// Whether anything would be lost with a store. One that was opened and never used has nothing.
async fn has_data(store: &Path) -> Result<bool> {
    if !store.exists() {
        return Ok(false);
    }
    let read = async |db: &mut SqliteConnection| {
        let tables: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *db).await?;
        if tables == 0 {
            return Ok(false);
        }
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM mentors) OR EXISTS (SELECT 1 FROM api_keys)")
            .fetch_one(db)
            .await
    };
    with(options(store), read).await.map_err(|error| unsound(store, error))
}

/// Brings all of an old store into its one file, so that whenever the power fails there is either the old store or the
/// new one, and never the new one with the old one's log. SQLite does it only for somebody who is alone with the store,
/// which also finds programs that know nothing of our lock. What is broken is not worth it, when told to replace it.
async fn fold(store: &Path, force: bool) -> Result<()> {
    if store.exists() {
        let folded = with(options(store), async |db| {
            sqlx::query("PRAGMA journal_mode = DELETE").execute(db).await.map(drop)
        });
        match folded.await {
            Ok(()) => {}
            Err(error) if is_busy(&error) => return Err(BackupError::InUse(store.to_owned())),
            Err(error) => match failed(error) {
                StoreError::Broken(_) if force => {}
                other => return Err(other.into()),
            },
        }
    }
    for rest in ["-wal", "-shm", "-journal"] {
        let rest = beside(store, rest);
        match std::fs::remove_file(&rest) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::about(&rest)(error));
            }
            _ => {}
        }
    }
    sync_folder(store).map_err(BackupError::about(store))
}

/// Whether somebody else has what was wanted.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|database| database.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// Does some work on a file, and is done with the file when it returns.
async fn with<T>(
    options: SqliteConnectOptions,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
) -> sqlx::Result<T> {
    let mut db = SqliteConnection::connect_with(&options).await?;
    let done = work(&mut db).await;
    let closed = db.close().await;
    let done = done?;
    closed.map(|()| done)
}

/// SQLite's complaints of what a file holds are for whoever named the file.
fn unsound(file: &Path, error: sqlx::Error) -> BackupError {
    let problem = error.as_database_error().map_or_else(|| error.to_string(), |it| it.message().to_owned());
    match failed(error) {
        StoreError::Broken(_) => BackupError::Unsound { file: file.to_owned(), problem },
        other => other.into(),
    }
}

/// A copy has the faults of what it was made from, and its own name says nothing to anybody.
fn renamed(error: BackupError, original: &Path) -> BackupError {
    let file = original.to_owned();
    match error {
        BackupError::Unsound { problem, .. } => BackupError::Unsound { file, problem },
        BackupError::Newer { version, name, known, .. } => BackupError::Newer { file, version, name, known },
        other => other,
    }
}
