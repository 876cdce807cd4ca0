//! What is known of alarms and incidents.

use opsroom_application::ports::{Change, Commit, Mark, MonitChange, MonitStore, Outbox, Store};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::monit::{MonitSettings, SettingChange, Unreadables};
use opsroom_domain::room_message::Destination;

use super::{monit_samples, samples};

fn of(monit: MonitChange) -> Change {
    Change { monit, ..Change::default() }
}

async fn must(store: &impl Store, monit: MonitChange) {
    assert_eq!(store.commit(of(monit)).await.unwrap(), Commit::Done);
}

async fn said(store: &impl Store, settings: Vec<SettingChange>) {
    must(store, MonitChange { settings, ..MonitChange::default() }).await;
}

/// Empty tables answer.
pub async fn no_alarm_is_known_at_first(store: &(impl Store + MonitStore)) {
    assert_eq!(store.alarm(&monit_samples::alarm_key("api-5xx")).await.unwrap(), None);
    assert_eq!(store.incident(&"i-1".into()).await.unwrap(), None);
    assert_eq!(store.group("service=api").await.unwrap(), None);
    assert_eq!(store.monit_settings(samples::at(0)).await.unwrap(), MonitSettings::default());
    assert_eq!(store.silence(&"s-1".into()).await.unwrap(), None);
    assert_eq!(store.open_incidents(5).await.unwrap(), []);
    assert_eq!(store.closed_incidents(samples::at(-1_000_000), 5).await.unwrap(), []);
    assert_eq!(store.looked(&"U1".into()).await.unwrap(), None);
    assert_eq!(store.unreadables(497_000).await.unwrap(), None);
    assert_eq!(store.incident_message_at(&"C1".into(), "1.2").await.unwrap(), None);
}

/// With everything that is in them, one version on.
pub async fn alarms_and_incidents_come_back_as_they_were_written(store: &(impl Store + MonitStore)) {
    let long = "k".repeat(290);
    for (name, id, group) in
        [("api-5xx", "i-1", "service=api environment=production"), (long.as_str(), "i-2", "alarm=cloudwatch:Ünïcode/with/slashes #1")]
    {
        let (alarm, incident) = (monit_samples::alarm(name, 10), monit_samples::incident(id, 10));
        let pointer = monit_samples::group(group, id);
        let change = MonitChange {
            alarms: vec![alarm.clone()],
            incidents: vec![incident.clone()],
            groups: vec![pointer.clone()],
            ..MonitChange::default()
        };
        must(store, change).await;
        let mut expected = (alarm, incident, pointer);
        (expected.0.version, expected.1.version, expected.2.version) = (1, 1, 1);
        assert_eq!(store.alarm(&expected.0.latest.key).await.unwrap().as_ref(), Some(&expected.0));
        assert_eq!(store.incident(&id.into()).await.unwrap().as_ref(), Some(&expected.1));
        assert_eq!(store.group(group).await.unwrap().as_ref(), Some(&expected.2));
    }
}

/// Each of them is guarded, and nothing of a refused change is written.
pub async fn who_decided_on_an_old_incident_has_to_decide_again(store: &(impl Store + MonitStore + Outbox)) {
    let (alarm, incident) = (monit_samples::alarm("a", 10), monit_samples::incident("i-1", 10));
    let (group, silence) = (monit_samples::group("g", "i-1"), monit_samples::silence("s-1", 10));
    let route = monit_samples::route("r-1", 10);
    let parts = [
        MonitChange { alarms: vec![alarm], ..MonitChange::default() },
        MonitChange { incidents: vec![incident], ..MonitChange::default() },
        MonitChange { groups: vec![group], ..MonitChange::default() },
        MonitChange { settings: vec![SettingChange::Silence(silence)], ..MonitChange::default() },
        MonitChange { settings: vec![SettingChange::AddRoute(route)], ..MonitChange::default() },
        MonitChange { unreadables: Some(Unreadables { hour: 497_000, count: 1, version: 0 }), ..MonitChange::default() },
    ];
    for part in &parts {
        must(store, part.clone()).await;
    }
    for part in parts {
        let again = Change {
            claim: Some("due/1".into()),
            messages: vec![samples::message("m", "x")],
            monit: MonitChange { looked: Some(("U1".into(), samples::at(1))), ..part.clone() },
            ..Change::default()
        };
        assert_eq!(store.commit(again).await.unwrap(), Commit::Stale, "{part:?}");
    }
    assert_eq!(store.message(&"m".into()).await.unwrap(), None);
    assert_eq!(store.looked(&"U1".into()).await.unwrap(), None);
    assert_eq!(store.unreadables(497_000).await.unwrap(), Some(Unreadables { hour: 497_000, count: 1, version: 1 }));
    assert_eq!(store.unreadables(497_001).await.unwrap(), None);
    let mut seen = monit_samples::incident("i-1", 10);
    seen.version = 1;
    seen.title = "worse".into();
    let change = Change {
        claim: Some("due/1".into()),
        messages: vec![samples::message("m", "x")],
        monit: MonitChange { incidents: vec![seen.clone()], ..MonitChange::default() },
        ..Change::default()
    };
    assert_eq!(store.commit(change.clone()).await.unwrap(), Commit::Done);
    let known = store.incident(&"i-1".into()).await.unwrap().unwrap();
    assert_eq!((known.version, known.title.as_str()), (2, "worse"));
    assert_eq!(store.commit(change).await.unwrap(), Commit::AlreadyDone, "the claim's word goes before the guard's");
}

