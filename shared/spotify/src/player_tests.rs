//! What plays, and the commands, with answers as the reference shows them.

use serde_json::json;

use super::*;
use crate::Market;
use crate::fake::{Fake, ID, Say, refused, track_json};

const DEVICE: &str = "74ASZWbe4lXaubB36ztrGX";

fn device_json() -> Value {
    json!({"id": DEVICE, "is_active": true, "is_private_session": false, "is_restricted": false, "name": "Kitchen speaker",
        "type": "Speaker", "volume_percent": 59, "supports_volume": true})
}

fn kitchen() -> Device {
    Device {
        id: Some(DeviceId::new(DEVICE)),
        name: "Kitchen speaker".into(),
        kind: "speaker".into(),
        active: true,
        restricted: false,
        volume: Some(59),
        volume_settable: true,
    }
}

/// "Get Playback State".
fn playback_json(item: &Value, kind: &str) -> Value {
    json!({"device": device_json(), "repeat_state": "off", "shuffle_state": false, "context": null, "timestamp": 1_790_000_000_000_u64,
        "progress_ms": 47_200, "is_playing": true, "item": item, "currently_playing_type": kind, "actions": {"disallows": {"resuming": true}}})
}

fn track() -> TrackUri {
    TrackUri::from_id(ID).unwrap()
}

#[tokio::test]
async fn tells_what_plays_and_where() {
    let (fake, spotify) = Fake::start([Say::Json(200, playback_json(&track_json(ID, "One More Time"), "track"))]).await;
    let playback = spotify.in_market(Market::new("DE").unwrap()).playback().await.unwrap().unwrap();
    assert_eq!(playback.track.as_ref().map(|track| (track.title.as_str(), track.uri.id())), Some(("One More Time", ID)));
    assert_eq!((playback.progress, playback.playing), (SignedDuration::from_millis(47_200), true));
    assert_eq!(playback.device, kitchen());
    assert_eq!(fake.called()[0].line(), "GET /api/v1/me/player?market=DE");
}

#[tokio::test]
async fn what_is_no_track_of_the_catalogue_plays_without_one() {
    let mut local = track_json(ID, "From my own disk");
    local["id"] = Value::Null;
    local["uri"] = "spotify:local:::From+my+own+disk:180".into();
    let episode = json!({"type": "episode", "id": ID, "name": "Episode 1", "duration_ms": 1_686_230});
    let items = [(Value::Null, "ad"), (episode, "episode"), (json!({"type": "something new"}), "unknown"), (local, "track")];
    let says: Vec<_> = items.iter().map(|(item, kind)| Say::Json(200, playback_json(item, kind))).collect();
    let (_, spotify) = Fake::start(says).await;
    for (_, kind) in items {
        let playback = spotify.playback().await.unwrap().unwrap();
        assert_eq!((playback.track, playback.playing), (None, true), "{kind}");
    }
}

#[tokio::test]
async fn where_no_device_is_active_nothing_plays() {
    let mut quiet = playback_json(&Value::Null, "unknown");
    quiet["is_playing"] = false.into();
    quiet["progress_ms"] = Value::Null;
    quiet["device"]["volume_percent"] = Value::Null;
    quiet["device"]["id"] = Value::Null;
    let (_, spotify) = Fake::start([Say::Text(204, ""), Say::Json(200, quiet)]).await;
    assert_eq!(spotify.playback().await.unwrap(), None);
    let playback = spotify.playback().await.unwrap().unwrap();
    assert_eq!((playback.progress, playback.device.volume, playback.device.id), (SignedDuration::ZERO, None, None));
}

#[tokio::test]
async fn lists_the_devices() {
    let phone = json!({"id": "p", "is_active": false, "is_private_session": false, "is_restricted": true, "name": "\"Ann's\" <phone>",
        "type": "Smartphone", "volume_percent": 100, "supports_volume": false});
    let (fake, spotify) =
        Fake::start([Say::Json(200, json!({"devices": [device_json(), phone]})), Say::Json(200, json!({"devices": []}))]).await;
    let devices = spotify.devices().await.unwrap();
    assert_eq!(devices[0], kitchen());
    let phone = &devices[1];
    assert_eq!((phone.name.as_str(), phone.kind.as_str()), ("\"Ann's\" <phone>", "smartphone"));
    assert_eq!((phone.active, phone.restricted, phone.volume_settable), (false, true, false));
    assert_eq!(spotify.devices().await.unwrap(), []);
    assert_eq!(fake.called()[0].line(), "GET /api/v1/me/player/devices");
}

