//! What goes wrong with calls, one by one, and what the caller is told.

use jiff::SignedDuration;
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::*;
use crate::fake::{Fake, ID, Say, refused};
use crate::track::TrackUri;

fn track() -> TrackUri {
    TrackUri::from_id(ID).unwrap()
}

/// What the caller has to know of an error.
fn told(error: &SpotifyError) -> String {
    match error {
        SpotifyError::Transient { repeat, .. } => format!("Transient {repeat:?}"),
        SpotifyError::Throttled { retry_after, quota } => format!("Throttled {} {quota}", retry_after.as_secs()),
        error => format!("{error:?}"),
    }
}

fn player(status: u16, message: &str, reason: &str) -> Say {
    refused(status, &format!("Player command failed: {message}"), Some(reason))
}

#[tokio::test]
async fn tells_each_refusal_of_a_command_by_its_name() {
    let cases = [
        (player(404, "No active device found", "NO_ACTIVE_DEVICE"), "NoDevice"),
        (refused(404, "Device not found", None), "NoDevice"),
        (player(403, "Premium required", "PREMIUM_REQUIRED"), "PremiumRequired"),
        (player(403, "Not controllable", "DEVICE_NOT_CONTROLLABLE"), "DeviceRestricted"),
        (player(403, "Not controllable", "REMOTE_CONTROL_DISALLOW"), "DeviceRestricted"),
        (player(403, "Cannot control device volume", "VOLUME_CONTROL_DISALLOW"), "VolumeFixed"),
        (player(403, "Restriction violated", "UNKNOWN"), "NotNow { reason: \"UNKNOWN\" }"),
        (player(403, "No next track", "NO_NEXT_TRACK"), "NotNow { reason: \"NO_NEXT_TRACK\" }"),
        (refused(403, "Already paused", Some("ALREADY_PAUSED")), "NotNow { reason: \"ALREADY_PAUSED\" }"),
        (player(403, "Something new", "<b>new</b>"), "NotNow { reason: \"UNKNOWN\" }"),
        (player(403, "Too many", "RATE_LIMITED"), "Throttled 1 false"),
        (refused(403, "Insufficient client scope", None), "Forbidden { reason: \"http_403\" }"),
        (Say::Text(403, "User not registered in the Developer Dashboard"), "Forbidden { reason: \"http_403\" }"),
        (refused(400, "Invalid device id", None), "Refused { reason: \"http_400\" }"),
        (refused(411, "Length required", Some("LENGTH")), "Refused { reason: \"LENGTH\" }"),
    ];
    for (say, expected) in cases {
        let (fake, spotify) = Fake::start([say]).await;
        let error = spotify.next(None).await.unwrap_err();
        assert_eq!(told(&error), expected);
        assert_eq!(fake.called().len(), 1, "{expected} is not tried again");
    }
}

#[tokio::test]
async fn waits_as_long_as_it_is_told() {
    let body = |reason: Option<&str>| json!({"error": {"status": 429, "message": "Too many requests", "reason": reason}});
    let cases = [
        (Say::Wait(429, "7", body(None)), "Throttled 7 false"),
        (Say::Wait(429, "86400", body(Some("QUOTA_EXCEEDED"))), "Throttled 86400 true"),
        (Say::Wait(429, "0", body(None)), "Throttled 1 false"),
        (Say::Wait(429, "soon", body(None)), "Throttled 1 false"),
        (Say::Text(429, "Too many requests"), "Throttled 1 false"),
    ];
    for (say, expected) in cases {
        let (_, spotify) = Fake::start([say]).await;
        assert_eq!(told(&spotify.add_to_queue(None, &track()).await.unwrap_err()), expected);
    }
    let error = SpotifyError::Throttled { retry_after: SignedDuration::from_secs(7), quota: true };
    assert_eq!(error.to_string(), "Spotify asks to wait for 7 s: the quota of the app's developer account is used up");
}

