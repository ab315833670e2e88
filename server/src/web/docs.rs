//! The reference page: an OpenAPI 3.1 document as headings, tables and code that a person can read and link to.
//!
//! It shows what the document says and adds nothing. Unknown parts of a document are passed over, never refused.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::text::{Lang, Texts};

/// How deep a body's fields are followed, and how many lines one body may have.
const DEPTH_MAX: usize = 4;
const FIELDS_MAX: usize = 200;

/// The reference page for `openapi`. Its frame speaks `lang`, its content the document's English.
pub fn docs(openapi: &Value, now: DateTime<Utc>, lang: Lang) -> Response {
    let groups = groups(openapi);
    let page = DocsPage {
        lang,
        t: lang.texts(),
        now: super::stamp(now),
        version: text(openapi.pointer("/info/version")),
        intro: prose(openapi.pointer("/info/description")),
        groups: &groups,
    };
    super::answer(StatusCode::OK, lang, &page)
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'a> {
    lang: Lang,
    t: &'static Texts,
    now: String,
    version: String,
    intro: Vec<Vec<Span>>,
    groups: &'a [Group],
}

struct Group {
    anchor: String,
    name: String,
    about: Vec<Vec<Span>>,
    operations: Vec<Operation>,
}

struct Operation {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    about: Vec<Vec<Span>>,
    security: Vec<String>,
    parameters: Vec<Field>,
    bodies: Vec<Body>,
    answers: Vec<Answer>,
}

struct Answer {
    status: String,
    about: Vec<Span>,
    bodies: Vec<Body>,
}

struct Body {
    media_type: String,
    kind: String,
    fields: Vec<Field>,
    example: Option<String>,
}

struct Field {
    depth: usize,
    name: String,
    /// `query`, `path` or `header` for a parameter; empty for a field of a body.
    place: String,
    kind: String,
    required: bool,
    about: Vec<Span>,
}

/// A stretch of text, as code or as words.
struct Span {
    code: bool,
    text: String,
}

impl Operation {
    fn method_class(&self) -> String {
        self.method.to_lowercase()
    }
}

impl Answer {
    /// `2` for 201, `4` for 404: which family a status belongs to.
    fn class(&self) -> char {
        self.status.chars().next().unwrap_or('x')
    }
}

fn groups(openapi: &Value) -> Vec<Group> {
    let empty = Map::new();
    let paths = openapi.get("paths").and_then(Value::as_object).unwrap_or(&empty);
    let mut by_tag: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in paths {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(node) = item.get(method) else { continue };
            let tag = text(node.pointer("/tags/0"));
            let tag = if tag.is_empty() { "Other".to_owned() } else { tag };
            by_tag.entry(tag).or_default().push(operation(openapi, path, method, item, node));
        }
    }
    // The document's own order of tags first, then what it forgot to list.
    let listed = openapi.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut groups: Vec<Group> = listed
        .iter()
        .filter_map(|tag| {
            let name = text(tag.get("name"));
            let operations = by_tag.remove(&name)?;
            Some(Group {
                anchor: anchor(&["tag", &name]),
                name,
                about: prose(tag.get("description")),
                operations,
            })
        })
        .collect();
    groups.extend(by_tag.into_iter().map(|(name, operations)| Group {
        anchor: anchor(&["tag", &name]),
        name,
        about: Vec::new(),
        operations,
    }));
    groups
}

