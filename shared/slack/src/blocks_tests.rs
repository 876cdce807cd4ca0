use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Step, StepState};
use opsroom_domain::ids::PersonId;

use super::*;
use crate::text::length;

fn deployment() -> Card {
    let headline = Text::plain("Deploying ").bold("api").then(" to ").bold("staging");
    let step = |name: &str, state, note| Step { name: name.into(), state, note };
    Card { tone: Tone::Working, summary: Text::plain("api to staging: Build is running"), parts: vec![Part::Text(headline)] }
        .with(Part::Fields(vec![
            ("Revision".into(), Text::empty().code("4f2a91c")),
            ("Asked by".into(), Text::empty().person(&PersonId::from("U0DEPLOYER"))),
            ("Reason".into(), Text::plain("fix *all* the <things>")),
        ]))
        .with(Part::Steps(vec![
            step("Source", StepState::Done, Text::plain("4 s")),
            step("Build", StepState::Running, Text::empty().link("https://console.aws.amazon.com/x", "log")),
            step("Deploy", StepState::Pending, Text::empty()),
        ]))
        .with(Part::Context(Text::plain("d-7k3m9q")))
        .with(Part::Buttons(vec![
            Button {
                label: "Cancel".into(),
                action: ButtonAction::CancelDeployment { deployment: "d-7k3m9q".into() },
                style: ButtonStyle::Danger,
                confirm: Some("Stop the pipeline after the running action?".into()),
            },
            Button {
                label: "How?".into(),
                action: ButtonAction::ExplainDeployment { deployment: "d-7k3m9q".into() },
                style: ButtonStyle::Plain,
                confirm: None,
            },
            Button {
                label: "Pipeline".into(),
                action: ButtonAction::OpenUrl { url: "https://console.aws.amazon.com/p".into() },
                style: ButtonStyle::Plain,
                confirm: None,
            },
        ]))
}

/// One line a block.
fn outline(message: &Message) -> String {
    let mut lines = vec![message.text.clone()];
    lines.extend(message.blocks.iter().map(|block| format!("  {block}")));
    for attachment in &message.attachments {
        lines.push(format!("  {}", attachment["color"].as_str().unwrap()));
        lines.extend(attachment["blocks"].as_array().unwrap().iter().map(|block| format!("  | {block}")));
    }
    lines.join("\n")
}

