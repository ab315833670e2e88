//! Who calls: keys that let programs act for a mentor or an admin. People sign in later, on the same types.

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
    store.api_key(Secret::from(bearer).hash()).await
}

/// Whether a bearer has the looks of one of our keys.
pub fn is_key(bearer: &str) -> bool {
    bearer.starts_with(PREFIX)
}
