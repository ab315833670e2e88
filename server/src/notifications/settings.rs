//! How mail is configured: who sends it and through which server. Nonsense is refused here, at start, and not
//! found out by the first booker.
//!
//! Where the texts come from (environment, file) is not known here.

use std::{fmt, net::IpAddr, time::Duration};

use lettre::{Address, message::Mailbox};

use super::text;

/// A setting that means nothing, and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field} {problem}")]
pub struct SettingsError {
    /// The setting's name in the environment.
    pub field: &'static str,
    /// What is wrong with it, as the rest of a sentence. Never holds a password.
    pub problem: String,
}

impl SettingsError {
    pub(super) fn new(field: &'static str, problem: impl Into<String>) -> SettingsError {
        SettingsError { field, problem: problem.into() }
    }
}

/// Who our mail comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Sender {
    /// From `EMAIL_FROM` (`Slotsmith <bookings@example.com>`, or the address alone) and `EMAIL_REPLY_TO`.
    ///
    /// # Errors
    /// When either is no address.
    pub fn new(from: &str, reply_to: Option<&str>) -> Result<Sender, SettingsError> {
        let reply_to = reply_to.map(|text| mailbox("EMAIL_REPLY_TO", text)).transpose()?;
        Ok(Sender { from: mailbox("EMAIL_FROM", from)?, reply_to })
    }

    /// The From of every mail.
    pub fn mailbox(&self) -> &Mailbox {
        &self.from
    }

    /// Where answers go, when not to the sender.
    pub fn reply_to(&self) -> Option<&Mailbox> {
        self.reply_to.as_ref()
    }

    /// The address alone, `bookings@example.com`.
    pub fn address(&self) -> String {
        self.from.email.to_string()
    }

    /// The domain as message ids write it, international names in their ASCII form.
    pub(super) fn ascii_domain(&self) -> String {
        let domain = self.from.email.domain();
        url::Host::parse(domain).map_or_else(|_| "slotsmith".to_owned(), |host| host.to_string())
    }
}

/// `Slotsmith <slotsmith@localhost>`, which no answer will ever reach: good enough for the outbox folder.
impl Default for Sender {
    fn default() -> Sender {
        let address = Address::new_dangerous("slotsmith", "localhost");
        Sender { from: Mailbox::new(Some("Slotsmith".to_owned()), address), reply_to: None }
    }
}

fn mailbox(field: &'static str, text: &str) -> Result<Mailbox, SettingsError> {
    if text.chars().any(char::is_control) {
        return Err(SettingsError::new(field, "has a line end or another control character in it"));
    }
    let refused =
        |_| SettingsError::new(field, format!("must be like `Name <name@example.com>`, is `{text}`"));
    let parsed: Mailbox = text.trim().parse().map_err(refused)?;
    // The parser stops at what it cannot read and keeps what it has: `a@b.com, c@d.com` would lose its tail.
    let tail = if text.contains('<') { text.trim().strip_suffix('>') } else { Some(text.trim()) };
    if !tail.is_some_and(|tail| tail.ends_with(&parsed.email.to_string())) {
        return Err(SettingsError::new(field, format!("must be one address, is `{text}`")));
    }
    let name = parsed.name.map(|name| text::line(&name)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, parsed.email))
}

