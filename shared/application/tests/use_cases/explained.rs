//! The room teaches: whatever a command answers has a *How?*, and that shows calls which anybody can paste.

use crate::hosts_world::{HOSTS, World, asker};
use opsroom_application::request::{Ask, Request};
use opsroom_domain::card::{ButtonAction, Card, Part};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::MessageKey;
use opsroom_grammar::specs;
use opsroom_memory::MemoryStore;

/// Somebody who may do everything, everywhere.
fn catalog() -> Catalog {
    let mut catalog = crate::hosts_world::catalog();
    let all = r#"{"grants": [{"allow": ["read", "deploy", "approve", "operate", "override", "subscribe", "respond", "dj"]}]}"#;
    catalog.roles.insert("operator".into(), serde_json::from_str(all).unwrap());
    let room = r#"{"name": "ops", "allow": ["deploy", "approve", "operate", "override", "subscribe", "respond"]}"#;
    catalog.rooms.insert("C1".into(), serde_json::from_str(room).unwrap());
    catalog
}

fn filled(example: &str) -> String {
    [
        ("{service}", "api"),
        ("{environment}", "staging"),
        ("{onward}", "production"),
        ("{deployment}", "d-7k3m9q"),
        ("{repository}", "acme/api"),
        ("{pipeline}", "api-staging"),
        ("{host}", HOSTS[0]),
        ("{runbook}", "motd"),
        ("{incident}", "i-7k3m9q"),
        ("{person}", "<@U2>"),
        ("{channel}", "<#C1>"),
    ]
    .iter()
    .fold(example.to_owned(), |line, (blank, value)| line.replace(blank, value))
}

fn has_how(card: &Card) -> bool {
    let is_how = |action: &ButtonAction| {
        matches!(
            action,
            ButtonAction::ExplainLine { .. }
                | ButtonAction::ExplainDeployment { .. }
                | ButtonAction::ExplainRun { .. }
                | ButtonAction::Hosts { press: opsroom_domain::card::HostPress::Explain { .. } }
        )
    };
    card.parts.iter().any(|part| matches!(part, Part::Buttons(buttons) if buttons.iter().any(|button| is_how(&button.action))))
}

#[tokio::test]
async fn whatever_a_command_answers_has_a_how() {
    for spec in specs() {
        for example in spec.examples {
            let mut world = World::new();
            world.store = MemoryStore::at(world.now).with_catalog(catalog());
            let line = filled(example);
            world.type_line("e", "U1", &line).await;
            let cards: Vec<Card> = world.store.look(|state| state.messages.values().map(|item| item.message.wanted.clone()).collect());
            assert!(!cards.is_empty(), "{line} is answered by nothing");
            assert!(cards.iter().any(has_how), "{line}: {:?}", cards.iter().map(crate::hosts_world::all_words).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn every_how_shows_what_can_be_pasted() {
    for spec in specs() {
        for example in spec.examples {
            let mut world = World::new();
            world.store = MemoryStore::at(world.now).with_catalog(catalog());
            let line = filled(example);
            let ask = Ask::ExplainLine { asker: asker("U1"), line: line.clone(), view: "V1".into() };
            world.work(&Request { event: "e".into(), correlation: "c".into(), ask }).await.unwrap();
            let (_, card) = world.message(&MessageKey::answer(&"e".into()));
            let calls = card.parts.iter().filter(|part| matches!(part, Part::Code(code) if code.starts_with("aws ")));
            assert!(calls.count() > 0, "{line}: {}", crate::hosts_world::all_words(&card));
            assert!(crate::hosts_world::all_words(&card).contains(spec.how), "{line}");
        }
    }
}

#[tokio::test]
async fn a_how_shows_the_reads_behind_the_answer_and_nothing_to_whom_may_not_look() {
    let world = World::new();
    let explain = async |event: &str, person: &str, line: &str| {
        let ask = Ask::ExplainLine { asker: asker(person), line: line.into(), view: "V1".into() };
        world.work(&Request { event: event.into(), correlation: "c".into(), ask }).await.unwrap();
        crate::hosts_world::all_words(&world.message(&MessageKey::answer(&event.into())).1)
    };
    let shown = explain("e1", "U3", "where api").await;
    for part in ["/ops where api", "Environments(None)", "Slots", "--table-name catalog"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(explain("e2", "U3", "hosts api staging").await.contains("aws ssm describe-instance-information"));
    let refused = explain("e3", "UNOBODY", "where api").await;
    assert!(refused.contains("Not allowed") && !refused.contains("aws "), "{refused}");
    assert!(explain("e4", "U3", "where moon").await.contains("No service is called"));
}
