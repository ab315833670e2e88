//! The program's own binary, as a user runs it: a process that serves until it is killed.

use std::{
    io::{self, BufRead as _, BufReader, Lines, Write},
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
};

/// What went wrong with the surroundings; what the program itself does wrong is a finding, not a failure.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The program's own binary, to be run as a user would.
///
/// # Errors
/// When it was not built.
pub fn binary() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    // Cargo puts programs into one folder, and tests into a folder below it.
    let built = own.ancestors().skip(1).take(2).map(|folder| folder.join("slotsmith"));
    let missing = "the program is not built: run scripts/test, or cargo build -p slotsmith";
    built.into_iter().find(|file| file.is_file()).ok_or_else(|| missing.into())
}

/// A serving process; killed when dropped.
pub struct Process {
    child: Child,
    base: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Serves on a free port with nothing but `settings`, and waits until it does. `arguments` follow `serve`,
    /// `before` is run in the shell that becomes the program, and what it logs goes to `log`.
    ///
    /// # Errors
    /// When it ends before it serves.
    pub fn start(
        settings: &[(String, String)],
        arguments: &[&str],
        before: &str,
        mut log: impl Write + Send + 'static,
    ) -> Result<Process, Failure> {
        let mut child = Command::new("bash")
            .arg("-c")
            // Without the trap the first write beyond a file-size limit would kill the program instead of failing.
            .arg(format!("trap '' XFSZ; {before}; exec \"$0\" serve \"$@\""))
            .arg(binary()?)
            .args(arguments)
            .env_clear()
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .env("LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no log")?).lines();
        // From here on dropping it ends the child.
        let mut process = Process { child, base: String::new() };
        process.base = format!("http://{}", where_it_serves(&mut lines, &mut log)?);
        // The pipe must be read for as long as it writes. Each line is one write: others may write to the same file.
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|line| log.write_all(format!("{line}\n").as_bytes()))
        });
        Ok(process)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// No file may grow beyond `bytes` from now on, which to a store is a disk that is full.
    ///
    /// # Errors
    /// When `prlimit` is not there or may not.
    pub fn limit_files(&self, bytes: u64) -> Result<(), Failure> {
        self.prlimit(&bytes.to_string())
    }

    /// Lets files grow again.
    ///
    /// # Errors
    /// As for [`Process::limit_files`].
    pub fn lift_limit(&self) -> Result<(), Failure> {
        self.prlimit("unlimited")
    }

    fn prlimit(&self, soft: &str) -> Result<(), Failure> {
        let pid = self.child.id().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={soft}:")]).status()?;
        if set.success() { Ok(()) } else { Err("prlimit refused to change a limit".into()) }
    }
}

/// The address it tells when it serves.
fn where_it_serves(
    lines: &mut Lines<BufReader<ChildStderr>>,
    log: &mut impl Write,
) -> Result<String, Failure> {
    for line in lines {
        let line = line?;
        writeln!(log, "{line}")?;
        let told = line.split_once("serving http").and_then(|(_, rest)| rest.split_once(" on "));
        if let Some(address) = told.and_then(|(_, rest)| rest.split(' ').next()) {
            return Ok(address.to_owned());
        }
    }
    Err(io::Error::other("the program ended before it served").into())
}
