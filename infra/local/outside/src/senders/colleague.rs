//! Somebody else in the room: posts what a person posts there, with the person's own token ("chat.postMessage", Slack Web API).

use serde_json::json;

use super::PEOPLE;
use crate::fields::{Field, Kind, Values};
use crate::registry::{Action, Deed, Request, Sender};
use crate::world::World;

const BYTES: &str = "C0BYTES";
const DJ: &str = "C0DJ";

const BY: Field = Field::choice(
    "by",
    "By",
    "U0APPROVER",
    &[("U0DEPLOYER", "Dana Deployer"), ("U0APPROVER", "Avery Approver"), ("U0READER", "Robin Reader")],
);

/// A colleague.
pub static SENDER: Sender = Sender {
    id: "colleague",
    name: "A colleague",
    group: PEOPLE,
    about: "Somebody who writes in #dev-bytes and #dj while you look on.",
    shown_after: "",
    actions: &[
        Action {
            id: "share_link",
            name: "Share a link",
            about: "In #dev-bytes. Slack shows below it what it leads to, and Opsroom remembers it.",
            fields: &[
                BY,
                Field {
                    kind: Kind::Text(&[
                        "https://docs.rs/tracing",
                        "https://tokio.rs/tokio/topics/tracing?utm_source=newsletter",
                        "https://sre.google/sre-book/postmortem-culture/",
                        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-rust.html",
                        "https://www.postgresql.org/docs/current/using-explain.html",
                        "https://github.com/BurntSushi/ripgrep",
                    ]),
                    ..Field::text("link", "Link", "https://docs.rs/tracing")
                },
                Field { kind: Kind::Optional(&[]), ..Field::text("words", "Words beside it", "Worth ten minutes #rust") },
            ],
            make: share_link,
        },
        Action {
            id: "post_song",
            name: "Post a song",
            about: "In #dj. It is looked for in the player's library, and queued.",
            fields: &[
                BY,
                Field { kind: Kind::Text(&[]), ..Field::text("song", "Song", "Daft Punk One More Time") }
                    .with_hint("words, or a link of Spotify, YouTube or Apple Music"),
            ],
            make: post_song,
        },
    ],
};

fn share_link(values: &Values, _: &mut World) -> Deed {
    let text = format!("{} {}", values.text("words"), values.text("link"));
    says(values, BYTES, text.trim(), "Shared a link in #dev-bytes")
}

fn post_song(values: &Values, _: &mut World) -> Deed {
    says(values, DJ, values.text("song"), "Posted a song in #dj")
}

fn says(values: &Values, channel: &str, text: &str, summary: &str) -> Deed {
    // A client that people use escapes what they type, and shows what links lead to.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = json!({"channel": channel, "text": text, "unfurl_links": true});
    Deed { summary: summary.to_owned(), requests: vec![Request::Slack { person: values.text("by").to_owned(), body }] }
}
