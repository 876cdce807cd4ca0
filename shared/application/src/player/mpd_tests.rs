use opsroom_domain::dj::{ErrandId, For};
use opsroom_domain::ids::EventKey;
use opsroom_domain::operation::HostSighting;

use super::*;

fn printed(output: &str) -> Printed {
    Printed { output: output.to_owned(), errors: String::new(), cut: false }
}

fn errand(ask: PlayerAsk) -> Errand {
    let at = "2026-11-25T12:00:00Z".parse().unwrap();
    Errand {
        id: ErrandId::derived_from(&EventKey::from("e")),
        channel: "C0DJ".into(),
        ask,
        why: For::Station,
        at,
        command: None,
        sent_at: None,
        done: false,
        version: 0,
    }
}

fn hosts() -> TargetHosts {
    serde_json::from_value(serde_json::json!({"tags": {"Role": "music"}, "unit": "mpd"})).unwrap()
}

#[test]
fn whatever_was_typed_reaches_the_host_as_letters_and_digits() {
    let hostile = ["'; reboot #", "$(id)", "`id`", "a\nstatus", "\"quoted\" \\", "{{ ssm:x }}", "--help", "🎵 Björk", &"ß".repeat(2000)];
    for words in hostile {
        let order = order(&errand(PlayerAsk::Search { words: words.to_owned() }), "opsroom-dj".into(), &hosts());
        let argument = &order.parameters["Argument"][0];
        assert!(argument.len() <= 1400 && argument.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'), "{argument}");
        assert_eq!(order.parameters["Action"], ["search"]);
    }
    let order = order(&errand(PlayerAsk::Status), "opsroom-dj".into(), &hosts());
    assert!(!order.parameters.contains_key("Argument"));
    assert!(order.comment.starts_with("opsroom dj-"));
}

#[test]
fn what_a_player_says_is_read_line_by_line() {
    let status = printed(
        r#"{"kind":"status","state":"playing","position":1,"length":2,"elapsed":7,"volume":55,"error":null,"version":"0.23.12"}
{"kind":"current","file":"a.flac","artist":"A","title":"One","album":"","seconds":60}
{"kind":"next","file":"b.flac","artist":"B","title":"Two \"quoted\" $(id)","album":"","seconds":null}"#,
    );
    let track = |uri: &str, artist: &str, title: &str, seconds| Track::new(uri, artist, title, "", seconds);
    assert_eq!(
        read(&status),
        PlayerAnswer::Status(PlayerStatus {
            sound: Sound::Playing,
            current: track("a.flac", "A", "One", Some(60)),
            next: track("b.flac", "B", "Two \"quoted\" $(id)", None),
            elapsed_seconds: 7,
            volume: Some(55),
            error: None
        })
    );
    let found = printed(
        "{\"kind\":\"found\",\"fit\":\"all\",\"tracks\":1,\"omitted\":0}\n{\"kind\":\"track\",\"file\":\"a.flac\",\"artist\":\"A\",\"title\":\"One\",\"album\":\"\",\"seconds\":60}",
    );
    assert_eq!(read(&found), PlayerAnswer::Found { fit: Fit::All, tracks: track("a.flac", "A", "One", Some(60)).into_iter().collect() });
    let none = printed(r#"{"kind":"found","fit":"none","tracks":0,"omitted":0}"#);
    assert_eq!(read(&none), PlayerAnswer::Found { fit: Fit::Some, tracks: vec![] });
    assert_eq!(read(&printed(r#"{"kind":"off","reason":"connection refused"}"#)), PlayerAnswer::Off { why: "connection refused".into() });
    assert_eq!(
        read(&printed(r#"{"kind":"refused","reason":"there is no such track"}"#)),
        PlayerAnswer::Refused { why: "there is no such track".into() }
    );
    for nonsense in ["", "bash: mpc: command not found", "{\"kind\":\"status\"}", "{\"kind\":\"other\"}", "[1]"] {
        assert!(matches!(read(&printed(nonsense)), PlayerAnswer::Off { .. }), "{nonsense}");
    }
}

#[test]
fn a_host_that_is_not_there_is_a_player_that_is_off() {
    let sight = |hosts: Vec<HostSighting>, over| Sight { over, hosts };
    assert_eq!(answer(&sight(vec![], false)), None);
    assert!(matches!(answer(&sight(vec![], true)), Some(PlayerAnswer::Off { .. })));
    let host = |id: &str, status| HostSighting { id: id.into(), name: None, status, report: None, note: None };
    assert_eq!(answer(&sight(vec![host("i-1", HostStatus::Failed)], true)), None, "what it printed says more");
    assert!(matches!(answer(&sight(vec![host("i-1", HostStatus::TimedOut)], true)), Some(PlayerAnswer::Off { .. })));
    let two = vec![host("i-1", HostStatus::Succeeded), host("i-2", HostStatus::Succeeded)];
    assert_eq!(answer(&sight(two, true)), Some(PlayerAnswer::Off { why: "2 hosts have the player's tags, and one is to play".into() }));
}
