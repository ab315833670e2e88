//! Names for things, and where chance comes from: one id type for each table, and secrets for callers.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use slotsmith_engine::Instant;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id (UUID version 7, RFC 9562 5.7): random, and ascending in the order of making, so that
            /// rows made together lie together.
            pub fn new(now: Instant) -> Self {
                let millis = u64::try_from(now.unix().saturating_mul(1_000)).unwrap_or(0);
                $name(uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map($name)
            }
        }
    };
}

id!(
    /// Who offers time.
    MentorId
);
id!(
    /// What kind of meeting a mentor offers.
    SessionTypeId
);
id!(
    /// A taken slot.
    BookingId
);
id!(
    /// A piece of work to be done later.
    JobId
);
id!(
    /// A key that lets a program act for a mentor or an admin.
    ApiKeyId
);

id!(
    /// A slot that is kept for somebody.
    HoldId
);
id!(
    /// A try to take a slot.
    AttemptId
);

/// A secret handed out once: 32 random bytes as text. Only its hash is stored, and it never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is stored of a [`Secret`]. Its 256 bits of chance need no salt and no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretHash(
    /// SHA-256 of the text.
    pub [u8; 32],
);

/// Random bytes that make a secret with another secret, see [`Secret::made_of`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Salt(
    /// As many as a hash has.
    pub [u8; 32],
);

impl Salt {
    /// A new one.
    pub fn random() -> Salt {
        Salt(random())
    }
}

impl SecretHash {
    /// Of bytes that stand for themselves, such as a request.
    pub fn of(bytes: &[u8]) -> SecretHash {
        SecretHash(Sha256::digest(bytes).into())
    }
}

impl Secret {
    /// A new one, which begins with `prefix` so that people and scanners can tell what it is.
    pub fn random(prefix: &str) -> Secret {
        Secret(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random::<32>())))
    }

    /// The same for the same salt and secret; neither alone tells it.
    pub fn made_of(salt: &Salt, secret: &Secret) -> Secret {
        let digest = Sha256::new().chain_update(salt.0).chain_update(&secret.0).finalize();
        Secret(URL_SAFE_NO_PAD.encode(digest))
    }

    /// The text, to give to its holder.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The hash to store or to look up. Looking up by hash leaks no timing that helps to guess the text.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(&self.0).into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// # Panics
/// When the operating system has no randomness to give: nothing safe can go on without it.
#[expect(clippy::expect_used, reason = "no id or token may be guessed, and there is nobody to ask instead")]
#[expect(clippy::disallowed_methods, reason = "the one place that chance comes from")]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
