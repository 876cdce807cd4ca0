//! Uploading in three steps: ask for an address, send the bytes there, complete. (`files.upload` is gone from Slack since 2025.)

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method};
use crate::clock;
use crate::limits::message;
use crate::room::composer::linked;
use crate::state::{App, Draft, UploadedFile};

pub const METHODS: &[Method] = &[
    Method { name: "files.getUploadURLExternal", scopes: &["files:write"], run: begin },
    Method { name: "files.completeUploadExternal", scopes: &["files:write"], run: complete },
    Method { name: "files.info", scopes: &["files:read"], run: info },
];

fn begin(call: &mut Call<'_>) -> Answer {
    let name = call.params.required("filename")?;
    let length = call.params.number("length").filter(|length| *length > 0);
    let length = length.ok_or_else(|| Refusal::argument("missing required field: length"))?;
    let id = call.world.next_id("F");
    let token = call.world.next_id("upload-");
    let kind = name.rsplit_once('.').map_or("text", |(_, extension)| extension).to_ascii_lowercase();
    let address = format!("{}/files/{id}/{}", call.world.base, percent_encoded(&name));
    let created = call.world.now / clock::SECOND;
    let object = json!({
        "id": id, "created": created, "timestamp": created, "name": name, "title": name, "mimetype": mime(&kind), "filetype": kind,
        "pretty_type": kind.to_ascii_uppercase(), "user": call.who.user, "user_team": call.world.workspace.team.id, "editable": false,
        "size": length, "mode": "hosted", "is_external": false, "external_type": "", "is_public": true, "public_url_shared": false,
        "display_as_bot": false, "username": "", "url_private": address, "url_private_download": address, "permalink": address,
        "alt_txt": call.params.text("alt_txt"), "channels": [], "groups": [], "ims": [],
    });
    let file = UploadedFile { object, bytes: Vec::new(), token: token.clone(), expected: length, uploaded: false, completed: false };
    call.world.files.insert(id.clone(), file);
    Ok(json!({"upload_url": format!("{}/upload/v1/{token}", call.world.base), "file_id": id}))
}

/// Takes the bytes, raw or as a form with one file, and answers as Slack's upload host does.
pub async fn upload(State(app): State<Arc<App>>, Path(token): Path<String>, request: Request) -> Response {
    let form = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bytes = if form.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        first_part(request).await
    } else {
        Bytes::from_request(request, &()).await.ok()
    };
    let Some(bytes) = bytes else { return (StatusCode::BAD_REQUEST, "no file").into_response() };
    app.with(|world| {
        let Some(file) = world.files.values_mut().find(|file| file.token == token && !file.uploaded) else {
            return (StatusCode::NOT_FOUND, "not found").into_response();
        };
        if bytes.len() != file.expected {
            return (StatusCode::BAD_REQUEST, "length mismatch").into_response();
        }
        file.bytes = bytes.to_vec();
        file.uploaded = true;
        (StatusCode::OK, format!("OK - {}", bytes.len())).into_response()
    })
}

async fn first_part(request: Request) -> Option<Bytes> {
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let part = parts.next_field().await.ok()??;
    part.bytes().await.ok()
}

fn complete(call: &mut Call<'_>) -> Answer {
    let wanted = call.structure("files", "invalid_arguments")?;
    let Some(Value::Array(wanted)) = wanted.filter(|list| list.as_array().is_some_and(|list| !list.is_empty())) else {
        return Err(Refusal::argument("missing required field: files"));
    };
    let mut channels = call.params.list("channels");
    channels.extend(call.params.text("channel_id"));
    let channels = channels.iter().map(|id| call.writable(id)).collect::<Result<Vec<String>, Refusal>>()?;
    let blocks = call.structure("blocks", "invalid_blocks_format")?;
    message::blocks(blocks.as_ref())?;
    let id = |one: &Value| one.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let ready = |one: &Value| call.world.files.get(&id(one)).is_some_and(|file| file.uploaded && !file.completed);
    if !wanted.iter().all(ready) {
        return Err(Refusal::new("file_not_found"));
    }
    let mut objects = Vec::new();
    for one in &wanted {
        let Some(file) = call.world.files.get_mut(&id(one)) else { continue };
        file.completed = true;
        if let Some(title) = one.get("title").and_then(Value::as_str) {
            file.object["title"] = json!(title);
        }
        file.object["channels"] = json!(channels);
        objects.push(file.object.clone());
    }
    for channel in &channels {
        let comment = call.params.text("initial_comment").unwrap_or_default();
        let mut draft = if call.who.bot { Draft::text(call.author(), comment) } else { Draft::written(call.author(), linked(&comment)) };
        draft.files.clone_from(&objects);
        if blocks.is_some() {
            draft.blocks.clone_from(&blocks);
        }
        draft.thread_ts = call.params.text("thread_ts");
        call.world.post(channel, draft);
    }
    Ok(json!({"files": objects}))
}

fn info(call: &mut Call<'_>) -> Answer {
    let id = call.params.required("file")?;
    let file = call.world.files.get(&id).filter(|file| file.completed).ok_or_else(|| Refusal::new("file_not_found"))?;
    Ok(json!({"file": file.object, "comments": [], "response_metadata": {"next_cursor": ""}}))
}

/// Gives a shared file to the room's page. (Slack wants a token here; the page has none.)
pub async fn download(State(app): State<Arc<App>>, Path((id, _name)): Path<(String, String)>) -> Response {
    app.with(|world| match world.files.get(&id).filter(|file| file.completed) {
        Some(file) => {
            let kind = file.object.get("mimetype").and_then(Value::as_str).unwrap_or("application/octet-stream").to_owned();
            ([(header::CONTENT_TYPE, kind)], file.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

fn mime(kind: &str) -> &'static str {
    match kind {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "json" => "application/json",
        "csv" => "text/csv",
        "zip" => "application/zip",
        "pdf" => "application/pdf",
        // Never text/html: what people upload must not run in the page's origin.
        _ => "text/plain",
    }
}

fn percent_encoded(name: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    name.bytes().fold(String::new(), |mut out, byte| {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
        out
    })
}
