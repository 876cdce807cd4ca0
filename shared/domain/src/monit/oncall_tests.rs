//! Whose turn it is, over changes of clocks and of people.

use proptest::prelude::*;

use super::*;
use crate::test_data::{catalog, rotation};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn primary() -> RotationName {
    "primary".into()
}

fn on(rotation: &Rotation, when: &str) -> String {
    on_duty(&primary(), rotation, &[], at(when)).map_or_else(|nobody| nobody.to_string(), |person| person.to_string())
}

#[test]
fn the_turn_passes_on_at_the_handover_by_the_clocks_of_the_zone() {
    let berlin = rotation();
    for (when, who) in [
        ("2026-01-05T07:59:59Z", "U2"), // before the first week the turns go on backwards
        ("2026-01-05T08:00:00Z", "U1"),
        ("2026-01-12T07:59:59Z", "U1"),
        ("2026-01-12T08:00:00Z", "U2"),
        // Summer: 09:00 in Berlin is 07:00 UTC from 29 March on.
        ("2026-03-30T06:59:59Z", "U2"),
        ("2026-03-30T07:00:00Z", "U1"),
        // Winter again from 25 October on.
        ("2026-10-26T07:59:59Z", "U2"),
        ("2026-10-26T08:00:00Z", "U1"),
    ] {
        assert_eq!(on(&berlin, when), who, "{when}");
    }
    assert_eq!(next_handover(&primary(), &berlin, at("2026-03-25T00:00:00Z")), Ok(at("2026-03-30T07:00:00Z")));
    assert_eq!(next_handover(&primary(), &berlin, at("2026-03-30T07:00:00Z")), Ok(at("2026-04-06T07:00:00Z")));
}

#[test]
fn a_handover_that_the_clocks_jump_over_or_show_twice_happens_once() {
    let night = Rotation { handover: "sunday 02:30".to_owned(), starts: "2026-01-04".to_owned(), ..rotation() };
    // 29 March has no 02:30: the turn passes on at 03:30 summer time.
    assert_eq!(next_handover(&primary(), &night, at("2026-03-28T00:00:00Z")), Ok(at("2026-03-29T01:30:00Z")));
    // 25 October has it twice: at the first.
    assert_eq!(next_handover(&primary(), &night, at("2026-10-24T00:00:00Z")), Ok(at("2026-10-25T00:30:00Z")));
    assert_eq!(next_handover(&primary(), &night, at("2026-10-25T00:30:00Z")), Ok(at("2026-11-01T01:30:00Z")));
    assert_ne!(on(&night, "2026-03-29T01:29:59Z"), on(&night, "2026-03-29T01:30:00Z"));
}

#[test]
fn the_first_week_begins_with_the_first_handover_from_its_date_on() {
    let tuesday = Rotation { handover: "tuesday 09:00".to_owned(), ..rotation() };
    assert_eq!(on(&tuesday, "2026-01-06T07:59:59Z"), "U2");
    assert_eq!(on(&tuesday, "2026-01-06T08:00:00Z"), "U1");
}

