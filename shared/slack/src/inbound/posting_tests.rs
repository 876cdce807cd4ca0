use opsroom_domain::posting::{PostedLink, Posting, PostingChange, Written};
use serde_json::{Value, json};

use super::*;

const AROUND: Around<'static> = Around { team: Some("T0LOCAL"), app: Some("U0OPSROOM"), sent_at: None };

/// As Slack sends what somebody typed into the composer.
fn typed(elements: &Value) -> Value {
    json!({
        "type": "message", "user": "U0DANA", "ts": "1790000000.000100", "client_msg_id": "4f1b", "team": "T0LOCAL", "channel": "C0BYTES",
        "channel_type": "channel", "event_ts": "1790000000.000100", "text": "whatever the blocks say in mrkdwn",
        "blocks": [{"type": "rich_text", "block_id": "x", "elements": elements}]
    })
}

/// Somebody says something.
fn words(words: &str) -> Value {
    typed(&json!([{"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}]))
}

fn written(event: &Value) -> Written {
    match of_message(event, AROUND) {
        Some(Posting { what: PostingChange::Written(written), .. }) => written,
        other => panic!("{other:?}"),
    }
}

fn urls(written: &Written) -> Vec<&str> {
    written.links.iter().map(|link| link.url.as_str()).collect()
}

#[test]
fn links_of_rich_text_are_found_but_not_in_code_nor_in_quotes() {
    let link = |url: &str| json!({"type": "link", "url": url});
    let event = typed(&json!([
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "Read "}, {"type": "link", "url": "https://a.example/1", "text": "this"}, {"type": "text", "text": " #rust "},
            {"type": "link", "url": "https://code.example/", "style": {"code": true}}, {"type": "text", "text": "let x", "style": {"code": true}},
            {"type": "emoji", "name": "tada", "unicode": "1f389"}, {"type": "user", "user_id": "U1"}, link("mailto:dana@a.example"), link("https://a.example/1")
        ]},
        {"type": "rich_text_preformatted", "elements": [link("https://pre.example/")]},
        {"type": "rich_text_quote", "elements": [link("https://quote.example/")]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [link("https://a.example/2")]}, {"type": "rich_text_section", "elements": [link("javascript:alert(1)")]}
        ]}
    ]));
    let written = written(&event);
    assert_eq!(urls(&written), ["https://a.example/1", "https://a.example/2"]);
    assert_eq!(
        written.text,
        "Read this #rust :tada:<@U1>mailto:dana@a.examplehttps://a.example/1\nhttps://a.example/2\njavascript:alert(1)"
    );
    assert_eq!(
        (written.asker.person.as_str(), written.asker.team.as_str(), written.asker.channel.as_str()),
        ("U0DANA", "T0LOCAL", "C0BYTES")
    );
}

#[test]
fn a_message_without_blocks_is_read_from_its_text() {
    let cases: [(&str, &[&str], &str); 9] = [
        ("see <https://a.example/1?b&amp;c|this> #go", &["https://a.example/1?b&c"], "see this #go"),
        (
            "<https://a.example/1> and <https://a.example/2>",
            &["https://a.example/1", "https://a.example/2"],
            "https://a.example/1 and https://a.example/2",
        ),
        ("`<https://code.example>` <https://a.example>", &["https://a.example"], "https://a.example"),
        ("```\n<https://code.example>\n``` <https://a.example>", &["https://a.example"], "https://a.example"),
        ("&gt; <https://quote.example>\n<https://a.example>", &["https://a.example"], "https://a.example"),
        ("a\n&gt;&gt;&gt; x\n<https://quote.example>", &[], "a"),
        ("it`s <https://a.example>", &["https://a.example"], "it`s https://a.example"),
        ("<javascript:alert(1)|x> <mailto:a@b.example|a@b.example> <@U1|dana>", &[], "x a@b.example <@U1>"),
        ("a < b <", &[], "a < b <"),
    ];
    for (text, links, words) in cases {
        let mut event = typed(&json!([]));
        event["text"] = text.into();
        event.as_object_mut().unwrap().remove("blocks");
        let written = written(&event);
        assert_eq!((urls(&written), written.text.as_str()), (links.to_vec(), words), "{text}");
    }
}

