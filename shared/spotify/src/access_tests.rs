//! The access token: when it is fetched, when not, and what is done when it can't be.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::Repeat;
use crate::fake::{Fake, Say, grant, refused};

#[tokio::test]
async fn asks_for_a_token_as_the_app_by_the_refresh_token() {
    let (fake, spotify) = Fake::start([]).await;
    spotify.next(None).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].line(), "POST /accounts/api/token");
    // `the-app:the-secret`.
    assert_eq!(asked[0].authorization, "Basic dGhlLWFwcDp0aGUtc2VjcmV0");
    assert_eq!(asked[0].body, "grant_type=refresh_token&refresh_token=refresh%2B%2F%3D%261");
    assert_eq!(fake.called()[0].authorization, "Bearer access-1");
}

#[tokio::test]
async fn keeps_a_token_until_a_minute_before_it_expires() {
    let (fake, spotify) = Fake::start([]).await;
    spotify.next(None).await.unwrap();
    fake.pass(SignedDuration::from_secs(3600 - 61));
    spotify.clone().next(None).await.unwrap();
    assert_eq!(fake.asked().len(), 1, "clones share the token");
    fake.pass(SignedDuration::from_secs(1));
    spotify.next(None).await.unwrap();
    assert_eq!(fake.asked().len(), 2);
    assert_eq!(fake.called()[2].authorization, "Bearer access-2");
}