fn operation(root: &Value, path: &str, method: &str, item: &Value, node: &Value) -> Operation {
    let shared = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let own = node.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let parameters = shared.chain(own).map(|parameter| field_of_parameter(root, parameter)).collect();
    let answers = node.get("responses").and_then(Value::as_object).into_iter().flatten();
    let summary = text(node.get("summary")).trim_end_matches('.').to_owned();
    Operation {
        anchor: anchor(&[method, path]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: if summary.is_empty() { format!("{} {path}", method.to_uppercase()) } else { summary },
        about: prose(node.get("description")),
        security: security(root, node),
        parameters,
        bodies: bodies(root, node.get("requestBody").map(|body| resolve(root, body))),
        answers: answers
            .map(|(status, answer)| {
                let answer = resolve(root, answer);
                Answer {
                    status: status.clone(),
                    about: spans(&about_answer(status, answer)),
                    bodies: bodies(root, Some(answer)),
                }
            })
            .collect(),
    }
}

/// What the document says about an answer, else what its status is called.
fn about_answer(status: &str, answer: &Value) -> String {
    let about = text(answer.get("description"));
    let known = status.parse().ok().and_then(|code: StatusCode| code.canonical_reason());
    if about.is_empty() { known.unwrap_or_default().to_owned() } else { about }
}

/// The names of the schemes that open an operation; empty when anyone may call it.
fn security(root: &Value, node: &Value) -> Vec<String> {
    let wanted = node.get("security").or_else(|| root.get("security")).and_then(Value::as_array);
    let schemes = wanted.into_iter().flatten().filter_map(Value::as_object).flat_map(Map::keys);
    let mut names: Vec<String> = schemes.cloned().collect();
    names.dedup();
    names
}

fn field_of_parameter(root: &Value, parameter: &Value) -> Field {
    let parameter = resolve(root, parameter);
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    // A parameter is there or not; it is never the word "null".
    let kind = kind(root, schema);
    Field {
        depth: 0,
        name: text(parameter.get("name")),
        place: text(parameter.get("in")),
        kind: kind.strip_suffix(" or null").map_or(kind.clone(), str::to_owned),
        required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
        about: spans(&text(parameter.get("description"))),
    }
}

fn bodies(root: &Value, holder: Option<&Value>) -> Vec<Body> {
    let content = holder.and_then(|holder| holder.get("content")).and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .map(|(media_type, media)| {
            let schema = media.get("schema").unwrap_or(&Value::Null);
            let mut fields = Vec::new();
            collect(root, schema, 0, &mut Vec::new(), &mut fields);
            let example = media.get("example").or_else(|| resolve(root, schema).get("example"));
            Body {
                media_type: media_type.clone(),
                kind: kind(root, schema),
                fields,
                example: example.and_then(|example| serde_json::to_string_pretty(example).ok()),
            }
        })
        .collect()
}

/// Adds the fields of an object, and of what lies within it, to `out`.
///
/// `open` holds the names of the schemas being walked, so that a schema that contains itself ends.
fn collect(root: &Value, schema: &Value, depth: usize, open: &mut Vec<String>, out: &mut Vec<Field>) {
    let name = reference(schema).map(str::to_owned);
    if depth > DEPTH_MAX || name.as_ref().is_some_and(|name| open.contains(name)) {
        return;
    }
    let named = name.is_some();
    open.extend(name);
    let schema = resolve(root, schema);
    for part in alternatives(schema) {
        collect(root, part, depth, open, out);
    }
    if let Some(items) = schema.get("items") {
        collect(root, items, depth, open, out);
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    for (name, node) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if out.len() >= FIELDS_MAX {
            break;
        }
        let about = [node, resolve(root, node)].into_iter().find_map(|node| node.get("description"));
        out.push(Field {
            depth,
            name: name.clone(),
            place: String::new(),
            kind: kind(root, node),
            required: required.contains(&name.as_str()),
            about: spans(&text(about)),
        });
        collect(root, node, depth + 1, open, out);
    }
    if named {
        open.pop();
    }
}

/// A schema's type in words: `string (date-time)`, `array of Slot`, `open | taken`, `integer or null`.
fn kind(root: &Value, schema: &Value) -> String {
    let target = resolve(root, schema);
    if let Some(values) = target.get("enum").and_then(Value::as_array) {
        return values.iter().map(plain).collect::<Vec<_>>().join(" | ");
    }
    if let Some(value) = target.get("const") {
        return plain(value);
    }
    let types: Vec<&str> = match target.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let parts: Vec<&Value> = alternatives(target).collect();
    if types.is_empty() && !parts.is_empty() {
        return parts.iter().map(|part| kind(root, part)).collect::<Vec<_>>().join(" or ");
    }
    let mut words: Vec<String> = types
        .iter()
        .map(|one| match (*one, target.get("items")) {
            ("array", Some(items)) => format!("array of {}", kind(root, items)),
            ("object", _) => reference(schema).map_or_else(|| "object".to_owned(), str::to_owned),
            (one, _) => one.to_owned(),
        })
        .collect();
    if words.is_empty() {
        words.push(reference(schema).unwrap_or("any").to_owned());
    }
    let joined = words.join(" or ");
    match target.get("format").and_then(Value::as_str) {
        Some(format) if !matches!(format, "int32" | "int64") => format!("{joined} ({format})"),
        _ => joined,
    }
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

/// The last part of a `$ref`: the name of a schema.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// What a `$ref` points to within the document; anything else is itself. References to references are followed a
/// few times, never for ever.
fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    for _ in 0..8 {
        let Some(pointer) = node.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'))
        else {
            break;
        };
        let Some(target) = root.pointer(pointer) else { break };
        node = target;
    }
    node
}

fn text(node: Option<&Value>) -> String {
    node.and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Paragraphs, at the empty lines.
fn prose(node: Option<&Value>) -> Vec<Vec<Span>> {
    text(node).split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).map(spans).collect()
}

/// Splits at backticks: what stands between two is code.
fn spans(words: &str) -> Vec<Span> {
    let parts = words.split('`').enumerate();
    parts
        .map(|(index, part)| Span { code: index % 2 == 1, text: part.to_owned() })
        .filter(|span| !span.text.is_empty())
        .collect()
}

/// `get-api-bookings-id` for `["get", "/api/bookings/{id}"]`.
fn anchor(parts: &[&str]) -> String {
    let joined = parts.join(" ").to_lowercase();
    let words = joined.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::{anchor, groups};
    use serde_json::json;

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let document = json!({
            "paths": {"/api/trees/{id}": {"get": {"responses": {"200": {"description": "a tree",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}}}}}},
            "components": {"schemas": {"Tree": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": ["string", "null"]},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}}}
        });
        let groups = groups(&document);
        let body = &groups[0].operations[0].answers[0].bodies[0];
        let lines: Vec<_> =
            body.fields.iter().map(|field| format!("{}: {}", field.name, field.kind)).collect();
        assert_eq!(lines, ["children: array of Tree", "name: string or null"]);
        assert_eq!(body.kind, "Tree");
    }

    #[test]
    fn anchors_are_made_of_words() {
        assert_eq!(anchor(&["get", "/api/bookings/{id}/calendar.ics"]), "get-api-bookings-id-calendar-ics");
    }
}