/// A password that does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Password {
        Password(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How the connection to the mail server is protected (`SMTP_TLS`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SmtpTls {
    /// It begins in the clear and must be upgraded before anything is said (RFC 3207).
    StartTls,
    /// It is encrypted from the first byte (RFC 8314).
    Tls,
    /// It is not. For servers on the same machine, and without a password for others.
    None,
}

impl SmtpTls {
    fn port(self) -> u16 {
        match self {
            SmtpTls::StartTls => 587,
            SmtpTls::Tls => 465,
            SmtpTls::None => 25,
        }
    }
}

impl std::str::FromStr for SmtpTls {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<SmtpTls, SettingsError> {
        match text {
            "starttls" => Ok(SmtpTls::StartTls),
            "tls" => Ok(SmtpTls::Tls),
            "none" => Ok(SmtpTls::None),
            other => {
                Err(SettingsError::new("SMTP_TLS", format!("must be starttls, tls or none, is `{other}`")))
            }
        }
    }
}

/// The parts of [`SmtpSettings`] before they are checked; `None` is what "left out" means.
#[derive(Clone, Default, Debug)]
pub struct SmtpSpec {
    /// `SMTP_HOST`: a name or an IP address.
    pub host: String,
    /// `SMTP_PORT`; 587 for starttls, 465 for tls and 25 for none when left out.
    pub port: Option<u16>,
    /// `SMTP_USER`, together with `pass` or not at all.
    pub user: Option<String>,
    /// `SMTP_PASS`.
    pub pass: Option<Password>,
    /// `SMTP_TLS`; tls on port 465 and starttls on any other when left out.
    pub tls: Option<SmtpTls>,
    /// How long one mail may take from connecting to the last answer; 30 seconds when left out.
    pub timeout: Option<Duration>,
}

/// A mail server, and how to speak with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SmtpSettings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<(String, Password)>,
    pub(super) tls: SmtpTls,
    pub(super) timeout: Duration,
}

impl SmtpSettings {
    /// # Errors
    /// Names the first setting that means nothing, or that would send a password in the clear.
    pub fn new(spec: SmtpSpec) -> Result<SmtpSettings, SettingsError> {
        let host = spec.host.trim().to_owned();
        if host.parse::<IpAddr>().is_err() && (host.is_empty() || url::Host::parse(&host).is_err()) {
            return Err(SettingsError::new(
                "SMTP_HOST",
                format!("must be a host name or address, is `{host}`"),
            ));
        }
        let tls = spec.tls.unwrap_or(if spec.port == Some(465) { SmtpTls::Tls } else { SmtpTls::StartTls });
        let port = spec.port.unwrap_or(tls.port());
        if port == 0 {
            return Err(SettingsError::new("SMTP_PORT", "must be 1 to 65535, is 0"));
        }
        if port == 465 && tls != SmtpTls::Tls {
            return Err(SettingsError::new(
                "SMTP_TLS",
                "must be tls on port 465, where servers speak nothing else",
            ));
        }
        let login = login(spec.user, spec.pass)?;
        if tls == SmtpTls::None && login.is_some() && !is_this_machine(&host) {
            return Err(SettingsError::new("SMTP_TLS", "must not be none when there is a password to send"));
        }
        let timeout = spec.timeout.unwrap_or(Duration::from_secs(30));
        Ok(SmtpSettings { host, port, login, tls, timeout })
    }
}

fn login(user: Option<String>, pass: Option<Password>) -> Result<Option<(String, Password)>, SettingsError> {
    match (user, pass) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(SettingsError::new("SMTP_PASS", "is missing, and SMTP_USER is set")),
        (None, Some(_)) => Err(SettingsError::new("SMTP_USER", "is missing, and SMTP_PASS is set")),
        (Some(user), Some(_)) if user.is_empty() || user.contains(char::is_control) => {
            Err(SettingsError::new("SMTP_USER", "is empty or has a control character in it"))
        }
        (Some(_), Some(pass)) if pass.reveal().is_empty() || pass.reveal().contains(char::is_control) => {
            Err(SettingsError::new("SMTP_PASS", "is empty or has a control character in it"))
        }
        (Some(user), Some(pass)) => Ok(Some((user, pass))),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Password, Sender, SmtpSettings, SmtpSpec, SmtpTls};

    #[test]
    fn a_sender_is_one_address_with_or_without_a_name() {
        for (text, name, address) in [
            ("bookings@example.com", None, "bookings@example.com"),
            ("Slotsmith <bookings@example.com>", Some("Slotsmith"), "bookings@example.com"),
            ("\"Kim, Park & Co.\" <a@example.com>", Some("Kim, Park & Co."), "a@example.com"),
            (" 멘토링 <a@example.com> ", Some("멘토링"), "a@example.com"),
            ("Slotsmith <slotsmith@localhost>", Some("Slotsmith"), "slotsmith@localhost"),
        ] {
            let sender = Sender::new(text, None).expect(text);
            assert_eq!((sender.mailbox().name.as_deref(), sender.address().as_str()), (name, address));
        }
        assert_eq!(
            Sender::default(),
            Sender::new("Slotsmith <slotsmith@localhost>", None).expect("the default")
        );
    }

    #[test]
    fn what_is_no_sender_is_refused_by_name() {
        for text in [
            "",
            "Slotsmith",
            "a@",
            "@b",
            "a b@c.d",
            "a@b.com, c@d.com",
            "a@b.com\r\nBcc: c@d.com",
            "<a@b.com",
        ] {
            let refused = Sender::new(text, None).expect_err(text);
            assert_eq!(refused.field, "EMAIL_FROM", "{text}");
        }
        let refused = Sender::new("a@example.com", Some("nobody")).expect_err("no address");
        assert_eq!(refused.to_string(), "EMAIL_REPLY_TO must be like `Name <name@example.com>`, is `nobody`");
    }

    fn spec(host: &str, port: Option<u16>, tls: Option<SmtpTls>) -> SmtpSpec {
        SmtpSpec { host: host.to_owned(), port, tls, ..SmtpSpec::default() }
    }

    #[test]
    fn port_and_protection_imply_each_other() {
        for (port, tls, expected) in [
            (None, None, (587, SmtpTls::StartTls)),
            (Some(465), None, (465, SmtpTls::Tls)),
            (None, Some(SmtpTls::Tls), (465, SmtpTls::Tls)),
            (None, Some(SmtpTls::None), (25, SmtpTls::None)),
            (Some(2525), Some(SmtpTls::None), (2525, SmtpTls::None)),
        ] {
            let settings = SmtpSettings::new(spec("mail.example.com", port, tls)).expect("good settings");
            assert_eq!((settings.port, settings.tls), expected);
        }
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let login = |host: &str, tls, user: Option<&str>, pass: Option<&str>| SmtpSpec {
            user: user.map(str::to_owned),
            pass: pass.map(|pass| Password::from(pass.to_owned())),
            ..spec(host, None, tls)
        };
        for (bad, field) in [
            (spec("", None, None), "SMTP_HOST"),
            (spec("smtp://mail.example.com", None, None), "SMTP_HOST"),
            (spec("mail.example.com:25", None, None), "SMTP_HOST"),
            (spec("mail.example.com", Some(0), None), "SMTP_PORT"),
            (spec("mail.example.com", Some(465), Some(SmtpTls::StartTls)), "SMTP_TLS"),
            (login("mail.example.com", None, Some("jo"), None), "SMTP_PASS"),
            (login("mail.example.com", None, None, Some("x")), "SMTP_USER"),
            (login("mail.example.com", None, Some("jo"), Some("a\nb")), "SMTP_PASS"),
            (login("mail.example.com", Some(SmtpTls::None), Some("jo"), Some("x")), "SMTP_TLS"),
        ] {
            assert_eq!(SmtpSettings::new(bad).expect_err(field).field, field);
        }
        assert!(SmtpSettings::new(login("127.0.0.1", Some(SmtpTls::None), Some("jo"), Some("x"))).is_ok());
        assert_eq!(
            "ssl".parse::<SmtpTls>().expect_err("no such").to_string(),
            "SMTP_TLS must be starttls, tls or none, is `ssl`"
        );
    }

    #[test]
    fn a_password_does_not_print_itself() {
        let settings =
            SmtpSpec { pass: Some("hunter2".to_owned().into()), ..spec("mail.example.com", None, None) };
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
