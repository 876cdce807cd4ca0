//! Searching and looking up, with answers as the reference shows them.

use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::fake::{Fake, ID, Say, refused, track_json};

/// A page of results: "Search for Item".
fn found(items: &Value) -> Say {
    Say::Json(
        200,
        json!({"tracks": {"href": "https://api.spotify.com/v1/search?offset=0&limit=5", "limit": 5, "next": null, "offset": 0,
            "previous": null, "total": 1, "items": items}}),
    )
}

/// The parameters that the fake received, decoded.
fn parameters(target: &str) -> Vec<(String, String)> {
    let url = Url::parse("http://x/").unwrap().join(target).unwrap();
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn finds_tracks() {
    let (fake, spotify) = Fake::start([found(&json!([track_json(ID, "One More Time"), null]))]).await;
    let tracks = spotify.search("  Daft Punk One More Time ", 5).await.unwrap();
    let uri = TrackUri::from_id(ID).unwrap();
    assert_eq!(
        tracks,
        [Track {
            uri,
            title: "One More Time".into(),
            artists: vec!["Daft Punk".into(), "Romanthony".into()],
            album: "Discovery".into(),
            duration: SignedDuration::from_millis(320_357),
            explicit: true,
            playable: None,
            restriction: None,
            requested: None,
        }]
    );
    assert_eq!(tracks[0].url(), "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl");
    assert_eq!(fake.called()[0].line(), "GET /api/v1/search?q=Daft+Punk+One+More+Time&type=track&limit=5");
    assert_eq!(fake.called()[0].length, None);
}

#[tokio::test]
async fn words_arrive_as_they_were_typed() {
    let hostile = [
        "\"quoted\" & 'so' on",
        "a&type=playlist&limit=50",
        "a#fragment?x=1;y=2/../../me",
        "100% + more = %26amp",
        "line\nbreak\r\nX-Header: 1\ttab",
        "Björk – Jóga 💿 日本語 \u{202e}",
        "\\ $(reboot) `id` {}<script>",
    ];
    let (fake, spotify) = Fake::start(hostile.map(|_| found(&json!([])))).await;
    for words in hostile {
        assert_eq!(spotify.search(words, 3).await.unwrap(), []);
    }
    for (seen, words) in fake.called().iter().zip(hostile) {
        let pairs = [("q", words), ("type", "track"), ("limit", "3")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(parameters(&seen.target), pairs, "{}", seen.target);
        assert!(seen.target.starts_with("/api/v1/search?") && seen.target.bytes().all(|byte| byte.is_ascii_graphic()), "{}", seen.target);
    }
}

#[tokio::test]
async fn asks_for_no_more_than_there_is_to_get() {
    let (fake, spotify) = Fake::start([found(&json!([])), found(&json!([]))]).await;
    spotify.search("x", 0).await.unwrap();
    spotify.search("x", 50).await.unwrap();
    let limits: Vec<_> = fake.called().iter().map(|seen| parameters(&seen.target)[2].1.clone()).collect();
    assert_eq!(limits, ["1", "10"]);
}

#[tokio::test]
async fn without_words_nothing_is_sent() {
    let (fake, spotify) = Fake::start([]).await;
    let error = spotify.search(" \n", 5).await.unwrap_err();
    assert_eq!(error.to_string(), "no words to search for: an artist, a title, or both would be");
    assert!(fake.asked().is_empty() && fake.called().is_empty());
}

#[tokio::test]
async fn in_a_market_it_is_known_what_can_be_played() {
    let mut relinked = track_json(ID, "Heaven and Hell");
    relinked["is_playable"] = true.into();
    relinked["linked_from"] = json!({"id": "6kLCHFM39wkFjOuyPGLGeQ", "type": "track", "uri": "spotify:track:6kLCHFM39wkFjOuyPGLGeQ"});
    let mut restricted = track_json(ID, "Heaven and Hell");
    restricted["is_playable"] = false.into();
    restricted["restrictions"] = json!({"reason": "market"});
    let (fake, spotify) = Fake::start([Say::Json(200, relinked), Say::Json(200, restricted)]).await;
    let spotify = spotify.in_market(Market::new("us").unwrap());
    let asked = TrackUri::from_id("6kLCHFM39wkFjOuyPGLGeQ").unwrap();

    let track = spotify.track(&asked).await.unwrap();
    assert_eq!((track.playable, track.restriction, track.requested), (Some(true), None, Some(asked.clone())));
    assert_eq!(track.uri.id(), ID);
    let track = spotify.track(&asked).await.unwrap();
    assert_eq!((track.playable, track.restriction.as_deref(), track.requested), (Some(false), Some("market"), None));
    assert_eq!(fake.called()[0].line(), "GET /api/v1/tracks/6kLCHFM39wkFjOuyPGLGeQ?market=US");
}

#[tokio::test]
async fn a_track_that_is_not_there_is_not_found() {
    let (_, spotify) = Fake::start([refused(404, "Resource not found", None)]).await;
    assert!(matches!(spotify.track(&TrackUri::from_id(ID).unwrap()).await, Err(SpotifyError::NotFound)));
}

#[test]
fn a_market_is_two_letters() {
    assert_eq!(Market::new("de").unwrap().code(), "DE");
    for bad in ["", "D", "DEU", "D1", "d&", "ä"] {
        assert!(Market::new(bad).unwrap_err().to_string().contains("two letters such as `DE` would be"), "{bad}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_answer_is_named_and_not_shown() {
    let without = |key: &str| {
        let mut track = track_json(ID, "hush");
        track.as_object_mut().unwrap().remove(key);
        found(&json!([null, track]))
    };
    let with = |key: &str, value: Value| {
        let mut track = track_json(ID, "hush");
        track[key] = value;
        found(&json!([track]))
    };
    let cases = [
        (Say::Text(200, "<html>hush"), "`search`: no JSON"),
        (Say::Text(200, ""), "`search`: the JSON ends too early"),
        (Say::Text(200, "{\"tracks\":{\"items\":[]}} hush"), "`search`: no JSON"),
        (Say::Json(200, json!({})), "`search`: missing"),
        (Say::Json(200, json!({"tracks": {}})), "`search.tracks`: missing"),
        (without("name"), "`search.tracks.items[1]`: missing"),
        (without("album"), "`search.tracks.items[1]`: missing"),
        (with("duration_ms", "hush".into()), "`search.tracks.items[0].duration_ms`: missing, or not of the type"),
        (with("duration_ms", (-1).into()), "`search.tracks.items[0].duration_ms`: missing, or not of the type"),
        (with("artists", json!([{"name": 7}])), "`search.tracks.items[0].artists[0].name`: missing, or not of the type"),
        (with("id", "hush".into()), "`search.tracks.items[0].id`: not 22 letters and digits"),
    ];
    for (say, expected) in cases {
        let (_, spotify) = Fake::start([say]).await;
        let error = spotify.search("x", 5).await.unwrap_err();
        assert!(matches!(&error, SpotifyError::Unexpected { what } if what.starts_with(expected)), "{error:?} is not {expected}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}
