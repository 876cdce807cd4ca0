//! The routes, and how the server ends.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::services::{ServeDir, ServeFile};

use crate::connection::{Cut, SeverableListener};
use crate::state::App;
use crate::{control, response_url, room, web_api};

/// The largest body that is taken. Uploaded files are the largest there are.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

fn routes(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/", get(|| async { Redirect::temporary("/room/") }))
        .route("/room", get(|| async { Redirect::temporary("/room/") }))
        .route("/api/{method}", any(web_api::call))
        .route("/upload/v1/{token}", post(web_api::upload))
        .route("/files/{id}/{name}", get(web_api::download))
        .route("/response/{kind}/{team}/{token}", post(response_url::respond))
        .nest("/_local", control::routes())
        .nest("/room/api", room::routes().fallback(|| async { StatusCode::NOT_FOUND }));
    if let Some(dist) = &app.config.room_dist {
        let page = ServeFile::new(dist.join("index.html"));
        router = router.nest_service("/room/", ServeDir::new(dist).append_index_html_on_directories(true).fallback(page));
    } else {
        router = router.route("/room/", get(|| async { (StatusCode::NOT_FOUND, "started without --room-dist").into_response() }));
    }
    router.layer(DefaultBodyLimit::max(LARGEST_BODY)).layer(axum::middleware::map_response(no_store)).with_state(Arc::clone(app))
}

/// Nothing here is worth caching: the page is rebuilt while people look at it.
async fn no_store(mut response: axum::response::Response) -> axum::response::Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Serves until the process is told to end. Streams that pages hold open are cut, not waited for.
pub async fn serve(listener: TcpListener, app: Arc<App>) -> std::io::Result<()> {
    let service = routes(&app).into_make_service_with_connect_info::<Cut>();
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        result = async { axum::serve(SeverableListener(listener), service).await } => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminated.recv() => Ok(()),
    }
}