/// Each call, and whether it may be made again when nobody knows whether it was done.
async fn outcomes(spotify: &Spotify) -> Vec<(&'static str, String)> {
    let device = crate::DeviceId::new("d");
    let told = |result: Result<(), SpotifyError>| told(&result.unwrap_err());
    vec![
        ("search", told(spotify.search("x", 5).await.map(|_| ()))),
        ("track", told(spotify.track(&track()).await.map(|_| ()))),
        ("playback", told(spotify.playback().await.map(|_| ()))),
        ("devices", told(spotify.devices().await.map(|_| ()))),
        ("play", told(spotify.play(None, &track()).await)),
        ("transfer", told(spotify.transfer(&device).await)),
        ("pause", told(spotify.pause(None).await)),
        ("resume", told(spotify.resume(None).await)),
        ("set_volume", told(spotify.set_volume(None, 50).await)),
        ("add_to_queue", told(spotify.add_to_queue(None, &track()).await)),
        ("next", told(spotify.next(None).await)),
    ]
}

fn expected(safe: &str, steps: &str) -> Vec<(&'static str, String)> {
    let names = ["search", "track", "playback", "devices", "play", "transfer", "pause", "resume", "set_volume"];
    let safe = names.map(|name| (name, safe.to_owned()));
    safe.into_iter().chain(["add_to_queue", "next"].map(|name| (name, steps.to_owned()))).collect()
}

#[tokio::test]
async fn after_a_fault_only_queueing_and_skipping_could_double() {
    for status in [500, 502, 503, 504] {
        let (fake, spotify) = Fake::start((0..11).map(|_| refused(status, "Server error.", None))).await;
        assert_eq!(outcomes(&spotify).await, expected("Transient Safe", "Transient MayDouble"));
        assert_eq!(fake.called().len(), 11);
    }
}

#[tokio::test]
async fn after_no_answer_only_queueing_and_skipping_could_double() {
    let (fake, _) = Fake::start((0..11).map(|_| Say::Nothing)).await;
    assert_eq!(outcomes(&fake.impatient()).await, expected("Transient Safe", "Transient MayDouble"));
    assert_eq!(fake.called().len(), 11);
}

#[tokio::test]
async fn a_line_that_is_hung_up_is_no_answer() {
    let (fake, _) = Fake::start([]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let spotify = fake.client(&format!("http://{}/v1/", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        loop {
            let (mut line, _) = listener.accept().await.unwrap();
            // Takes the request, and hangs up.
            let _ = line.read(&mut [0; 4096]).await;
        }
    });
    assert_eq!(outcomes(&spotify).await, expected("Transient Safe", "Transient MayDouble"));
}

#[tokio::test]
async fn who_is_not_reached_did_nothing() {
    let (fake, _) = Fake::start([]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let spotify = fake.client(&format!("http://{}/v1/", listener.local_addr().unwrap()));
    drop(listener);
    assert_eq!(outcomes(&spotify).await, expected("Transient Safe", "Transient Safe"));
    let error = spotify.search("a secret wish", 5).await.unwrap_err().to_string();
    assert!(!error.contains("127.0.0.1") && !error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (fake, spotify) = Fake::start([Say::Text(302, "")]).await;
    assert_eq!(told(&spotify.playback().await.unwrap_err()), "Unexpected { what: \"HTTP 302\" }");
    assert_eq!(fake.called().len(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_it() {
    let endless: &'static str = "x".repeat(LARGEST_ANSWER + 1).leak();
    let (_, spotify) = Fake::start([Say::Text(200, endless)]).await;
    assert_eq!(
        told(&spotify.playback().await.unwrap_err()),
        format!("Unexpected {{ what: \"an answer of more than {LARGEST_ANSWER} bytes\" }}")
    );
}

#[test]
fn an_address_that_is_none_is_named() {
    for bad in ["", "api.spotify.com", "file:///v1/", "https://", "https://me@api.spotify.com/", "https://api.spotify.com/v1?x=1"] {
        let error = crate::Addresses::new(crate::ACCOUNTS, bad).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{bad}` is no base address")), "{error}");
    }
    let slashed = crate::Addresses::new("https://accounts.spotify.com", "https://api.spotify.com/v1").unwrap();
    assert_eq!(slashed, crate::Addresses::new(crate::ACCOUNTS, crate::API).unwrap());
}
