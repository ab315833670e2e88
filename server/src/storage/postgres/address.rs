//! Where a database is, read from `DATABASE_URL`.

use std::{borrow::Cow, fmt, str::FromStr};

use sqlx::postgres::PgConnectOptions;
use url::Url;

/// Where a database is, and who may enter. Never prints the password.
#[derive(Clone)]
pub struct Address {
    pub(super) options: Box<PgConnectOptions>,
    /// Files that the driver does not tell again, by libpq's names.
    pub(super) certificates: Vec<(&'static str, String)>,
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(url: &str) -> std::result::Result<Address, &'static str> {
        // The driver's own words might repeat the password.
        let refused = "is not the address of a PostgreSQL database";
        let options = url.parse().map(Box::new).map_err(|_| refused)?;
        let parsed = Url::parse(url).map_err(|_| refused)?;
        let certificate = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            let name = match &*name {
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "sslrootcert",
                "sslcert" | "ssl-cert" => "sslcert",
                "sslkey" | "ssl-key" => "sslkey",
                _ => return None,
            };
            Some((name, value.into_owned()))
        };
        Ok(Address { options, certificates: parsed.query_pairs().filter_map(certificate).collect() })
    }
}

impl Address {
    /// A name, or the folder of a socket.
    pub(super) fn host(&self) -> Cow<'_, str> {
        let options = &self.options;
        options.get_socket().map_or_else(|| options.get_host().into(), |dir| dir.to_string_lossy())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.options.get_database().unwrap_or_default();
        write!(f, "PostgreSQL database {database:?} at {}", self.host())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