#[test]
fn whoever_stands_in_is_called_and_the_later_word_counts() {
    let word = |person: &str, from: &str, until: &str, said: &str| Override {
        rotation: primary(),
        person: person.into(),
        from: at(from),
        until: at(until),
        by: "U1".into(),
        at: at(said),
    };
    let overrides = [
        word("U4", "2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z", "2026-01-02T00:00:00Z"),
        word("U3", "2026-01-06T00:00:00Z", "2026-01-09T00:00:00Z", "2026-01-01T00:00:00Z"),
        Override { rotation: "other".into(), ..word("U5", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-01-03T00:00:00Z") },
    ];
    let who = |when: &str| on_duty(&primary(), &rotation(), &overrides, at(when)).unwrap().to_string();
    assert_eq!(who("2026-01-05T23:59:59Z"), "U1");
    assert_eq!(who("2026-01-06T00:00:00Z"), "U4");
    assert_eq!(who("2026-01-08T00:00:00Z"), "U3");
    assert_eq!(who("2026-01-09T00:00:00Z"), "U1");
    // Somebody can stand in where nobody is.
    let empty = Rotation { people: Vec::new(), ..rotation() };
    assert_eq!(on_duty(&primary(), &empty, &overrides, at("2026-01-06T00:00:00Z")), Ok("U4".into()));
}

#[test]
fn nobody_is_told_why() {
    let cases = [
        (Rotation { people: Vec::new(), ..rotation() }, "the rotation primary has nobody in it"),
        (
            Rotation { zone: "Europe/Bonn".into(), ..rotation() },
            "the times of the rotation primary can't be read: `Europe/Bonn` is no time zone of the IANA database, such as `Europe/Berlin`",
        ),
        (
            Rotation { handover: "noon".into(), ..rotation() },
            "the times of the rotation primary can't be read: `noon` is no time of the week, such as `monday 09:00`",
        ),
    ];
    for (rotation, why) in cases {
        assert_eq!(on(&rotation, "2026-01-06T00:00:00Z"), why);
    }
}

#[test]
fn each_level_finds_its_people() {
    let catalog = catalog();
    let monday = at("2026-01-05T12:00:00Z");
    let api = ServiceName::from("api");
    let called = |call, service: Option<&str>| {
        callees(&Level { after_minutes: 0, call }, Some(&catalog), service.map(ServiceName::from).as_ref(), &[], monday)
    };
    let people = |ids: &[&str]| Called::People { people: ids.iter().map(|&id| id.into()).collect() };
    let nobody = |why: &str| Called::Nobody { why: why.to_owned() };
    assert_eq!(called(Callee::Oncall { rotation: primary() }, None), people(&["U1"]));
    assert_eq!(called(Callee::Everybody { rotation: primary() }, None), people(&["U1", "U2"]));
    assert_eq!(called(Callee::Oncall { rotation: "other".into() }, None), nobody("the catalog has no rotation other"));
    assert_eq!(called(Callee::Owners {}, Some("web-shop")), people(&["U2"]));
    assert_eq!(called(Callee::Owners {}, Some("web")), nobody("the service web has no owners"));
    assert_eq!(called(Callee::Owners {}, None), nobody("it is not known which service it is about"));
    assert_eq!(called(Callee::People { people: vec!["U3".into()] }, None), people(&["U3"]));
    assert_eq!(called(Callee::Channel {}, None), Called::Channel);
    assert_eq!(callees(&levels(&Monit::default())[0], None, Some(&api), &[], monday), nobody("the service api has no owners"));
    // A stand-in from outside the rotation is among everybody.
    let outside =
        Override { rotation: primary(), person: "U3".into(), from: monday, until: at("2026-01-06T00:00:00Z"), by: "U1".into(), at: monday };
    let everybody = Level { after_minutes: 0, call: Callee::Everybody { rotation: primary() } };
    assert_eq!(callees(&everybody, Some(&catalog), None, &[outside], monday), people(&["U3", "U1", "U2"]));
}

#[test]
fn without_levels_the_first_rotation_is_called_then_all_of_it_then_the_channel() {
    let minutes = |monit: &Monit| levels(monit).iter().map(|level| level.after_minutes).collect::<Vec<_>>();
    assert_eq!(minutes(&catalog().monit), [0, 10, 10]);
    assert_eq!(minutes(&Monit::default()), [0, 20]);
    let one = vec![Level { after_minutes: 3, call: Callee::Channel {} }];
    assert_eq!(levels(&Monit { escalation: one.clone(), ..Monit::default() }), one);
}

proptest! {
    #[test]
    fn exactly_one_is_on_call_and_the_turn_passes_at_each_handover(second in 1_700_000_000..2_000_000_000_i64, people in 1..5_usize) {
        let people: Vec<PersonId> = (0..people).map(|number| format!("U{number}").as_str().into()).collect();
        let rotation = Rotation { people: people.clone(), ..rotation() };
        let now = Timestamp::from_second(second).unwrap();
        let next = next_handover(&primary(), &rotation, now).unwrap();
        prop_assert!(next > now && next.as_second() - second <= (7 * 24 + 1) * 3600);
        let place = |when| {
            let person = on_duty(&primary(), &rotation, &[], when).unwrap();
            people.iter().position(|other| *other == person).unwrap()
        };
        let before = Timestamp::from_second(next.as_second() - 1).unwrap();
        prop_assert_eq!(place(before), place(now));
        prop_assert_eq!(place(next), (place(now) + 1) % people.len());
    }
}