#[tokio::test]
async fn sends_each_command_as_the_reference_says() {
    let (fake, spotify) = Fake::start([]).await;
    let device = DeviceId::new(DEVICE);
    spotify.play(Some(&device), &track()).await.unwrap();
    spotify.add_to_queue(Some(&device), &track()).await.unwrap();
    spotify.transfer(&device).await.unwrap();
    spotify.pause(Some(&device)).await.unwrap();
    spotify.resume(Some(&device)).await.unwrap();
    spotify.next(Some(&device)).await.unwrap();
    spotify.set_volume(Some(&device), 35).await.unwrap();
    spotify.next(None).await.unwrap();
    let at = format!("device_id={DEVICE}");
    let sent: Vec<_> = fake.called().into_iter().map(|seen| (seen.line(), seen.body)).collect();
    let expected = [
        (format!("PUT /api/v1/me/player/play?{at}"), format!("{{\"uris\":[\"spotify:track:{ID}\"]}}")),
        (format!("POST /api/v1/me/player/queue?uri=spotify%3Atrack%3A{ID}&{at}"), String::new()),
        ("PUT /api/v1/me/player".into(), format!("{{\"device_ids\":[\"{DEVICE}\"],\"play\":true}}")),
        (format!("PUT /api/v1/me/player/pause?{at}"), String::new()),
        (format!("PUT /api/v1/me/player/play?{at}"), String::new()),
        (format!("POST /api/v1/me/player/next?{at}"), String::new()),
        (format!("PUT /api/v1/me/player/volume?volume_percent=35&{at}"), String::new()),
        ("POST /api/v1/me/player/next".into(), String::new()),
    ];
    assert_eq!(sent, expected);
    // Without a length, commands are refused.
    assert!(fake.called().iter().all(|seen| seen.length.as_ref() == Some(&seen.body.len().to_string())), "{:?}", fake.called());
}

#[tokio::test]
async fn a_device_is_only_ever_a_value() {
    let (fake, spotify) = Fake::start([]).await;
    let hostile = DeviceId::new("a&volume_percent=100#\n\"/../queue");
    spotify.set_volume(Some(&hostile), 1).await.unwrap();
    let target = &fake.called()[0].target;
    assert_eq!(target, "/api/v1/me/player/volume?volume_percent=1&device_id=a%26volume_percent%3D100%23%0A%22%2F..%2Fqueue");
    spotify.transfer(&hostile).await.unwrap();
    let body: Value = serde_json::from_str(&fake.called()[1].body).unwrap();
    assert_eq!(body, json!({"device_ids": [hostile.as_str()], "play": true}));
}

#[tokio::test]
async fn what_a_done_command_says_does_not_matter() {
    let (_, spotify) = Fake::start([Say::Text(200, "oPClBVDzidwlAlSqmFF-zKNO62E"), Say::Text(202, ""), Say::Text(204, "")]).await;
    spotify.pause(None).await.unwrap();
    spotify.pause(None).await.unwrap();
    spotify.pause(None).await.unwrap();
}

#[tokio::test]
async fn a_volume_beyond_the_scale_is_not_sent() {
    let (fake, spotify) = Fake::start([]).await;
    let error = spotify.set_volume(None, 101).await.unwrap_err();
    assert_eq!(error.to_string(), "a volume of 101 %: 0 to 100 would be right");
    spotify.set_volume(None, 100).await.unwrap();
    spotify.set_volume(None, 0).await.unwrap();
    assert_eq!(fake.called().len(), 2);
}

#[tokio::test]
async fn a_device_that_is_gone_is_told_by_a_command_and_by_a_transfer() {
    let (_, spotify) = Fake::start([refused(404, "Device not found", None), refused(404, "Device not found", None)]).await;
    let gone = DeviceId::new("gone");
    assert!(matches!(spotify.transfer(&gone).await, Err(SpotifyError::NoDevice)));
    assert!(matches!(spotify.play(Some(&gone), &track()).await, Err(SpotifyError::NoDevice)));
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_named() {
    let mut loud = playback_json(&Value::Null, "ad");
    loud["device"]["volume_percent"] = 130.into();
    let mut nowhere = playback_json(&Value::Null, "ad");
    nowhere["device"] = Value::Null;
    let bad_item = json!({"type": "track", "id": ID, "name": "hush", "artists": "hush"});
    let cases = [
        (Say::Json(200, loud), "`playback.device.volume_percent`: more than 100"),
        (Say::Json(200, nowhere), "`playback.device`: missing"),
        (Say::Json(200, playback_json(&bad_item, "track")), "`playback.item.artists`: missing, or not of the type"),
        (Say::Text(200, ""), "`playback`: the JSON ends too early"),
    ];
    for (say, expected) in cases {
        let (_, spotify) = Fake::start([say]).await;
        let error = spotify.playback().await.unwrap_err();
        assert!(matches!(&error, SpotifyError::Unexpected { what } if what.starts_with(expected)), "{error:?} is not {expected}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
    let (_, spotify) = Fake::start([Say::Json(200, json!({"devices": [device_json(), {"id": "x"}]}))]).await;
    let error = spotify.devices().await.unwrap_err().to_string();
    assert!(error.contains("`devices.devices[1]`: missing"), "{error}");
}
