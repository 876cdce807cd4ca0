//! Lines that don't say everything: what is missing is offered to those who may act on it, and runs as if it had been typed.

use crate::hosts_world::{HOSTS, World, asker, at};
use opsroom_application::commands::Worked;
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::card::{ButtonAction, Card, Part};
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::Destination;

fn line(event: &str, person: &str, typed: &str) -> Request {
    crate::hosts_world::line(event, person, typed, at(0))
}

fn pick(event: &str, person: &str, line: &str, chosen: &[(usize, &str)], shown: Option<&str>) -> Request {
    let reply = Reply::ResponseUrl { url: "https://hooks.slack.com/x".into(), thread: None };
    let chosen = chosen.iter().map(|(place, value)| (*place, (*value).to_owned())).collect();
    let ask = Ask::Pick { asker: asker(person), line: line.into(), chosen, shown: shown.map(str::to_owned), at: at(0), reply };
    Request { event: event.into(), correlation: "c".into(), ask }
}

/// What is offered: `service: api, web; environment: staging`, with a star where something is chosen; and the line to run.
fn offered(card: &Card) -> (String, Option<String>) {
    let menus = card.parts.iter().find_map(|part| match part {
        Part::Menus { menus, .. } => Some(menus.clone()),
        _ => None,
    });
    let menus = menus.unwrap_or_default().into_iter().map(|menu| {
        let star = |value: &String| if menu.chosen.as_ref() == Some(value) { "*" } else { "" };
        let choices = menu.choices.iter().map(|choice| format!("{}{}", choice.value, star(&choice.value)));
        format!("{}: {}", menu.label, choices.collect::<Vec<_>>().join(", "))
    });
    let run = card.parts.iter().find_map(|part| match part {
        Part::Buttons(buttons) => buttons.iter().find_map(|button| match &button.action {
            ButtonAction::RunPicked { line } => Some(line.clone()),
            _ => None,
        }),
        _ => None,
    });
    (menus.collect::<Vec<_>>().join("; "), run)
}

async fn asked(request: &Request) -> (String, Option<String>) {
    let world = World::new();
    assert_eq!(world.work(request).await, Ok(Worked::Done));
    offered(&world.message(&MessageKey::answer(&request.event)).1)
}

#[tokio::test]
async fn only_what_there_is_to_do_for_this_person_is_offered() {
    // `api` has hosts in staging only, the environment is the only one then; `vacuum` is for others.
    let cases = [
        ("restart", "service: api, web; environment: staging*", None),
        ("restart api", "environment: staging*", Some("restart api in staging")),
        ("restart in staging --batch 25%", "service: api, web", None),
        ("check", "service: api, web; environment: staging*", None),
        ("run --check", "runbook: motd, scale; service: api, web; environment: staging*", None),
        ("where", "service: api, web", None),
        ("build logs", "pipeline: api-staging, api-production, web-staging", None),
    ];
    for (typed, menus, run) in cases {
        let (seen, line) = asked(&line("e", "U1", typed)).await;
        assert_eq!((seen.as_str(), line.as_deref()), (menus, run), "{typed}");
    }
    let (hosts, line) = asked(&line("e", "U1", "reboot")).await;
    assert_eq!((hosts, line), (format!("host: {}", HOSTS.join(", ")), None));
}

#[tokio::test]
async fn what_nobody_can_know_is_asked_for_in_a_field() {
    let cases = [
        ("dj play", "song: ", None),
        ("bytes save", "link: ", None),
        ("bytes search", "words to look for: ", None),
        ("dj remove", "place in the queue: ", None),
    ];
    for (number, (typed, fields, run)) in cases.into_iter().enumerate() {
        let found = asked(&line(&format!("e{number}"), "U2", typed)).await;
        assert_eq!(found, (fields.to_owned(), run), "{typed}");
    }
    let chosen = |value| pick("e", "U2", "dj play", &[(0, value)], None);
    assert_eq!(asked(&chosen("Hello, please")).await.1.as_deref(), Some("dj play Hello, please"));
    // What is no address is as if it hadn't been said.
    assert_eq!(asked(&pick("e", "U2", "bytes save", &[(0, "javascript:x")], None)).await.1, None);
    let link = pick("e", "U2", "bytes save", &[(0, "https://blog.example/post")], None);
    assert_eq!(asked(&link).await.1.as_deref(), Some("bytes save https://blog.example/post"));
}

