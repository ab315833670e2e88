//! The files of `server/assets`: part of the binary, served with the hash of their content as validator.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// Answers `/assets/{path}`; `if_none_match` is the request's header of that name.
///
/// `no-cache` lets browsers keep a file and makes them ask whether it is still the same, so that pages and scripts
/// of two versions never meet; the question costs one short 304.
pub fn assets(path: &str, if_none_match: Option<&str>) -> Response {
    let Some(file) = Files::get(path) else {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    };
    let tag = etag(&file.metadata.sha256_hash());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        // An SVG opened by itself is a document; this one may run nothing.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
    ];
    let seen = if_none_match
        .is_some_and(|list| list.split(',').any(|item| item.trim().trim_start_matches("W/") == tag));
    if seen {
        return (StatusCode::NOT_MODIFIED, headers, [(header::ETAG, tag)]).into_response();
    }
    (headers, [(header::ETAG, tag)], Body::from(file.data.into_owned())).into_response()
}

/// Half of the hash is plenty to tell two versions of a file apart.
fn etag(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in &hash[..16] {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
