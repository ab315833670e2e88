//! Who has the store open, told by a lock on an empty file beside it.
//!
//! SQLite's own locks cannot tell: a pool lets its connections go when nobody asks anything for a while, and a program
//! that starts during a restore could open the old file a moment before it is exchanged. The system gives the lock back
//! when its holder dies, however that comes about.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use super::beside;

/// For whoever opens the store. `None` while it is being restored.
pub(super) fn shared(store: &Path) -> io::Result<Option<File>> {
    let file = file(store)?;
    given(file.try_lock_shared(), file)
}

/// For whoever exchanges the store. `None` while somebody has it open.
pub(super) fn exclusive(store: &Path) -> io::Result<Option<File>> {
    let file = file(store)?;
    given(file.try_lock(), file)
}

/// One that another account made can be locked, though not written to. It is never removed: who locks a file that has
/// lost its name locks nothing.
fn file(store: &Path) -> io::Result<File> {
    // By whatever link somebody comes to the store, the lock is the same.
    let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let path = beside(&store, "-lock");
    File::open(&path).or_else(|_| File::create(&path))
}

fn given(answer: Result<(), TryLockError>, file: File) -> io::Result<Option<File>> {
    match answer {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