/// Newest first, as many as wanted; one that is over moves, one that is opened again moves back.
pub async fn incidents_are_open_or_closed(store: &(impl Store + MonitStore)) {
    let known = [("i-1", 10), ("i-2", 30), ("i-3", 20)].map(|(id, second)| monit_samples::incident(id, second));
    must(store, MonitChange { incidents: known.to_vec(), ..MonitChange::default() }).await;
    let open = async |limit| -> Vec<String> {
        store.open_incidents(limit).await.unwrap().into_iter().map(|incident| incident.id.to_string()).collect()
    };
    let closed = async |since, limit| -> Vec<String> {
        let found = store.closed_incidents(samples::at(since), limit).await.unwrap();
        found.into_iter().map(|incident| incident.id.to_string()).collect()
    };
    assert_eq!(open(9).await, ["i-2", "i-3", "i-1"]);
    assert_eq!(open(2).await, ["i-2", "i-3"]);
    let mut over: Vec<_> = known.iter().map(|incident| monit_samples::resolved(incident, 40)).collect();
    for incident in &mut over {
        incident.version = 1;
    }
    must(store, MonitChange { incidents: over.clone(), ..MonitChange::default() }).await;
    assert_eq!(open(9).await, [""; 0]);
    assert_eq!(closed(0, 9).await, ["i-2", "i-3", "i-1"]);
    assert_eq!(closed(0, 1).await, ["i-2"]);
    assert_eq!(closed(10, 9).await, ["i-2", "i-3"], "that one began at that moment, not after it");
    let mut again = known[0].clone();
    again.version = 2;
    must(store, MonitChange { incidents: vec![again], ..MonitChange::default() }).await;
    assert_eq!((open(9).await, closed(0, 9).await), (vec!["i-1".to_owned()], vec!["i-2".to_owned(), "i-3".to_owned()]));
    let long_ago = monit_samples::incident("i-4", -400 * 86_400);
    let over = monit_samples::resolved(&long_ago, -400 * 86_400 + 60);
    must(store, MonitChange { incidents: vec![over], ..MonitChange::default() }).await;
    assert_eq!(closed(-500 * 86_400, 9).await.last().map(String::as_str), Some("i-4"), "over before it was written for the first time");
}

/// Oldest first, each until it is taken off, has ended, or is over.
pub async fn settings_are_read_as_one(store: &(impl Store + MonitStore)) {
    let (mut old_route, mut new_route) = (monit_samples::route("r-9", 10), monit_samples::route("r-1", 20));
    let (mut old_silence, mut new_silence) = (monit_samples::silence("s-9", 10), monit_samples::silence("s-1", 20));
    let (first, second) = (monit_samples::stand_in("U2", 10), monit_samples::stand_in("U3", 20));
    said(store, vec![SettingChange::AddRoute(new_route.clone()), SettingChange::Silence(new_silence.clone())]).await;
    said(store, vec![SettingChange::AddRoute(old_route.clone()), SettingChange::Silence(old_silence.clone())]).await;
    said(store, vec![SettingChange::Override(second.clone())]).await;
    said(store, vec![SettingChange::Override(first.clone()), SettingChange::Override(first.clone())]).await;
    for version in [&mut old_route.version, &mut new_route.version, &mut old_silence.version, &mut new_silence.version] {
        *version = 1;
    }
    let all = MonitSettings {
        routes: vec![old_route.clone(), new_route.clone()],
        silences: vec![old_silence.clone(), new_silence.clone()],
        overrides: vec![first, second.clone()],
    };
    assert_eq!(store.monit_settings(samples::at(30)).await.unwrap(), all);

    said(store, vec![SettingChange::RemoveRoute("r-9".into()), SettingChange::RemoveRoute("r-none".into())]).await;
    let mut ended = old_silence.clone();
    ended.ended_at = Some(samples::at(500));
    said(store, vec![SettingChange::Silence(ended.clone())]).await;
    // The first stand-in's time is over at that moment; a silence whose time is over has not ended before that was told.
    let left = store.monit_settings(samples::at(610)).await.unwrap();
    assert_eq!(left, MonitSettings { routes: vec![new_route.clone()], silences: vec![new_silence.clone()], overrides: vec![second] });
    let late = store.monit_settings(samples::at(1_000_000)).await.unwrap();
    assert_eq!(late, MonitSettings { routes: vec![new_route], silences: vec![new_silence.clone()], overrides: Vec::new() });
    ended.version = 2;
    assert_eq!(store.silence(&"s-9".into()).await.unwrap(), Some(ended));
    assert_eq!(store.silence(&"s-1".into()).await.unwrap(), Some(new_silence));
}