#[tokio::test]
async fn who_may_do_nothing_there_is_offered_nothing() {
    let world = World::new();
    world.work(&line("e", "U3", "restart")).await.unwrap();
    let (_, card) = world.message(&MessageKey::answer(&"e".into()));
    let said = crate::hosts_world::all_words(&card);
    assert!(said.contains("no service to restart is there for you here"), "{said}");
    assert_eq!(offered(&card), (String::new(), None));
}

#[tokio::test]
async fn the_line_that_is_shown_is_run_and_no_other() {
    let world = World::new();
    let shown = "restart api in staging --batch 2";
    let picked = |event: &str, service: &str| pick(event, "U1", "restart --batch 2", &[(0, service), (1, "staging")], Some(shown));
    // Somebody changed the menu and pressed before the message had changed: nothing is run, the new line is shown.
    assert_eq!(world.work(&picked("e1", "web")).await, Ok(Worked::Done));
    assert!(world.hosts.last().is_none());
    let (place, card) = world.message(&MessageKey::answer(&"e1".into()));
    assert!(matches!(place, Destination::Response { replaces: true, .. }), "{place:?}");
    assert_eq!(offered(&card).1.as_deref(), Some("restart web in staging --batch 2"));

    assert_eq!(world.work(&picked("e2", "api")).await, Ok(Worked::Done));
    assert_eq!(world.store.look(|state| state.operations.operations.len()), 1);
    assert!(world.hosts.last().is_some());
    assert_eq!(world.operation("e2").asked.by, "U1".into());
    // The picker says what it was used for. The same press again starts nothing.
    let (place, card) = world.message(&MessageKey::answer(&"e2/picked".into()));
    assert!(matches!(place, Destination::Response { replaces: true, .. }));
    assert!(crate::hosts_world::all_words(&card).contains(shown));
    assert_eq!(world.work(&picked("e2", "api")).await, Ok(Worked::Before));
    assert_eq!(world.store.look(|state| state.operations.operations.len()), 1);
}

#[tokio::test]
async fn what_was_picked_is_judged_like_what_was_typed() {
    let world = World::new();
    let request = pick("e", "U3", "restart", &[(0, "api"), (1, "staging")], Some("restart api in staging"));
    assert_eq!(world.work(&request).await, Ok(Worked::Refused));
    assert!(world.hosts.last().is_none());
}

#[tokio::test]
async fn what_no_longer_goes_together_is_taken_back_and_strange_values_are_nothing() {
    let chosen = |chosen: &[(usize, &str)]| pick("e", "U1", "logs", chosen, None);
    let (menus, run) = asked(&chosen(&[(0, "web"), (1, "production")])).await;
    assert_eq!((menus.as_str(), run.as_deref()), ("service: api, web*; environment: staging*", Some("logs web in staging")));
    for strange in ["$(id)", "api; rm -rf /", "--help", "API\nweb", ""] {
        let (menus, run) = asked(&chosen(&[(0, strange), (7, "api"), (1, "staging")])).await;
        assert_eq!((menus.as_str(), run), ("service: api, web; environment: staging*", None), "{strange}");
    }
}

#[tokio::test]
async fn what_a_runbook_cannot_do_without_is_asked_for() {
    let (menus, run) = asked(&line("e", "U1", "run scale on api in staging size=m")).await;
    assert_eq!((menus.as_str(), run), ("count: ", None), "it is written into a field");
    let (menus, _) = asked(&line("e", "U1", "run scale on api in staging")).await;
    assert_eq!(menus, "count: ; size: s, m");

    // Where the runbook itself is picked, its values are asked for in a second step.
    let world = World::new();
    let shown = "run scale on api in staging";
    let picked = pick("e1", "U1", "run", &[(0, "scale"), (1, "api"), (2, "staging")], Some(shown));
    assert_eq!(world.work(&picked).await, Ok(Worked::Done));
    assert!(world.hosts.last().is_none());
    let (place, card) = world.message(&MessageKey::answer(&"e1".into()));
    assert!(matches!(place, Destination::Response { replaces: true, .. }), "{place:?}");
    assert_eq!(offered(&card), ("count: ; size: s, m".to_owned(), None));

    // A value that the runbook doesn't take is named, and nothing is done.
    let chosen = |count| [(3, count), (4, "m")];
    let wrong = pick("e2", "U1", shown, &chosen("many"), Some("run scale on api in staging count=many size=m"));
    assert_eq!(world.work(&wrong).await, Ok(Worked::Done));
    assert!(world.hosts.last().is_none());
    assert!(crate::hosts_world::all_words(&world.message(&MessageKey::answer(&"e2".into())).1).contains("count"));
    let whole = "run scale on api in staging count=3 size=m";
    assert_eq!(world.work(&pick("e3", "U1", shown, &chosen("3"), Some(whole))).await, Ok(Worked::Done));
    assert_eq!(world.operation("e3").asked.by, "U1".into());
}

