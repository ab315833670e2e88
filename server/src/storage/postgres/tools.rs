//! The commands of PostgreSQL's own that back a database up and restore it. None holds the password: those programs ask
//! for it, or find it in `~/.pgpass` or `PGPASSWORD`.

use std::path::Path;

use sqlx::postgres::PgSslMode;

use super::Address;

/// Writes the whole database, as it is at one moment, to `file`, which is its owner's only.
pub(in crate::storage) fn dump_command(address: &Address, file: &Path) -> String {
    let (to, file) = (in_shell(&connection(address)), in_shell(&file.to_string_lossy()));
    format!("(umask 077 && pg_dump --format=custom --dbname={to} --file={file})")
}

/// Puts it back, all of it or nothing. `clean` first removes what is there.
pub(in crate::storage) fn restore_command(address: &Address, file: &Path, clean: bool) -> String {
    let (to, file) = (in_shell(&connection(address)), in_shell(&file.to_string_lossy()));
    let clean = if clean { " --clean --if-exists" } else { "" };
    format!("pg_restore --single-transaction --no-owner{clean} --dbname={to} {file}")
}

/// How to reach the database, in libpq's words.
fn connection(address: &Address) -> String {
    let options = &address.options;
    let (host, port) = (address.host(), options.get_port().to_string());
    let ssl_mode = match options.get_ssl_mode() {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    };
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    let words =
        [("host", &*host), ("port", &port), ("user", user), ("dbname", database), ("sslmode", ssl_mode)];
    let files = address.certificates.iter().map(|(name, file)| (*name, file.as_str()));
    let words: Vec<_> =
        words.into_iter().chain(files).map(|(name, value)| format!("{name}={}", in_libpq(value))).collect();
    words.join(" ")
}

fn in_libpq(value: &str) -> String {
    let plain = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || "'\\".contains(c));
    if plain { value.into() } else { format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'")) }
}

fn in_shell(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    if plain { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
