//! What handlers are given: bodies and queries read once into their types, the time, and who calls. Everything that
//! cannot be read becomes a problem document here, with the field named.

use std::net::{IpAddr, Ipv6Addr};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use ipnet::IpNet;
use serde::de::DeserializeOwned;
use slotsmith_engine::Instant;

use super::error::ApiError;
use crate::{
    app::App,
    auth::{self, Role},
    booking::Claim,
    ids::{Secret, SecretHash},
    serve::Peer,
};

/// The present, read once for a request.
pub struct Now(pub Instant);

impl FromRequestParts<App> for Now {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Now, ApiError> {
        Ok(Now(app.clock.now()))
    }
}

/// A JSON body. 415 when it is said to be something else, 400 when it is not JSON, 413 when it is too long, 422 with
/// the field when it is not of the right shape.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, ApiError> {
        let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = declared.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let detail = "The body must be JSON, sent as application/json.";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        parse_json(&body(request, state).await?).map(Json)
    }
}

/// The same, where the body may be left out altogether.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<OptionalJson<T>, ApiError> {
        let body = body(request, state).await?;
        if body.is_empty() { Ok(OptionalJson(T::default())) } else { parse_json(&body).map(OptionalJson) }
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("The body may have at most {} bytes.", super::BODY_BYTES_MAX);
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        }
        _ => ApiError::malformed("The body could not be read."),
    })
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // serde would take a list for an object's members in their order, which nobody means.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::invalid_field("body", "must be an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        if error.inner().is_data() {
            let path = if path == "." { "body".to_owned() } else { path };
            ApiError::invalid_field(path, without_position(&error.inner().to_string()))
        } else {
            ApiError::malformed(format!("The body is not JSON: {}.", error.inner()))
        }
    })?;
    json.end().map_err(|error| ApiError::malformed(format!("The body is not JSON: {error}.")))?;
    Ok(parsed)
}

/// serde_json ends its messages with a line and column, of no use once the field is named.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// The query string. 422 with the name of what is missing or wrong.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        if let Ok(read) = serde_urlencoded::from_str(query) {
            return Ok(Query(read));
        }
        // Once more, for the name of what is wrong.
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let members = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(members).map(Query).map_err(|error| {
            let path = error.path().to_string();
            ApiError::invalid_field(
                if path == "." { "query".to_owned() } else { path },
                error.inner().to_string(),
            )
        })
    }
}

/// A path's parts; what cannot be one names nothing, so it is not found.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, ApiError> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Path(value)).map_err(|_| ApiError::not_found("page"))
    }
}

/// An `Idempotency-Key`, if one was sent: a quoted string, as the draft has it, or the bare text that many send. 400 when
/// it is neither.
pub struct IdempotencyKey(pub Option<Secret>);

/// Longest key, in bytes.
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<IdempotencyKey, ApiError> {
        let Some(header) = parts.headers.get("idempotency-key") else { return Ok(IdempotencyKey(None)) };
        let text = header.to_str().unwrap_or_default().trim();
        let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if !(1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic())
        {
            let detail = "Idempotency-Key must be 1 to 255 visible ASCII characters.";
            return Err(ApiError::malformed(detail));
        }
        Ok(IdempotencyKey(Some(Secret::from(key))))
    }
}

/// A hash of the network that a request comes from; none when the program is called without a network.
pub struct Source(pub Option<SecretHash>);

impl FromRequestParts<App> for Source {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Source, ApiError> {
        let Some(Peer(peer)) = parts.extensions.get::<Peer>().copied() else { return Ok(Source(None)) };
        let forwarded =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops = forwarded.flat_map(|value| value.split(',')).map(|hop| hop.trim().parse().ok());
        let address = client_address(peer, hops.collect(), &app.config.trusted_proxies);
        Ok(Source(Some(SecretHash::of(network_of(address).to_string().as_bytes()))))
    }
}

/// The last hop that no trusted proxy vouches for. What a stranger writes into the header counts for nothing.
fn client_address(peer: IpAddr, mut hops: Vec<Option<IpAddr>>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut address = peer;
    while is_trusted(address)
        && let Some(Some(hop)) = hops.pop()
    {
        address = hop;
    }
    address
}

/// An IPv6 customer is given at least a /64, so that is one source.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A caller who showed a valid key. 401 otherwise.
pub struct Caller(pub Role);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, ApiError> {
        let bearer = bearer(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        let key = auth::key_of(&*app.store, bearer).await?.ok_or_else(ApiError::unauthorized)?;
        Ok(Caller(key.role))
    }
}

/// What a caller shows to be let near a booking: a manage token, as a bearer or in the query, or a key. Nothing
/// shown, or a key that is not ours, is 401.
pub struct BookingClaim(pub Claim);

impl FromRequestParts<App> for BookingClaim {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<BookingClaim, ApiError> {
        if let Some(bearer) = bearer(&parts.headers) {
            if auth::is_key(bearer) {
                let key = auth::key_of(&*app.store, bearer).await?.ok_or_else(ApiError::unauthorized)?;
                return Ok(BookingClaim(match key.role {
                    Role::Admin => Claim::Admin,
                    Role::Mentor(mentor) => Claim::Mentor(mentor),
                }));
            }
            return Ok(BookingClaim(Claim::Token(Secret::from(bearer).hash())));
        }
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let token = url::form_urlencoded::parse(query).find(|(name, _)| name == "token");
        let (_, token) = token.ok_or_else(ApiError::unauthorized)?;
        Ok(BookingClaim(Claim::Token(Secret::from(&*token).hash())))
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750 2.1); the scheme's case does not matter.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, hops: &str, expected: &str) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let hops = hops.split_whitespace().map(|hop| hop.parse().ok()).collect();
        let address = client_address(peer.parse().unwrap(), hops, &trusted);
        assert_eq!(network_of(address).to_string(), expected, "{peer}");
    }

    #[test]
    fn a_request_comes_from_the_last_hop_that_nobody_trusted_vouches_for() {
        check("192.0.2.1", "", "192.0.2.1");
        check("192.0.2.1", "198.51.100.7", "192.0.2.1");
        check("10.0.0.1", "198.51.100.7", "198.51.100.7");
        check("10.0.0.1", "203.0.113.9 198.51.100.7 10.0.0.2", "198.51.100.7");
        check("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7");
        check("10.0.0.1", "", "10.0.0.1");
        check("10.0.0.1", "198.51.100.7 unknown", "10.0.0.1");
        // A customer's whole network is one.
        check("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::");
        check("::ffff:192.0.2.1", "", "192.0.2.1");
    }
}
