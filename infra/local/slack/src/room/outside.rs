//! What happens outside of chat is another program's business; the page asks for it here, because a page may only ask its own origin
//! without more ado. Requests go on as they came, and answers come back as they are.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::App;

/// Hands a request on to the outside world, if there is one.
pub async fn hand_on(State(app): State<Arc<App>>, method: Method, Path(path): Path<String>, body: Bytes) -> Response {
    let Some(outside) = &app.config.outside else {
        return refused(StatusCode::NOT_FOUND, "no_outside_world", "This workspace was started without --outside.");
    };
    let request = app.http.request(method, format!("{outside}/{path}")).header(header::CONTENT_TYPE, "application/json").body(body);
    match answer(request).await {
        Ok((status, body)) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::warn!(%error, "the outside world could not be reached");
            refused(StatusCode::BAD_GATEWAY, "outside_unreachable", "The outside world does not answer. Is it still running?")
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(StatusCode, Bytes)> {
    let response = request.send().await?;
    Ok((response.status(), response.bytes().await?))
}

fn refused(status: StatusCode, error: &str, detail: &str) -> Response {
    (status, axum::Json(json!({"ok": false, "error": error, "detail": detail}))).into_response()
}
