//! Hostile values against each kind of parameter, and what may be typed.

use super::*;

/// One value a line, as JSON strings, because most of them couldn't stand in a line otherwise.
const HOSTILE: &str = include_str!("../../../../tests/fixtures/hostile_values.txt");

fn hostile() -> Vec<String> {
    HOSTILE.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

type Kind = (&'static str, fn(&str) -> Result<(), Amiss>);

fn kinds() -> [Kind; 9] {
    [
        ("host", |text| host(text).map(|_| ())),
        ("unit", |text| unit(text).map(|_| ())),
        ("grep", |text| Grep::parse(text).map(|_| ())),
        ("batch", |text| Batch::parse(text).map(|_| ())),
        ("since", |text| span(text, LONGEST_SINCE).map(|_| ())),
        ("follow", |text| span(text, LONGEST_FOLLOW).map(|_| ())),
        ("lines", |text| lines(text).map(|_| ())),
        ("key", |text| key(text).map(|_| ())),
        ("runbook", |text| runbook(text, &RunbookParameter::default()).map(|_| ())),
    ]
}

#[test]
fn no_hostile_value_is_taken_for_any_parameter() {
    let values = hostile();
    assert!(values.len() >= 200, "{} are too few", values.len());
    for (kind, check) in kinds() {
        for value in &values {
            let amiss = check(value).expect_err(&format!("{kind} takes {value:?}"));
            assert!(!amiss.to_string().is_empty(), "{kind} {value:?}");
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let cases = [
        (unit("api; id"), "can't hold `;`; only letters, digits and `_ . @ -` may be in it"),
        (unit("--help"), "begins with `-`, which a program could take for an option"),
        (unit("api\nid"), "holds a character that isn't shown (U+000A)"),
        (unit("\u{430}pi"), "holds `\u{430}` (U+0430), which only looks like `a`"),
        (unit("日本"), "holds `日` (U+65E5); only plain letters, digits and `_ . @ -` may be in it"),
        (unit(""), "is empty"),
        (unit(&"a".repeat(101)), "has 101 characters; 100 are the most"),
        (unit(".hidden"), "begins with something else than a letter or a digit"),
    ];
    for (taken, why) in cases {
        assert_eq!(taken.map_err(|amiss| amiss.to_string()), Err(why.to_owned()));
    }
}

#[test]
fn what_people_need_is_taken() {
    for good in ["api", "api@2.service", "nginx-1", "a_b.c"] {
        assert_eq!(unit(good).as_deref(), Ok(good));
    }
    for good in ["timeout", "status=5[0-9][0-9]", "GET /health", "^ERROR.*db", "user@example.com", "100%", "a-b, c: d+"] {
        assert!(Grep::parse(good).is_ok(), "{good}");
    }
    for bad in ["[a", "*a", "+", "a**b["] {
        assert!(Grep::parse(bad).is_err(), "{bad}");
    }
    let fits = Grep::parse("status=5[0-9][0-9]").unwrap().matcher();
    assert!(fits("GET / Status=503 3ms") && !fits("GET / status=200 3ms"));
    for (text, id) in
        [("i-0123456789abcdef0", true), ("i-01234567", true), ("mi-0123456789abcdef0", true), ("i-1", false), ("api-1", false)]
    {
        assert_eq!(host_id(text).is_some(), id, "{text}");
        assert!(host(text).is_ok());
    }
    for (text, batch) in [("1", Batch::Hosts(1)), ("200", Batch::Hosts(200)), ("25%", Batch::Percent(25)), ("100%", Batch::Percent(100))] {
        assert_eq!(Batch::parse(text), Ok(batch));
        assert_eq!(batch.to_string(), text);
    }
    for bad in ["0", "201", "0%", "101%", "1.5", "+1", "1 %", "all", "%"] {
        assert!(Batch::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(span("15m", LONGEST_SINCE), Ok(SignedDuration::from_mins(15)));
    assert!(span("8d", LONGEST_SINCE).is_err() && span("11m", LONGEST_FOLLOW).is_err() && span("0m", LONGEST_SINCE).is_err());
    assert!(span("99999999999999999999h", LONGEST_SINCE).is_err());
    assert_eq!((lines("200"), lines("5000")), (Ok(200), Ok(5000)));
    assert!(lines("0").is_err() && lines("5001").is_err());
}

#[test]
fn a_runbooks_value_is_one_of_the_choices_and_of_the_shape() {
    let choices = RunbookParameter { choices: vec!["soft".into(), "hard".into()], ..RunbookParameter::default() };
    assert_eq!(runbook("soft", &choices).as_deref(), Ok("soft"));
    assert_eq!(runbook("Soft", &choices).unwrap_err().to_string(), "is none of `soft`, `hard`");
    let shape = RunbookParameter { pattern: Some("[0-9]+|none".into()), ..RunbookParameter::default() };
    assert_eq!(runbook("12", &shape).as_deref(), Ok("12"));
    assert_eq!(runbook("none", &shape).as_deref(), Ok("none"));
    assert!(runbook("12x", &shape).is_err() && runbook("nonesuch", &shape).is_err());
    let loose = RunbookParameter { pattern: Some(".*".into()), ..RunbookParameter::default() };
    assert!(runbook("a;b", &loose).is_err(), "the catalog can only narrow what may be typed");
    let broken = RunbookParameter { pattern: Some("[".into()), ..RunbookParameter::default() };
    assert!(runbook("a", &broken).is_err());
}

#[test]
fn a_part_of_a_parameter_brings_no_further_parts() {
    let part = RunbookParameter { into: Some("ExtraVariables".into()), ..RunbookParameter::default() };
    for value in hostile() {
        assert!(runbook(&value, &part).is_err(), "{value:?} is taken");
    }
    for value in ["x level=custom", "x ansible_python_interpreter=/tmp/p", "a=b", "x ansible_become_pass", "two words", "=", "a= b"] {
        let why = "can't hold a space or `=`: it is one value among several, and what follows would be another one";
        assert_eq!(runbook(value, &part).map_err(|amiss| amiss.to_string()), Err(why.to_owned()), "{value:?}");
        // Alone in its parameter it is just a text.
        assert!(runbook(value, &RunbookParameter::default()).is_ok(), "{value:?}");
    }
    for value in ["x", "/srv/app", "a,b", "1.2.3", "dana@example.com"] {
        assert_eq!(runbook(value, &part).as_deref(), Ok(value));
    }
    let choice = RunbookParameter { choices: vec!["very loud".into()], ..part };
    assert_eq!(runbook("very loud", &choice).as_deref(), Ok("very loud"), "the catalog's own word");
}