#[test]
fn an_unfurl_is_the_same_message_with_what_the_links_lead_to() {
    let mut message = typed(
        &json!([{"type": "rich_text_section", "elements": [{"type": "link", "url": "https://a.example/1"}, {"type": "link", "url": "https://b.example/"}]}]),
    );
    message["attachments"] = json!([
        {"from_url": "https://a.example/1", "original_url": "https://a.example/1", "id": 1, "service_name": "A", "title": "Inside &amp; out", "title_link": "https://a.example/1",
         "text": "About <https://x.example|x>", "fallback": "A: Inside", "service_icon": "https://a.example/icon.png"},
        {"from_url": "https://b.example", "title": "", "id": 2}
    ]);
    let event = json!({
        "type": "message", "subtype": "message_changed", "channel": "C0BYTES", "ts": "1790000001.000200", "event_ts": "1790000001.000200", "hidden": true,
        "message": message, "previous_message": typed(&json!([]))
    });
    let posting = of_message(&event, AROUND).unwrap();
    assert_eq!((posting.ts.as_str(), posting.at), ("1790000000.000100", moment("1790000001.000200").unwrap()));
    let written = written(&event);
    assert_eq!(written.edited_at, None, "an unfurl is no edit");
    assert_eq!(
        written.links,
        [
            PostedLink {
                url: "https://a.example/1".into(),
                title: Some("Inside & out".into()),
                description: Some("About https://x.example".into()),
                service: Some("A".into())
            },
            PostedLink { url: "https://b.example/".into(), title: None, description: None, service: None },
        ]
    );
}

#[test]
fn a_deleted_reply_says_in_which_thread_it_was() {
    let mut deletion = json!({"type": "message", "subtype": "message_deleted", "channel": "C0BYTES", "deleted_ts": "1790000005.000100", "event_ts": "1790000010.000000",
        "previous_message": {"type": "message", "user": "U1", "text": "thanks", "ts": "1790000005.000100", "thread_ts": "1790000000.000100"}});
    let thread = |event: &Value| of_message(event, AROUND).map(|posting| posting.what);
    assert_eq!(thread(&deletion), Some(PostingChange::Deleted { thread: Some("1790000000.000100".into()) }));
    deletion["previous_message"]["thread_ts"] = json!("1790000005.000100");
    assert_eq!(thread(&deletion), Some(PostingChange::Deleted { thread: None }), "the thread's first message is no reply");
}

