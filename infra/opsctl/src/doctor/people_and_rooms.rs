//! Are the catalog's people in Slack, and is the app in the catalog's rooms?

use futures_util::{StreamExt, stream};
use opsroom_domain::catalog::Catalog;

use super::AT_ONCE;
use super::findings::Findings;
use crate::slack::{Answer, Slack};

type Complaint = (String, String);

pub(super) async fn check(slack: &Slack, catalog: &Catalog, found: &mut Findings) {
    let rooms = catalog.rooms.iter().map(|(id, room)| (format!("room #{} ({id})", room.name), id.as_str()));
    if ask(slack, "conversations.info", "channel", rooms, about_room, found).await {
        found.good(format!("rooms: the app is in all {}", catalog.rooms.len()));
    }
    let people = catalog.people.iter().map(|(id, person)| (format!("person {} ({id})", person.name), id.as_str()));
    if ask(slack, "users.info", "user", people, about_person, found).await {
        found.good(format!("people: all {} are full members of the workspace", catalog.people.len()));
    }
}

/// Asks Slack about each, tells the complaints, and whether there was none.
async fn ask<'a>(
    slack: &Slack,
    method: &str,
    parameter: &str,
    entries: impl Iterator<Item = (String, &'a str)>,
    complaint: fn(&Answer) -> Option<Complaint>,
    found: &mut Findings,
) -> bool {
    let answers: Vec<_> = stream::iter(entries)
        .map(|(what, id)| async move { (what, slack.get(method, &[(parameter, id)]).await) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut all_fine = true;
    for (what, answer) in answers {
        let complained = found.unless_failed(&what, answer).map(|answer| complaint(&answer));
        all_fine &= matches!(complained, Some(None));
        if let Some(Some((wrong, mend))) = complained {
            found.wrong(format!("{what}: {wrong}"), mend);
        }
    }
    all_fine
}

/// "Conversation object" (docs.slack.dev/reference/objects/conversation-object).
fn about_room(answer: &Answer) -> Option<Complaint> {
    const INVITE: &str = "write /invite @ops in that channel";
    let room = &answer.body["channel"];
    let (wrong, mend) = match answer.error() {
        Some("channel_not_found") => (
            "there is no such channel, or it is private and the app isn't in it".to_owned(),
            "correct the id in the catalog (it stands at the end of a channel's details), or write /invite @ops in that channel".to_owned(),
        ),
        Some(error) => (format!("Slack can't say ({error})"), "see to that, then run doctor again".to_owned()),
        None if room["is_archived"] == true => ("is archived".to_owned(), "take it out of the catalog, or unarchive it".to_owned()),
        None if room["is_member"] != true => ("the app isn't in it, so it can't post there".to_owned(), INVITE.to_owned()),
        None => return None,
    };
    Some((wrong, mend))
}

/// "User object" (docs.slack.dev/reference/objects/user-object).
fn about_person(answer: &Answer) -> Option<Complaint> {
    let user = &answer.body["user"];
    let is = |field: &str| user[field] == true;
    let (wrong, mend) = match answer.error() {
        Some("user_not_found" | "user_not_visible") => {
            ("there is nobody with this id".to_owned(), "correct the id in the catalog (a profile's menu: Copy member ID)".to_owned())
        }
        Some(error) => (format!("Slack can't say ({error})"), "see to that, then run doctor again".to_owned()),
        None if is("deleted") => ("is deactivated".to_owned(), "take them out of the catalog".to_owned()),
        None if is("is_restricted") || is("is_ultra_restricted") || is("is_stranger") => {
            ("is a guest, who gets no rights whatever the catalog says".to_owned(), "take them out of the catalog".to_owned())
        }
        None if is("is_bot") => ("is an app, which gets no rights".to_owned(), "take it out of the catalog".to_owned()),
        None => return None,
    };
    Some((wrong, mend))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(body: serde_json::Value) -> Answer {
        Answer { body, scopes: None }
    }

    #[test]
    fn a_room_is_fine_only_if_the_app_is_in_it() {
        let cases = [
            (json!({"ok": true, "channel": {"is_member": true}}), None),
            (json!({"ok": true, "channel": {"is_member": false}}), Some("isn't in it")),
            (json!({"ok": true, "channel": {"is_member": true, "is_archived": true}}), Some("archived")),
            (json!({"ok": true}), Some("isn't in it")),
            (json!({"ok": false, "error": "channel_not_found"}), Some("no such channel")),
            (json!({"ok": false, "error": "missing_scope"}), Some("missing_scope")),
            (json!({}), Some("without a reason")),
        ];
        for (body, expected) in cases {
            let found = about_room(&answer(body.clone()));
            assert_eq!(found.is_some(), expected.is_some(), "{body}");
            assert!(found.zip(expected).is_none_or(|((wrong, _), part)| wrong.contains(part)), "{body}");
        }
    }

    #[test]
    fn a_person_is_fine_only_as_a_full_member() {
        let cases = [
            (json!({"ok": true, "user": {"deleted": false}}), None),
            (json!({"ok": true, "user": {"deleted": true}}), Some("deactivated")),
            (json!({"ok": true, "user": {"is_restricted": true}}), Some("guest")),
            (json!({"ok": true, "user": {"is_bot": true}}), Some("app")),
            (json!({"ok": false, "error": "user_not_found"}), Some("nobody")),
        ];
        for (body, expected) in cases {
            let found = about_person(&answer(body.clone()));
            assert_eq!(found.is_some(), expected.is_some(), "{body}");
            assert!(found.zip(expected).is_none_or(|((wrong, _), part)| wrong.contains(part)), "{body}");
        }
    }
}
