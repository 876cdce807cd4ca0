//! The port's questions as calls, against a Spotify that answers as the reference shows.

use opsroom_application::ports::MusicService as _;
use serde_json::{Value, json};

use super::*;
use crate::fake::{Fake, ID, Say, refused, track_json};
use crate::http_client;

const DEVICE: &str = "74ASZWbe4lXaubB36ztrGX";

struct Account(bool);

impl CredentialSource for Account {
    async fn credentials(&self) -> Result<Result<Credentials, String>, PortError> {
        let credentials = Credentials { client_id: "the-app".into(), client_secret: "the-secret".into(), refresh_token: "refresh".into() };
        Ok(if self.0 { Ok(credentials) } else { Err("the parameter /opsroom/spotify/client-id doesn't exist".to_owned()) })
    }
}

async fn service(says: impl IntoIterator<Item = Say>) -> (Fake, SpotifyService<Account, Fake>) {
    let (fake, _) = Fake::start(says).await;
    let addresses = Addresses::new(&format!("{}/accounts", fake.base), &format!("{}/api/v1", fake.base)).unwrap();
    let service = SpotifyService::new(http_client(std::time::Duration::from_mins(1)).unwrap(), addresses, Account(true), fake.clone());
    (fake, service)
}

fn devices() -> Say {
    let device = json!({"id": DEVICE, "is_active": false, "is_private_session": false, "is_restricted": false, "name": "Kitchen",
        "type": "Speaker", "volume_percent": 59, "supports_volume": true});
    Say::Json(200, json!({"devices": [device]}))
}

fn playback(item: &Value, playing: bool, progress: u64) -> Say {
    let device = json!({"id": DEVICE, "is_active": true, "is_private_session": false, "is_restricted": false, "name": "Kitchen",
        "type": "Speaker", "volume_percent": 59, "supports_volume": true});
    Say::Json(
        200,
        json!({"device": device, "repeat_state": "off", "shuffle_state": false, "context": null, "timestamp": 1, "progress_ms": progress,
            "is_playing": playing, "item": item, "currently_playing_type": "track", "actions": {}}),
    )
}

fn uri() -> String {
    format!("spotify:track:{ID}")
}

fn done() -> Say {
    Say::Text(204, "")
}

fn lines(fake: &Fake) -> Vec<String> {
    fake.called().iter().map(crate::fake::Seen::line).collect()
}

fn is_at(answer: &PlayerAnswer) -> (Sound, Option<String>, Option<String>, u32, Option<u8>) {
    match answer {
        PlayerAnswer::Status(status) => (
            status.sound,
            status.current.as_ref().map(|track| track.uri.clone()),
            status.next.as_ref().map(|track| track.uri.clone()),
            status.elapsed_seconds,
            status.volume,
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn plays_on_the_named_device_and_says_so_before_the_player_knows() {
    let (fake, service) =
        service([devices(), done(), playback(&Value::Null, false, 0), Say::Json(200, track_json(ID, "One More Time"))]).await;
    let answer = service.ask(Some("kitchen"), Some("DE"), &PlayerAsk::Play { uri: uri() }).await.unwrap();
    assert_eq!(is_at(&answer), (Sound::Playing, Some(uri()), None, 0, Some(59)));
    assert_eq!(lines(&fake)[0], "GET /api/v1/me/player/devices");
    assert_eq!(lines(&fake)[1], format!("PUT /api/v1/me/player/play?device_id={DEVICE}"));
    assert_eq!(fake.called()[1].body, json!({"uris": [uri()]}).to_string());
}

#[tokio::test]
async fn the_next_song_is_noted_and_nothing_is_put_into_a_queue_that_cannot_be_changed() {
    let track = track_json(ID, "One More Time");
    let (fake, service) = service([Say::Json(200, track.clone()), playback(&track, true, 47_200)]).await;
    let answer = service.ask(None, None, &PlayerAsk::Enqueue { uri: uri() }).await.unwrap();
    assert_eq!(is_at(&answer), (Sound::Playing, Some(uri()), Some(uri()), 47, Some(59)));
    assert!(lines(&fake).iter().all(|line| line.starts_with("GET ")), "{:?}", lines(&fake));
}

#[tokio::test]
async fn words_are_searched_for_and_links_looked_up() {
    let found = json!({"tracks": {"href": "", "limit": 10, "next": null, "offset": 0, "previous": null, "total": 2,
        "items": [track_json(ID, "One More Time"), track_json("22dFghVXANMlKmJXsNCbNl", "Aerodynamic")]}});
    let (_, words) = service([Say::Json(200, found)]).await;
    match words.ask(None, None, &PlayerAsk::Search { words: "daft punk one more time".into() }).await.unwrap() {
        PlayerAnswer::Found { fit: Fit::All, tracks } => {
            assert_eq!(tracks.iter().map(|track| track.title.as_str()).collect::<Vec<_>>(), ["One More Time"]);
        }
        other => panic!("{other:?}"),
    }
    let (fake, link) = service([Say::Json(200, track_json(ID, "One More Time"))]).await;
    let words = format!("https://open.spotify.com/track/{ID}?si=1");
    assert!(
        matches!(link.ask(None, None, &PlayerAsk::Search { words }).await.unwrap(), PlayerAnswer::Found { tracks, .. } if tracks.len() == 1)
    );
    assert_eq!(lines(&fake), [format!("GET /api/v1/tracks/{ID}")]);
}

#[tokio::test]
async fn what_is_so_already_is_no_failure_and_the_rest_is_told() {
    let (_, paused) = service([
        refused(403, "Player command failed: Restriction violated", Some("UNKNOWN")),
        playback(&track_json(ID, "x"), false, 3000),
    ])
    .await;
    assert_eq!(is_at(&paused.ask(None, None, &PlayerAsk::Stop).await.unwrap()).0, Sound::Paused);
    let (_, nowhere) = service([devices()]).await;
    assert!(matches!(nowhere.ask(Some("Garage"), None, &PlayerAsk::Status).await.unwrap(), PlayerAnswer::Off { .. }));
    let (_, unknown) = service([refused(404, "Resource not found", None)]).await;
    assert!(matches!(unknown.ask(None, None, &PlayerAsk::Enqueue { uri: uri() }).await.unwrap(), PlayerAnswer::Refused { .. }));
    let (_, nonsense) = service([]).await;
    assert!(matches!(
        nonsense.ask(None, None, &PlayerAsk::Play { uri: "file:///etc/passwd".into() }).await.unwrap(),
        PlayerAnswer::Refused { .. }
    ));
    let (_, nobodys) = service([]).await;
    assert!(matches!(nobodys.ask(None, Some("Germany"), &PlayerAsk::Status).await.unwrap(), PlayerAnswer::Refused { .. }));
}

#[tokio::test]
async fn without_credentials_the_player_is_off_and_says_what_is_missing() {
    let (fake, _) = Fake::start([]).await;
    let addresses = Addresses::new(&fake.base, &fake.base).unwrap();
    let service = SpotifyService::new(http_client(std::time::Duration::from_mins(1)).unwrap(), addresses, Account(false), fake.clone());
    let answer = service.ask(None, None, &PlayerAsk::Status).await.unwrap();
    assert_eq!(answer, PlayerAnswer::Off { why: "the parameter /opsroom/spotify/client-id doesn't exist".into() });
    assert!(fake.called().is_empty() && fake.asked().is_empty());
}