#[test]
fn edits_and_deletions_are_followed() {
    let mut message = typed(&json!([{"type": "rich_text_section", "elements": [{"type": "text", "text": "never mind"}]}]));
    message["edited"] = json!({"user": "U0DANA", "ts": "1790000009.000000"});
    let edit =
        json!({"type": "message", "subtype": "message_changed", "channel": "C0BYTES", "event_ts": "1790000009.000300", "message": message});
    let found = written(&edit);
    assert_eq!((found.edited_at, found.links, found.text.as_str()), (moment("1790000009.000000"), vec![], "never mind"));

    let gone = Posting {
        channel: "C0BYTES".into(),
        ts: "1790000000.000100".into(),
        at: moment("1790000010.000000").unwrap(),
        what: PostingChange::Deleted { thread: None },
    };
    let deletion = json!({"type": "message", "subtype": "message_deleted", "channel": "C0BYTES", "deleted_ts": "1790000000.000100", "event_ts": "1790000010.000000", "previous_message": message, "hidden": true});
    assert_eq!(of_message(&deletion, AROUND), Some(gone.clone()));
    let headstone = json!({
        "type": "message", "subtype": "message_changed", "channel": "C0BYTES", "event_ts": "1790000010.000000",
        "message": {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": true, "ts": "1790000000.000100", "thread_ts": "1790000000.000100"}
    });
    assert_eq!(of_message(&headstone, AROUND), Some(gone));
}

#[test]
fn what_no_person_wrote_is_nothing() {
    let changed = |change: fn(&mut Value)| {
        let mut event = words("hello");
        change(&mut event);
        event
    };
    assert!(of_message(&changed(|_| ()), AROUND).is_some());
    let cases = [
        ("an app's", changed(|e| e["bot_id"] = "B1".into())),
        ("an app's with a face", changed(|e| e["bot_profile"] = json!({"id": "B1"}))),
        ("an app's of old", changed(|e| e["subtype"] = "bot_message".into())),
        ("the app's own", changed(|e| e["user"] = "U0OPSROOM".into())),
        ("Slack's own", changed(|e| e["user"] = "USLACKBOT".into())),
        ("somebody joins", changed(|e| e["subtype"] = "channel_join".into())),
        ("a new topic", changed(|e| e["subtype"] = "channel_topic".into())),
        ("nobody's", changed(|e| drop(e.as_object_mut().unwrap().remove("user")))),
        ("nowhere", changed(|e| drop(e.as_object_mut().unwrap().remove("channel")))),
        ("another shape", changed(|e| e["user"] = json!({"id": "U1"}))),
    ];
    for (what, event) in cases {
        assert_eq!(of_message(&event, AROUND), None, "{what}");
        let edit = json!({"type": "message", "subtype": "message_changed", "channel": event["channel"], "event_ts": "1790000009.000300", "message": event});
        assert_eq!(of_message(&edit, AROUND), None, "{what}, edited");
        let is_an_apps = ["app", "Slack"].iter().any(|who| what.contains(who));
        let deletion = json!({"type": "message", "subtype": "message_deleted", "channel": "C0BYTES", "deleted_ts": "1790000000.000100", "ts": "1790000010.000000", "previous_message": event});
        assert_eq!(of_message(&deletion, AROUND).is_none(), is_an_apps, "{what}, deleted");
    }
}

#[test]
fn commands_are_not_said_to_the_room() {
    let mention = |text: &str| {
        typed(&json!([{"type": "rich_text_section", "elements": [
            {"type": "text", "text": text}, {"type": "user", "user_id": "U0OPSROOM"}, {"type": "text", "text": " bytes save "}, {"type": "link", "url": "https://a.example/1"}
        ]}]))
    };
    let mut plain = words("");
    plain["text"] = "<@U0OPSROOM|ops> dj play <https://a.example/1>".into();
    plain.as_object_mut().unwrap().remove("blocks");
    for command in [mention(""), mention("hey "), plain, words("/ops bytes hide https://a.example/1")] {
        assert_eq!(of_message(&command, AROUND), None, "{command}");
        // Nor is it when Slack shows where its link leads.
        let changed = |message: &Value| json!({"type": "message", "subtype": "message_changed", "channel": "C0BYTES", "ts": "1790000009.000300", "message": message});
        assert_eq!(of_message(&changed(&command), AROUND), None);
        // What a message said before it was made a command, it says no longer.
        let mut edited = command;
        edited["edited"] = json!({"user": "U0DANA", "ts": "1790000009.000000"});
        let written = written(&changed(&edited));
        assert_eq!((written.text.as_str(), written.links), ("", vec![]));
    }
    let others = typed(&json!([{"type": "rich_text_section", "elements": [
        {"type": "user", "user_id": "U1"}, {"type": "text", "text": " "}, {"type": "user", "user_id": "U0OPSROOM", "style": {"code": true}}, {"type": "text", "text": "look"}
    ]}]));
    assert_eq!(written(&others).text, "<@U1> look", "others are spoken to, and code is shown");
}

#[test]
fn files_and_code_alone_say_nothing_but_answer() {
    let mut file = words("");
    file["subtype"] = "file_share".into();
    file["files"] = json!([{"id": "F1", "url_private": "https://files.slack.com/x"}]);
    let code = typed(&json!([{"type": "rich_text_preformatted", "elements": [{"type": "link", "url": "https://pre.example/"}]}]));
    for alone in [file.clone(), code] {
        assert_eq!(of_message(&alone, AROUND), None);
        // The message that a thread hangs on says that it does.
        let mut parent = alone.clone();
        parent["thread_ts"] = alone["ts"].clone();
        assert_eq!(of_message(&parent, AROUND), None);
        let mut reply = alone;
        reply["thread_ts"] = "1780000000.000100".into();
        let written = written(&reply);
        assert_eq!((written.thread.as_deref(), written.text.as_str(), written.links), (Some("1780000000.000100"), "", vec![]));
    }
    file["blocks"] = words("see <b>")["blocks"].clone();
    let written = written(&file);
    assert!(written.has_files && written.links.is_empty() && written.text == "see <b>", "a file is no link: {written:?}");
}

#[test]
fn people_of_elsewhere_are_nobody_here() {
    let shared = Around { team: None, app: None, sent_at: None };
    let mut event = words("hello");
    let team = |event: &Value| match of_message(event, shared).unwrap().what {
        PostingChange::Written(written) => written.asker.team,
        other => panic!("{other:?}"),
    };
    assert_eq!(team(&event).as_str(), "");
    event["user_team"] = "T9".into();
    assert_eq!(team(&event).as_str(), "T9");
}

#[test]
fn reactions_to_messages_are_told() {
    let event = json!({"type": "reaction_added", "user": "U1", "reaction": "thumbsup::skin-tone-2", "item": {"type": "message", "channel": "C0BYTES", "ts": "1790000000.000100"},
        "item_user": "U0DANA", "event_ts": "1790000005.000000"});
    let expected = |added| Posting {
        channel: "C0BYTES".into(),
        ts: "1790000000.000100".into(),
        at: moment("1790000005.000000").unwrap(),
        what: PostingChange::Reacted { by: "U1".into(), emoji: "thumbsup::skin-tone-2".into(), added },
    };
    assert_eq!(of_reaction(&event, true, AROUND), Some(expected(true)));
    assert_eq!(of_reaction(&event, false, AROUND), Some(expected(false)));
    for item in [json!({"type": "file", "file": "F1"}), json!(null), json!({"type": "message", "channel": "C0BYTES"})] {
        let mut other = event.clone();
        other["item"] = item;
        assert_eq!(of_reaction(&other, true, AROUND), None);
    }
    for nobody in [json!("U0OPSROOM"), json!(""), json!(null)] {
        let mut other = event.clone();
        other["user"] = nobody;
        assert_eq!(of_reaction(&other, true, AROUND), None, "the app's own reactions are signs");
    }
}