#[tokio::test]
async fn a_mention_is_asked_privately_and_a_line_that_is_whole_by_now_is_there_to_copy() {
    let world = World::new();
    let reply = Reply::Mention { ts: "1.2".into(), thread: None };
    let ask = Ask::Line { asker: asker("U1"), line: "restart".into(), at: at(0), reply };
    world.work(&Request { event: "m".into(), correlation: "c".into(), ask }).await.unwrap();
    let (place, card) = world.message(&MessageKey::answer(&"m".into()));
    assert!(matches!(place, Destination::Private { .. }), "{place:?}");
    assert_eq!(offered(&card).0, "service: api, web; environment: staging*");

    world.work(&pick("w", "U1", "restart api in staging", &[], None)).await.unwrap();
    assert!(crate::hosts_world::all_words(&world.message(&MessageKey::answer(&"w".into())).1).contains("/ops restart api in staging"));
    assert!(world.hosts.last().is_none());
}

/// The buttons of bare `/ops`, and the lines to copy.
async fn offers(world: &World, event: &str, person: &str) -> String {
    world.type_line(event, person, "").await;
    let (_, card) = world.message(&MessageKey::answer(&event.into()));
    let words = card.parts.iter().filter_map(|part| match part {
        Part::Buttons(buttons) => Some(buttons.iter().map(|button| button.label.clone()).collect::<Vec<_>>().join(" | ")),
        Part::Code(lines) => Some(lines.clone()),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" ; ")
}

#[tokio::test]
async fn bare_ops_offers_what_is_used_here_and_writes_nothing_on_a_guess() {
    let world = World::new();
    assert_eq!(
        offers(&world, "o1", "U1").await,
        "/ops status | /ops pending | /ops check … | /ops logs … | /ops mon open | All commands",
        "`deploy` is not for this person here"
    );
    for (number, typed) in
        ["locks", "restart api in staging --batch 2", "locks", "check api in staging", "nonsense", "restart web in moon"].iter().enumerate()
    {
        world.type_line(&format!("e{number}"), "U1", typed).await;
    }
    assert_eq!(
        offers(&world, "o2", "U1").await,
        "/ops locks | /ops check api in staging | /ops restart … | /ops status | /ops pending | /ops logs … | All commands ; /ops restart api in staging"
    );
    // Somebody who may only look is not offered what they may not do.
    assert_eq!(
        offers(&world, "o3", "U3").await,
        "/ops locks | /ops check api in staging | /ops status | /ops pending | /ops logs … | /ops mon open | All commands"
    );
}

#[tokio::test]
async fn a_repeated_delivery_counts_once() {
    let world = World::new();
    for _ in 0..3 {
        world.type_line("e1", "U1", "locks").await;
    }
    let counts = world.store.look(|state| state.habits.values().map(|habit| habit.count).collect::<Vec<_>>());
    assert_eq!(counts, [1]);
}

#[tokio::test]
async fn help_shows_examples_of_what_this_person_may_do_here() {
    let world = World::new();
    let help = async |event: &str, typed: &str| {
        world.type_line(event, "U1", typed).await;
        crate::hosts_world::all_words(&world.message(&MessageKey::answer(&event.into())).1)
    };
    // `api` comes first in the catalog, and has hosts in staging alone; `vacuum` is for others.
    assert!(help("h1", "help restart").await.contains("/ops restart api in staging"));
    assert!(help("h2", "help run").await.contains("/ops run motd on api in staging --check"));
    assert!(help("h3", "help promote").await.contains("/ops promote api from staging to production"));
    assert!(help("h4", "help logs").await.contains("/ops logs api in staging --follow 2m"));
}
