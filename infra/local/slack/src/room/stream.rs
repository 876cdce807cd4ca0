//! Server-Sent Events: what happens, as it happens, for one person's eyes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::broadcast::error::RecvError;

use super::{As, person, reply};
use crate::state::{App, Audience, RoomEvent};

/// `GET /room/api/events`.
pub async fn events(State(app): State<Arc<App>>, Query(me): Query<As>) -> Response {
    if let Err(refusal) = app.with(|world| person(world, &me.person)) {
        return reply(Err(refusal));
    }
    let receiver = app.room.subscribe();
    let stream = stream::unfold((app, receiver, me.person), |(app, mut receiver, me)| async move {
        loop {
            match receiver.recv().await {
                Ok(event) if event.audience == Audience::Renewed => return None,
                Ok(event) if concerns(&app, &event, &me) => {
                    let line = Event::default().data(event.data.to_string());
                    return Some((Ok::<_, Infallible>(line), (app, receiver, me)));
                }
                Ok(_) => {}
                // The page was too slow and missed something: ending the stream makes it reconnect and read everything anew.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            }
        }
    });
    // An opening comment lets the page (and a test) know that from here on nothing is missed.
    let opening = stream::once(async { Ok(Event::default().comment("open")) });
    let all = futures_util::StreamExt::chain(opening, stream);
    Sse::new(all).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("keep-alive")).into_response()
}

fn concerns(app: &Arc<App>, event: &RoomEvent, me: &str) -> bool {
    match &event.audience {
        Audience::Renewed => false,
        Audience::Person(person) => person == me,
        Audience::Channel(id) => app.with(|world| world.channel(id).is_some_and(|channel| channel.has(me))),
    }
}