#[test]
fn a_deployment() {
    insta::assert_snapshot!(outline(&message(&deployment())), @r#"
    api to staging: Build is running
      {"elements":[{"elements":[{"text":"Deploying ","type":"text"},{"style":{"bold":true},"text":"api","type":"text"},{"text":" to ","type":"text"},{"style":{"bold":true},"text":"staging","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
      #1d9bd1
      | {"fields":[{"text":"*Revision*\n`4f2a91c`","type":"mrkdwn","verbatim":true},{"text":"*Asked by*\n<@U0DEPLOYER>","type":"mrkdwn","verbatim":true},{"text":"*Reason*\nfix `*all*` the &lt;things&gt;","type":"mrkdwn","verbatim":true}],"type":"section"}
      | {"elements":[{"elements":[{"text":"✓ ","type":"text"},{"style":{"code":true},"text":"Source","type":"text"},{"text":"  ","type":"text"},{"text":"4 s","type":"text"},{"text":"\n● ","type":"text"},{"style":{"bold":true,"code":true},"text":"Build ","type":"text"},{"text":"  ","type":"text"},{"text":"log","type":"link","url":"https://console.aws.amazon.com/x"},{"text":"\n○ ","type":"text"},{"style":{"code":true,"italic":true},"text":"Deploy","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
      | {"elements":[{"text":"d-7k3m9q","type":"mrkdwn","verbatim":true}],"type":"context"}
      | {"elements":[{"action_id":"cancel_deployment/0","confirm":{"confirm":{"text":"Yes","type":"plain_text"},"deny":{"text":"No","type":"plain_text"},"style":"danger","text":{"text":"Stop the pipeline after the running action?","type":"plain_text"},"title":{"text":"Cancel?","type":"plain_text"}},"style":"danger","text":{"emoji":true,"text":"Cancel","type":"plain_text"},"type":"button","value":"d-7k3m9q"},{"action_id":"explain_deployment/1","text":{"emoji":true,"text":"How?","type":"plain_text"},"type":"button","value":"d-7k3m9q"},{"action_id":"open_url/2","text":{"emoji":true,"text":"Pipeline","type":"plain_text"},"type":"button","url":"https://console.aws.amazon.com/p"}],"type":"actions"}
    "#);
}

#[test]
fn a_line_without_a_tone_needs_no_bar() {
    let card = Card::line(Tone::Plain, Text::plain("You are <@U1> & *nobody*"));
    insta::assert_snapshot!(outline(&message(&card)), @r#"
    You are &lt;@U1&gt; &amp; *nobody*
      {"elements":[{"elements":[{"text":"You are <@U1> & *nobody*","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
    "#);
}

#[test]
fn a_dialog() {
    let card = Card::line(Tone::Plain, Text::plain("What was called:"))
        .with(Part::Code("aws codepipeline start-pipeline-execution \\\n  --name api-staging".into()));
    insta::assert_snapshot!(serde_json::to_string(&view("How this deployment was made", &card)).unwrap(), @r#"
    {"blocks":[{"elements":[{"elements":[{"text":"What was called:","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"},{"elements":[{"elements":[{"text":"aws codepipeline start-pipeline-execution \\\n  --name api-staging","type":"text"}],"type":"rich_text_preformatted"}],"type":"rich_text"}],"close":{"text":"Close","type":"plain_text"},"title":{"text":"How this deployment was…","type":"plain_text"},"type":"modal"}
    "#);
    assert_eq!(view("", &Card { tone: Tone::Plain, summary: Text::empty(), parts: vec![] })["blocks"].as_array().unwrap().len(), 1);
}

#[test]
fn whatever_is_wanted_slack_takes_it() {
    let long = "word <&> *x* ".repeat(400);
    let text = || Text::plain(&long).bold(&long).code(&long).link("https://e.example", &long).person(&"U1".into());
    let part = |i: usize| match i % 8 {
        0 => Part::Text(text()),
        1 => Part::Context(text()),
        2 => Part::Fields((0..23).map(|_| (long.clone(), text())).collect()),
        3 => Part::Steps((0..30).map(|_| Step { name: long.clone(), state: StepState::Failed, note: text() }).collect()),
        4 => Part::Code(long.clone()),
        5 => Part::Divider,
        6 => Part::List(vec![text(); 30]),
        _ => Part::Buttons(vec![
            Button {
                label: long.clone(),
                action: ButtonAction::RunRead { line: "status".into() },
                style: ButtonStyle::Danger,
                confirm: Some(long.clone()),
            };
            30
        ]),
    };
    for tone in [Tone::Plain, Tone::Bad] {
        let card = Card { tone, summary: text(), parts: (0..60).map(part).collect() };
        let message = message(&card);
        assert!(length(&message.text) <= SUMMARY);
        let hung: Vec<&Value> = message.attachments.iter().flat_map(|a| a["blocks"].as_array().unwrap()).collect();
        let all: Vec<&Value> = message.blocks.iter().chain(hung).collect();
        assert_eq!(all.len(), MESSAGE_BLOCKS);
        for block in all {
            within_limits(block);
        }
    }
}

fn within_limits(block: &Value) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let size = |value: &Value| value.as_str().map_or(0, length);
    let fields = list(&block["fields"]);
    assert!(fields.len() <= FIELDS);
    assert!(fields.iter().all(|field| size(&field["text"]) <= FIELD));
    let elements = list(&block["elements"]);
    assert!(elements.len() <= 25);
    for element in elements {
        if element["type"] == "button" {
            assert!(size(&element["text"]["text"]) <= 75 && size(&element["value"]) <= 2000 && size(&element["action_id"]) <= 255);
            let confirm = &element["confirm"];
            assert!(size(&confirm["title"]["text"]) <= 100 && size(&confirm["text"]["text"]) <= 300);
        } else {
            assert!(size(&element["text"]) <= 3000);
        }
    }
}

#[test]
fn buttons_have_ids_of_their_own() {
    let row = Part::Buttons(vec![
        Button {
            label: "x".into(),
            action: ButtonAction::RunRead { line: "help".into() },
            style: ButtonStyle::Plain,
            confirm: None
        };
        3
    ]);
    let card = Card { tone: Tone::Plain, summary: Text::empty(), parts: vec![row.clone(), row] };
    let message = message(&card);
    let ids: std::collections::HashSet<&str> =
        message.blocks.iter().flat_map(|b| b["elements"].as_array().unwrap()).filter_map(|e| e["action_id"].as_str()).collect();
    assert_eq!(ids.len(), 6);
}

#[test]
fn a_forms_fields_are_found_again_and_it_keeps_its_memory() {
    let field = |id, input| Field { id, label: "Why not?".into(), required: true, input };
    let form = form(&Form {
        title: "Reject the deployment of everything".into(),
        content: Card::line(Tone::Plain, Text::plain("Approve of api-production")),
        fields: vec![
            field("words", Input::Words { multiline: true, longest: 400 }),
            field(
                "minutes",
                Input::Choice { options: vec![("30".into(), "30 minutes".into()), ("60".into(), "1 hour".into())], initial: Some(1) },
            ),
            Field { required: false, ..field("person", Input::Person) },
        ],
        submit: "Reject".into(),
        memory: "{\"for\":\"decide\"}".into(),
    });
    let inputs: Vec<&Value> = form["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "input").collect();
    let shape = |block: &&Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        assert_eq!(block["block_id"], block["element"]["action_id"]);
        (text(&block["block_id"]), text(&block["element"]["type"]), block["optional"].as_bool().unwrap())
    };
    let expected = [("words", "plain_text_input", false), ("minutes", "static_select", false), ("person", "users_select", true)];
    assert_eq!(
        inputs.iter().map(shape).collect::<Vec<_>>(),
        expected.map(|(id, kind, optional)| (id.to_owned(), kind.to_owned(), optional))
    );
    assert_eq!((&inputs[0]["element"]["multiline"], &inputs[0]["element"]["max_length"]), (&true.into(), &400.into()));
    assert_eq!(inputs[1]["element"]["initial_option"], inputs[1]["element"]["options"][1]);
    assert_eq!(form["private_metadata"], "{\"for\":\"decide\"}");
    let length = |of: &str| form[of]["text"].as_str().unwrap().chars().count();
    assert!(length("title") <= 24 && length("submit") <= 24);
}

#[test]
fn a_home_tab_has_a_hundred_blocks_at_most_and_one_at_least() {
    let paragraph = || Part::Text(Text::plain("an incident"));
    let full = home(&Card { tone: Tone::Bad, summary: Text::plain("x"), parts: (0..120).map(|_| paragraph()).collect() });
    assert_eq!((&full["type"], full["blocks"].as_array().unwrap().len()), (&"home".into(), 100));
    let empty = home(&Card { tone: Tone::Plain, summary: Text::plain("All is well"), parts: Vec::new() });
    assert_eq!(empty["blocks"].as_array().unwrap().len(), 1);
}
