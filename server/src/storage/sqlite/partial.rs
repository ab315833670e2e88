//! A file that appears under its name only when it is whole and on the disk.

use std::{
    fs::{File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown},
    path::{Path, PathBuf},
};

use super::beside;

/// Readable by its owner only, empty at first, and removed unless it is kept. The next one of the same name removes
/// what a killed process left; a lock tells that from one that is being written.
pub(super) struct Partial {
    path: PathBuf,
    file: File,
}

impl Partial {
    /// Beside the file that it is to become, so that taking its place is one step.
    pub(super) fn of(file: &Path) -> io::Result<Partial> {
        let path = beside(file, ".part");
        match File::open(&path) {
            Ok(left) => {
                lock(&left, &path)?;
                remove(&path)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // Made anew, so that no owner and no mode of before is left either.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        lock(&file, &path)?;
        Ok(Partial { path, file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it owner and mode of the file whose place it takes, if there is one: the account that serves a store need
    /// not be the one that restores it.
    pub(super) fn dress_as(&self, file: &Path) -> io::Result<()> {
        let old = match file.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            old => old?,
        };
        let own = self.file.metadata()?;
        if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
            fchown(&self.file, Some(old.uid()), Some(old.gid()))?;
        }
        self.file.set_permissions(Permissions::from_mode(old.mode() & 0o777))
    }

    /// Makes it last, under `file`'s name. Where something has that name it is
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists), however late it came.
    pub(super) fn keep_as_new(self, file: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::hard_link(&self.path, file)?;
        sync_folder(file)
    }

    /// Makes it last, under `file`'s name, in place of what was there.
    pub(super) fn keep_as(self, file: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.path, file)?;
        sync_folder(file)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Once it is kept, this may be the name of somebody else's.
        if is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = remove(&self.path);
        }
    }
}

/// Locks what has this name, if nobody else does.
fn lock(file: &File, path: &Path) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => taken(),
        TryLockError::Error(error) => error,
    })?;
    // Its holder may have been done with it since it was opened.
    if is_at(file, path)? { Ok(()) } else { Err(taken()) }
}

fn taken() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "somebody else is writing it")
}

fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (file, named) = (file.metadata()?, path.symlink_metadata()?);
    Ok((file.dev(), file.ino()) == (named.dev(), named.ino()))
}

/// With the journal that SQLite puts beside it.
fn remove(part: &Path) -> io::Result<()> {
    for file in [&beside(part, "-journal"), part] {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Makes what happened to names in a file's folder last.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_taken_meanwhile_is_not_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let part = Partial::of(&file).unwrap();
        std::fs::write(&file, "precious").unwrap();
        assert_eq!(part.keep_as_new(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&file).unwrap(), b"precious");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_kept_does_not_take_the_next_one_along() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let part = Partial::of(&file).unwrap();
        std::fs::rename(part.path(), &file).unwrap();
        let next = Partial::of(&file).unwrap();
        drop(part);
        assert!(next.path().exists());
    }
}