/// Whatever is written besides.
pub async fn the_later_look_counts(store: &(impl Store + MonitStore)) {
    let looked = async |person: &str, second| {
        must(store, MonitChange { looked: Some((person.into(), samples::at(second))), ..MonitChange::default() }).await;
    };
    looked("U1", 10).await;
    looked("U1", 30).await;
    looked("U1", 20).await;
    looked("U2", 5).await;
    assert_eq!(store.looked(&"U1".into()).await.unwrap(), Some(samples::at(30)));
    assert_eq!(store.looked(&"U2".into()).await.unwrap(), Some(samples::at(5)));
}

/// That of an incident, in its channel, once Slack has it; no word about one, and no other message.
pub async fn an_incidents_message_is_found_where_it_is(store: &(impl Store + MonitStore + Outbox)) {
    let incident = MessageKey::incident(&"i-1".into());
    let word = MessageKey::incident_call(&"i-1".into(), 1, 1);
    let message = |key: &MessageKey, channel: &str| {
        let mut message = samples::message(key.as_str(), "x");
        message.destination = Destination::Channel { channel: channel.into(), thread: None };
        message
    };
    let messages = vec![message(&incident, "C1"), message(&word, "C1"), message(&"deployment/d-1".into(), "C1")];
    assert_eq!(store.commit(Change { messages, ..Change::default() }).await.unwrap(), Commit::Done);
    let at = async |channel: &str, ts: &str| store.incident_message_at(&channel.into(), ts).await.unwrap();
    assert_eq!(at("C1", "1790000000.000100").await, None, "nobody has sent it yet");
    for (key, ts) in [(&incident, "1790000000.000100"), (&word, "1790000000.000200"), (&"deployment/d-1".into(), "1790000000.000300")] {
        assert!(store.mark(key, Mark::Sending { version: 1, since: samples::at(0) }).await.unwrap());
        assert!(store.mark(key, Mark::Shown { ts: Some(ts.into()), version: 1 }).await.unwrap());
    }
    assert_eq!(at("C1", "1790000000.000100").await, Some(incident.clone()));
    assert_eq!(at("C2", "1790000000.000100").await, None);
    assert_eq!(at("C1", "1790000000.000200").await, None);
    assert_eq!(at("C1", "1790000000.000300").await, None);
    // An edit leaves it where it is.
    assert_eq!(store.commit(Change { messages: vec![message(&incident, "C1")], ..Change::default() }).await.unwrap(), Commit::Done);
    assert!(store.mark(&incident, Mark::Shown { ts: Some("1790000000.000100".into()), version: 2 }).await.unwrap());
    assert_eq!(at("C1", "1790000000.000100").await, Some(incident.clone()));
    // Somebody deleted it, and it is posted anew.
    assert!(store.mark(&incident, Mark::Gone).await.unwrap());
    assert_eq!(at("C1", "1790000000.000100").await, None);
    assert!(store.mark(&incident, Mark::Sending { version: 2, since: samples::at(9) }).await.unwrap());
    assert!(store.mark(&incident, Mark::Shown { ts: Some("1790000009.000100".into()), version: 2 }).await.unwrap());
    assert_eq!(at("C1", "1790000000.000100").await, None);
    assert_eq!(at("C1", "1790000009.000100").await, Some(incident));
}
