//! The way out: a folder of `.eml` files, or a mail server.
//!
//! One call is one try. Whether and when to try again is the job's business; what is known here is whether that
//! could help. A mail may go out twice (the server took it and its answer was lost), never by halves.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use super::{
    settings::{SettingsError, SmtpSettings, SmtpTls},
    text,
};

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// Into files, for people to look at: what happens when no server is configured.
    Outbox {
        /// The folder, made when it is missing.
        dir: PathBuf,
    },
    /// To a mail server.
    Smtp(Smtp),
}

/// A mail server that we hand mails to.
#[derive(Clone, Debug)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

/// Why a mail did not go out. The texts hold no address, no password and nothing of the mail.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeliveryError {
    /// It may go through later.
    #[error("{0}")]
    Transient(String),
    /// It may go through later, but only after the operator has mended the configuration.
    #[error("{0}; the mail settings want a look")]
    Operator(String),
    /// It will never go through as it is.
    #[error("{0}")]
    Permanent(String),
}

impl DeliveryError {
    /// Whether trying the same mail again could help.
    pub fn is_transient(&self) -> bool {
        !matches!(self, DeliveryError::Permanent(_))
    }
}

impl Delivery {
    /// Delivery by this server. Connects only when there is a mail. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When TLS cannot be set up for the host's name.
    pub fn smtp(settings: &SmtpSettings) -> Result<Delivery, SettingsError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls(settings)?)
            .timeout(Some(settings.timeout))
            // No connection is kept. lettre would shelve one that we gave up on in the middle of a sentence, and
            // the next mail would take its late answers for answers of its own.
            .pool_config(PoolConfig::new().max_size(0));
        if let Some((user, pass)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), pass.reveal().to_owned()));
        }
        Ok(Delivery::Smtp(Smtp { transport: builder.build(), timeout: settings.timeout }))
    }

    /// Sends one mail, once. `name` is the mail's own, the same at every try: letters, digits, `-`, `_` and `.`.
    ///
    /// # Errors
    /// [`DeliveryError`], which says whether another try could help.
    pub async fn send(&self, name: &str, message: &Message) -> Result<(), DeliveryError> {
        match self {
            Delivery::Outbox { dir } => write_out(dir, name, message.formatted()).await,
            Delivery::Smtp(server) => server.send(name, message).await,
        }
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, SettingsError> {
    let parameters = || {
        TlsParameters::new(settings.host.clone())
            .map_err(|error| SettingsError::new("SMTP_HOST", format!("does not do for TLS: {error}")))
    };
    Ok(match settings.tls {
        SmtpTls::StartTls => Tls::Required(parameters()?),
        SmtpTls::Tls => Tls::Wrapper(parameters()?),
        SmtpTls::None => Tls::None,
    })
}

impl Smtp {
    async fn send(&self, name: &str, message: &Message) -> Result<(), DeliveryError> {
        let envelope = message.envelope();
        let bytes = message.formatted();
        // lettre's own timeout is for connecting only; a server that falls silent later would be waited for.
        let sent = tokio::time::timeout(self.timeout, self.transport.send_raw(envelope, &bytes)).await;
        let sent = sent.map_err(|_| {
            DeliveryError::Transient(format!("the mail server took longer than {:?} to answer", self.timeout))
        })?;
        sent.map_err(|error| judge(&error, envelope.to().iter().all(|to| to.to_string().is_ascii())))?;
        tracing::info!(mail.name = name, "handed a mail to the server");
        Ok(())
    }
}

/// RFC 5321 4.2.1: 4yz may pass, 5yz will not. What is wrong with us and not with the mail is the operator's.
fn judge(error: &smtp::Error, ascii_addresses: bool) -> DeliveryError {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if let Some(code) = error.status() {
        let code = code.to_string();
        // RFC 4954 6: asked to log in, login refused, mechanism too weak, encryption wanted first. What the server
        // says to that may repeat what was sent, so only the number is kept.
        if matches!(code.as_str(), "530" | "534" | "535" | "538") {
            return DeliveryError::Operator(format!("the mail server refuses our login ({code})"));
        }
        let answer = discreet(&format!("the mail server answered {code} {cause}"));
        return if error.is_permanent() {
            DeliveryError::Permanent(answer)
        } else {
            DeliveryError::Transient(answer)
        };
    }
    let problem = discreet(&format!("the mail server could not be used: {error}"));
    match (error.is_client(), ascii_addresses) {
        // The server does not take addresses beyond ASCII (RFC 6531), and this one will not change.
        (true, false) => DeliveryError::Permanent(problem),
        // It offers no STARTTLS, or no login that we know.
        (true, true) => DeliveryError::Operator(problem),
        (false, _) => DeliveryError::Transient(problem),
    }
}

/// Fit for logs and for the row of the job: one line, no addresses, not endless.
fn discreet(text: &str) -> String {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| if word.contains('@') { "<address>" } else { word }).collect();
    text::clipped(&text::line(&words.join(" ")), 200)
}

async fn write_out(dir: &Path, name: &str, bytes: Vec<u8>) -> Result<(), DeliveryError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(DeliveryError::Permanent(format!(
            "`{}` does not do for a file name",
            name.escape_default()
        )));
    }
    let (dir, file) = (dir.to_owned(), dir.join(format!("{name}.eml")));
    let hidden = dir.join(format!(".{name}.eml.part"));
    let target = file.clone();
    let written = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&dir)?;
        write_private(&hidden, &bytes)?;
        // A file appears under its name whole or not at all, and a second try replaces the first.
        std::fs::rename(&hidden, &target)
    })
    .await
    .unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
    written.map_err(|error| DeliveryError::Transient(format!("the outbox cannot be written: {error}")))?;
    tracing::info!(mail.file = %file.display(), "wrote a mail to the outbox");
    Ok(())
}

/// For the owner's eyes: a mail holds the link that manages its booking.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::discreet;

    #[test]
    fn what_a_server_says_is_kept_without_addresses() {
        assert_eq!(
            discreet("550 5.1.1 <jo@example.com>:\r\nRecipient address rejected"),
            "550 5.1.1 <address> Recipient address rejected"
        );
        assert_eq!(discreet(&"x".repeat(500)).chars().count(), 200);
    }
}
