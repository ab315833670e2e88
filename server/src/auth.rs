//! Who calls: keys that let programs act for a mentor or an admin. People sign in later, on the same types. And for whom
//! the store is asked, so that it can say no where the program forgot to.

use slotsmith_engine::Instant;

use crate::{
    ids::{ApiKeyId, MentorId, Secret, SecretHash},
    storage::{Result, Storage},
};

/// How every key begins, so that people and scanners can tell what it is.
const PREFIX: &str = "slk_";

/// What a caller may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Everything.
    Admin,
    /// What is this mentor's own.
    Mentor(MentorId),
}

impl Role {
    /// Who is seen by the store.
    pub fn caller(self) -> Caller {
        match self {
            Role::Admin => Caller::Admin,
            Role::Mentor(mentor) => Caller::Mentor(mentor),
        }
    }
}

/// For whom the store is asked. It shows and does what is theirs; on PostgreSQL the database itself sees to that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// Anybody: sees what is offered, and books.
    Public,
    /// A mentor: what is their own.
    Mentor(MentorId),
    /// Somebody whose address was verified: what is booked under it.
    Client(String),
    /// Who runs the place, by a key or at a shell.
    Admin,
    /// Whoever shows a secret: what it was handed out for.
    Token(SecretHash),
    /// Nobody: work that follows, and what time brings.
    System,
}

/// A key as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiKey {
    /// Its name in logs.
    pub id: ApiKeyId,
    /// What its bearer may do.
    pub role: Role,
}

/// A key about to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewApiKey {
    /// The key.
    pub key: ApiKey,
    /// What its owner calls it.
    pub name: String,
    /// What is stored of its secret.
    pub hash: SecretHash,
}

/// Makes a key and answers its secret, which is never shown again.
///
/// # Errors
/// When the store cannot keep it.
pub async fn create_key(store: &dyn Storage, role: Role, name: String, now: Instant) -> Result<Secret> {
    let secret = Secret::random(PREFIX);
    let key = ApiKey { id: ApiKeyId::new(now), role };
    store.add_api_key(&NewApiKey { key, name, hash: secret.hash() }, now).await?;
    Ok(secret)
}

/// Finds whose key a bearer shows. Text that is no key of ours is not looked up.
///
/// # Errors
/// When the store is away.
pub async fn key_of(store: &dyn Storage, bearer: &str) -> Result<Option<ApiKey>> {
    if !is_key(bearer) {
        return Ok(None);
    }
    let hash = Secret::from(bearer).hash();
    store.acting(Caller::Token(hash)).api_key(hash).await
}

/// Whether a bearer has the looks of one of our keys.
pub fn is_key(bearer: &str) -> bool {
    bearer.starts_with(PREFIX)
}