#[tokio::test]
async fn a_token_of_a_short_life_is_used_for_half_of_it() {
    let (fake, spotify) = Fake::start([]).await;
    fake.grants([grant("access-1", 20), grant("access-2", 20)]);
    spotify.next(None).await.unwrap();
    fake.pass(SignedDuration::from_secs(9));
    spotify.next(None).await.unwrap();
    assert_eq!(fake.asked().len(), 1);
    fake.pass(SignedDuration::from_secs(1));
    spotify.next(None).await.unwrap();
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn many_calls_at_once_fetch_one_token() {
    let (fake, spotify) = Fake::start([]).await;
    let many = |n| {
        let calls: Vec<_> = (0..n)
            .map(|_| {
                tokio::spawn({
                    let spotify = spotify.clone();
                    async move { spotify.pause(None).await }
                })
            })
            .collect();
        async move {
            for call in calls {
                call.await.unwrap().unwrap();
            }
        }
    };
    many(12).await;
    assert_eq!((fake.asked().len(), fake.called().len()), (1, 12));
    // The same when Spotify takes the token back before its time: each call is made again, and one token fetched for all.
    fake.refuse_given();
    many(12).await;
    assert_eq!(fake.asked().len(), 2);
    let made = fake.called().into_iter().filter(|seen| seen.authorization == "Bearer access-2").count();
    assert_eq!(made, 12);
}

#[tokio::test]
async fn a_token_refused_is_fetched_once_more_and_then_it_is_denied() {
    let (fake, spotify) = Fake::start([]).await;
    fake.grants([grant("old-1", 3600), grant("old-2", 3600)]);
    assert!(matches!(spotify.next(None).await, Err(SpotifyError::Denied)));
    assert_eq!((fake.asked().len(), fake.called().len()), (2, 2));
    // It isn't kept: the next call begins anew.
    spotify.next(None).await.unwrap();
    assert_eq!((fake.asked().len(), fake.called().len()), (3, 3));
}

#[tokio::test]
async fn even_queueing_is_made_again_after_a_token_was_refused() {
    let (fake, spotify) = Fake::start([]).await;
    spotify.pause(None).await.unwrap();
    fake.refuse_given();
    spotify.add_to_queue(None, &"spotify:track:11dFghVXANMlKmJXsNCbNl".parse().unwrap()).await.unwrap();
    let tokens: Vec<_> = fake.called().into_iter().map(|seen| seen.authorization).collect();
    assert_eq!(tokens, ["Bearer access-1", "Bearer access-1", "Bearer access-2"]);
}

#[tokio::test]
async fn a_refresh_token_that_came_along_is_used_from_then_on() {
    let (fake, spotify) = Fake::start([]).await;
    fake.grants([
        Say::Json(200, json!({"access_token": "access-1", "expires_in": 3600, "refresh_token": "second"})),
        grant("access-2", 3600),
    ]);
    for _ in 0..3 {
        spotify.next(None).await.unwrap();
        fake.pass(SignedDuration::from_hours(1));
    }
    let bodies: Vec<_> = fake.asked().into_iter().map(|seen| seen.body).collect();
    assert!(bodies[0].ends_with("refresh_token=refresh%2B%2F%3D%261"), "{bodies:?}");
    assert!(bodies[1..].iter().all(|body| body.ends_with("refresh_token=second")), "{bodies:?}");
}

#[tokio::test]
async fn a_revoked_refresh_token_is_not_tried_again() {
    let (fake, spotify) = Fake::start([]).await;
    fake.grants([Say::Json(400, json!({"error": "invalid_grant", "error_description": "Refresh token revoked"}))]);
    for _ in 0..3 {
        assert!(matches!(spotify.next(None).await, Err(SpotifyError::Revoked)));
    }
    assert_eq!((fake.asked().len(), fake.called().len()), (1, 0));
}

#[tokio::test]
async fn tells_why_there_is_no_token_and_never_a_token() {
    let oauth = |status, error: &str| Say::Json(status, json!({"error": error, "error_description": "the-secret"}));
    let cases = [
        (oauth(400, "invalid_client"), "WrongClient"),
        (oauth(401, "invalid_client"), "WrongClient"),
        (oauth(400, "invalid_request"), "Refused { reason: \"invalid_request\" }"),
        (oauth(400, "<b>the-secret"), "Refused { reason: \"http_400\" }"),
        (Say::Text(404, "<html>"), "Refused { reason: \"http_404\" }"),
        (Say::Wait(429, "9", json!({})), "Throttled { retry_after: 9s, quota: false }"),
        (refused(503, "try later", None), "Transient { repeat: Safe, source: \"HTTP 503\" }"),
        (Say::Text(200, "the-secret"), "Unexpected { what: \"`token`: no JSON\" }"),
        (Say::Text(200, r#"{"access_token":"the-secret","#), "Unexpected { what: \"`token`: the JSON ends too early\" }"),
        (Say::Text(200, r#"{"access_token":"the-secret","expires_in":"the-secret"}"#), "`token.expires_in`: missing, or not of"),
        (Say::Text(200, r#"{"access_token":"the-secret","expires_in":-1}"#), "`token.expires_in`: missing, or not of"),
        (Say::Text(200, r#"{"access_token":"the-secret"}"#), "`token`: missing, or not of"),
        (Say::Text(200, r#"{"access_token":"","expires_in":3600}"#), "`token.access_token`: no token"),
        (Say::Text(200, "{\"access_token\":\"the-secret\\n\",\"expires_in\":3600}"), "`token.access_token`: no token"),
    ];
    for (say, expected) in cases {
        let (fake, spotify) = Fake::start([]).await;
        fake.grants([say]);
        let error = spotify.next(None).await.unwrap_err();
        let told = format!("{error:?}");
        assert!(told.contains(expected), "{told} has no {expected}");
        assert!(!format!("{told} {error}").contains("the-secret"), "{told}");
        assert!(fake.called().is_empty());
        // Whatever it was, it isn't kept.
        spotify.next(None).await.unwrap();
    }
}

#[tokio::test]
async fn an_accounts_service_that_says_nothing_leaves_the_call_unmade() {
    let (fake, _) = Fake::start([]).await;
    fake.grants([Say::Nothing]);
    let error = fake.impatient().next(None).await.unwrap_err();
    assert!(matches!(error, SpotifyError::Transient { repeat: Repeat::Safe, .. }), "{error:?}");
    assert_eq!((fake.asked().len(), fake.called().len()), (1, 0));
}

#[tokio::test]
async fn an_accounts_service_that_is_not_there_leaves_the_call_unmade() {
    let (fake, spotify) = Fake::start([]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let addresses = crate::Addresses::new(&gone, &format!("{}/api/v1/", fake.base)).unwrap();
    let spotify = crate::Spotify { addresses, ..spotify };
    let error = spotify.next(None).await.unwrap_err();
    assert!(matches!(error, SpotifyError::Transient { repeat: Repeat::Safe, .. }), "{error:?}");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
}

#[test]
fn neither_secret_shows_when_printed() {
    let credentials = Credentials { client_id: "app".into(), client_secret: "hush".into(), refresh_token: "hush".into() };
    let http = crate::http_client(Duration::from_secs(1)).unwrap();
    let addresses = crate::Addresses::new(crate::ACCOUNTS, crate::API).unwrap();
    let printed = format!("{credentials:?} {:?}", crate::Spotify::new(http, addresses, credentials.clone(), Timestamp::UNIX_EPOCH));
    assert!(printed.contains("api.spotify.com") && !printed.contains("hush"), "{printed}");
}
