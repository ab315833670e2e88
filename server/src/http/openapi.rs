//! The interface as an OpenAPI document, made from the handlers and the types they speak.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::error::Problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Slotsmith",
        description = "Mentors offer time, bookers pick a slot. Instants are RFC 3339 with an offset, dates \
                       `YYYY-MM-DD`, times `HH:MM` (`24:00` ends a day), zones IANA ids. Every error is a problem \
                       document (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem)),
    modifiers(&Securities),
)]
struct Document;

struct Securities;

impl Modify for Securities {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = |text| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build();
            SecurityScheme::Http(scheme)
        };
        let components = document.components.get_or_insert_default();
        components
            .add_security_scheme("key", bearer("A key made by `slotsmith key create`; begins with `slk_`."));
        components.add_security_scheme("manage_token", bearer("The token of a booking's manage link."));
    }
}

/// What every document begins with.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    super::api().into_openapi()
}
