//! Settings: environment variables, or `slotsmith.toml` with the same names in lower case. Read once, at start;
//! nonsense is refused then, with the name of the setting.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde::Deserialize;
use url::Url;

use crate::{
    ids::{BookingId, Secret},
    notifications::{Sender, SettingsError, SmtpSettings, SmtpSpec},
    storage::Location,
};

/// How long a call waits for the store before it says that it is away.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which store, and where.
    pub database: Location,
    /// How long a call waits for the store.
    pub store_patience: Duration,
    /// Where files go: the store, and mail that is not sent.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How the world reaches this server; every link begins with it, as written but for a slash at its end.
    pub public_url: String,
    /// A directory of zone data to prefer, where it is newer.
    pub tzdata_dir: Option<PathBuf>,
    /// Who mail is from.
    pub sender: Sender,
    /// Where mail is handed in; into the outbox folder when absent.
    pub smtp: Option<SmtpSettings>,
}

/// A setting that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a value could not be read.
    #[error("configuration: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// A value is not what it must be.
    #[error("configuration: {name}: {problem}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// As written; every name of a setting stands here once.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Raw {
    database_url: Option<String>,
    data_dir: Option<PathBuf>,
    listen: Option<String>,
    public_url: Option<String>,
    tzdata_dir: Option<PathBuf>,
    email_from: Option<String>,
    email_reply_to: Option<String>,
    smtp_host: Option<String>,
    smtp_port: Option<u16>,
    smtp_user: Option<String>,
    smtp_pass: Option<String>,
    smtp_tls: Option<String>,
}

impl Config {
    /// Reads `slotsmith.toml` in the working directory, if there is one, and the environment over it.
    ///
    /// # Errors
    /// Names the setting that makes no sense.
    pub fn load() -> Result<Config, ConfigError> {
        let raw = config::Config::builder()
            .add_source(config::File::new("slotsmith.toml", config::FileFormat::Toml).required(false))
            .add_source(config::Environment::default().ignore_empty(true))
            .build()?
            .try_deserialize()?;
        Config::check(raw)
    }

    /// What holds with nothing configured, with all files under `data_dir`.
    ///
    /// # Errors
    /// Never, unless the defaults themselves are wrong.
    pub fn defaults(data_dir: PathBuf) -> Result<Config, ConfigError> {
        Config::check(Raw { data_dir: Some(data_dir), ..Raw::default() })
    }

    fn check(raw: Raw) -> Result<Config, ConfigError> {
        let data_dir = raw.data_dir.unwrap_or_else(|| "data".into());
        let database = match raw.database_url {
            None => Location::Sqlite(data_dir.join("slotsmith.db")),
            Some(url) => url.parse().map_err(|problem: &str| invalid("DATABASE_URL", problem.into()))?,
        };
        let listen = raw.listen.unwrap_or_else(|| "127.0.0.1:8080".into());
        let listen: SocketAddr = listen
            .parse()
            .map_err(|_| invalid("LISTEN", format!("{listen:?} is not an address and a port")))?;
        let public_url = match raw.public_url {
            None => format!("http://localhost:{}", listen.port()),
            Some(url) => url,
        };
        let sender = match raw.email_from.as_deref() {
            None => Sender::default(),
            Some(from) => Sender::new(from, raw.email_reply_to.as_deref())?,
        };
        let tls = raw.smtp_tls.as_deref().map(str::parse).transpose()?;
        let smtp = raw.smtp_host.map(|host| {
            SmtpSettings::new(SmtpSpec {
                host,
                port: raw.smtp_port,
                user: raw.smtp_user,
                pass: raw.smtp_pass.map(Into::into),
                tls,
                timeout: None,
            })
        });
        Ok(Config {
            database,
            store_patience: STORE_PATIENCE,
            data_dir,
            listen,
            public_url: http_url(&public_url)?,
            tzdata_dir: raw.tzdata_dir,
            sender,
            smtp: smtp.transpose()?,
        })
    }

    /// The page on which the holder of `token` manages a booking.
    pub fn manage_link(&self, booking: BookingId, token: &Secret) -> String {
        format!("{}/bookings/{booking}?token={}", self.public_url, token.reveal())
    }
}

fn http_url(text: &str) -> Result<String, ConfigError> {
    match Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none() =>
        {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err(invalid("PUBLIC_URL", format!("{text:?} is not an http or https address"))),
    }
}

impl From<SettingsError> for ConfigError {
    fn from(error: SettingsError) -> ConfigError {
        invalid(error.field, error.problem)
    }
}

fn invalid(name: &'static str, problem: String) -> ConfigError {
    ConfigError::Invalid { name, problem }
}
