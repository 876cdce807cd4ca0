//! Lines about links.

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday, time};

use crate::bytes::{Bytes, DigestAt, DigestChange, DigestDays, Reader};
use crate::command::Command;
use crate::parse;

fn bytes(line: &str) -> Bytes {
    match parse(line) {
        Ok(Command::Bytes(bytes)) => bytes,
        other => panic!("{line}: {other:?}"),
    }
}

fn wrong(line: &str) -> String {
    parse(line).expect_err(line).message
}

fn top(most: Option<usize>, days: Option<i64>, tags: &[&str]) -> Bytes {
    let span = days.map(|days| SignedDuration::from_hours(days * 24));
    Bytes::Top { most, span, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() }
}

#[test]
fn understands_what_people_type() {
    let post = || "https://blog.example/a?b=c&d=e#f".to_owned();
    let cases = [
        ("bytes on", Bytes::On),
        ("links off please", Bytes::Off),
        ("bytes catchup", Bytes::CatchUp),
        ("bytes catch up", Bytes::CatchUp),
        ("bytes mine", Bytes::Mine),
        ("bytes search tokio tracing", Bytes::Search { words: "tokio tracing".into() }),
        ("bytes search how to say hello", Bytes::Search { words: "how to say hello".into() }),
        ("bytes find #rust by <@U1>", Bytes::Search { words: "#rust by <@U1>".into() }),
        ("bytes save https://blog.example/a?b=c&d=e#f", Bytes::Save { url: post() }),
        ("bytes save <https://blog.example/a?b=c&d=e#f|A post, at last>", Bytes::Save { url: post() }),
        ("bytes unsave <https://blog.example/a?b=c&d=e#f>", Bytes::Unsave { url: post() }),
        ("bytes save blog.example/a?b=c&d=e#f", Bytes::Save { url: post() }),
        ("bytes hide HTTPS://blog.example", Bytes::Hide { url: "HTTPS://blog.example".into() }),
        ("bytes unhide https://blog.example/ä", Bytes::Unhide { url: "https://blog.example/ä".into() }),
    ];
    for (line, expected) in cases {
        assert_eq!(bytes(line), expected, "{line}");
    }
}

#[test]
fn the_top_is_of_a_number_a_span_and_tags_in_any_order() {
    let cases = [
        ("bytes top", top(None, None, &[])),
        ("bytes top 10 7d #rust #go", top(Some(10), Some(7), &["rust", "go"])),
        ("bytes best #Rust #rust 2w", top(None, Some(14), &["rust"])),
        ("bytes top #node.js #C++", top(None, None, &["node.js", "c++"])),
        ("bytes top 5 of the last 3 days", top(Some(5), Some(3), &[])),
        ("bytes top of this month tag:c_sharp", top(None, Some(30), &["c_sharp"])),
        ("bytes top tags:rust,go 20", top(Some(20), None, &["rust", "go"])),
        ("bytes top year", top(None, Some(364), &[])),
    ];
    for (line, expected) in cases {
        assert_eq!(bytes(line), expected, "{line}");
    }
    let cases = [
        ("bytes top 21", "`21` links don't fit; 1 to 20 are shown"),
        ("bytes top 0", "`0` links don't fit; 1 to 20 are shown"),
        ("bytes top 99999999999999999999999", "`99999999999999999999999` links don't fit; 1 to 20 are shown"),
        ("bytes top 5 6", "how many stands twice"),
        ("bytes top 7d 2w", "the span stands twice"),
        ("bytes top 53w", "`53w` is too long; 52w is the most"),
        ("bytes top rust", "`rust` is neither a number of links, a span of time nor a tag; for a tag, write `#rust`"),
        ("bytes top 7x", "`7x` is neither a number of links, a span of time nor a tag"),
        ("bytes top #a/b", "`#a/b` is no tag; a letter and digits, `-`, `_`, `.` and `+` may be in it, 40 characters at most"),
        ("bytes top <#C012AB3CD>", "that is a channel; a tag that is called like one is written `tag:rust`"),
        ("bytes top #a #b #c #d #e #f", "5 tags are the most"),
    ];
    for (line, expected) in cases {
        assert_eq!(wrong(line), expected, "{line}");
    }
}

#[test]
fn a_digest_has_days_a_time_and_perhaps_a_zone() {
    let digest = |to, change| Bytes::Digest { to, change };
    let at = |days, time: Time, zone: Option<&str>| DigestChange::At(DigestAt { days, time, zone: zone.map(str::to_owned) });
    let monday = || DigestDays::Weekly(Weekday::Monday);
    let cases = [
        ("bytes digest", digest(Reader::Channel, DigestChange::Show)),
        ("bytes digest me", digest(Reader::Me, DigestChange::Show)),
        ("bytes digest off", digest(Reader::Channel, DigestChange::Off)),
        ("bytes digest me off", digest(Reader::Me, DigestChange::Off)),
        ("bytes digest off me", digest(Reader::Me, DigestChange::Off)),
        ("bytes digest monday 09:00", digest(Reader::Channel, at(monday(), time(9, 0, 0, 0), None))),
        ("bytes digest monday 09:00 Europe/Berlin", digest(Reader::Channel, at(monday(), time(9, 0, 0, 0), Some("Europe/Berlin")))),
        ("bytes digest me weekdays 8:30", digest(Reader::Me, at(DigestDays::Weekdays, time(8, 30, 0, 0), None))),
        (
            "bytes digest me every day at 4:30 PM in berlin, please",
            digest(Reader::Me, at(DigestDays::Daily, time(16, 30, 0, 0), Some("Europe/Berlin"))),
        ),
        ("bytes digest on Mondays at 12am", digest(Reader::Channel, at(monday(), time(0, 0, 0, 0), None))),
        ("bytes digest europe/berlin 9am mon", digest(Reader::Channel, at(monday(), time(9, 0, 0, 0), Some("Europe/Berlin")))),
        ("bytes digest monday 9:00 utc", digest(Reader::Channel, at(monday(), time(9, 0, 0, 0), Some("UTC")))),
    ];
    for (line, expected) in cases {
        assert_eq!(bytes(line), expected, "{line}");
    }
    let cases = [
        ("bytes digest monday", "at what time? Write it as `09:00`"),
        ("bytes digest 09:00", "on which days?"),
        ("bytes digest monday 25:00", "`25:00` is no time of the day; write it as `09:00`"),
        ("bytes digest monday 9", "`9` is no time of the day; write it as `09:00`"),
        ("bytes digest monday 13pm", "`13pm` is no time of the day; write it as `09:00`"),
        ("bytes digest monday tuesday 9:00", "the day stands twice"),
        ("bytes digest monday 9:00 10:00", "the time stands twice"),
        ("bytes digest mnoday 9:00", "`mnoday` is neither a day, a time nor a time zone; did you mean `monday`?"),
        ("bytes digest me weekdyas 9:00", "`weekdyas` is neither a day, a time nor a time zone; did you mean `weekdays`?"),
        ("bytes digest monday 9:00 Europe/Berln", "`Europe/Berln` is neither a day, a time nor a time zone; did you mean `Europe/Berlin`?"),
        ("bytes digest monday 9:00 somewhere", "`somewhere` is neither a day, a time nor a time zone"),
        ("bytes digest off monday", "`off` ends the digest; nothing else belongs to `bytes digest off`"),
        ("bytes digest me off 9:00", "`off` ends the digest; nothing else belongs to `bytes digest me off`"),
    ];
    for (line, expected) in cases {
        assert_eq!(wrong(line), expected, "{line}");
    }
}

#[test]
fn says_what_is_wrong_and_what_would_be_right() {
    let cases = [
        ("bytes save", "`bytes save` needs `link`"),
        ("bytes save tokio", "`tokio` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes save javascript:alert(1)", "`javascript:alert(1)` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes save 1.5", "`1.5` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes save me@blog.example", "`me@blog.example` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes save ftp://blog.example", "`ftp://blog.example` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes save https://", "`https://` is no address of a page; it looks like `https://blog.example/post`"),
        ("bytes hide https://a.example https://b.example", "`https://b.example` is one word too many; it takes one link"),
        ("bytes on now", "`now` is one word too many"),
    ];
    for (line, expected) in cases {
        assert_eq!(wrong(line), expected, "{line}");
    }
    assert!(wrong(&format!("bytes save https://a.example/{}", "a".repeat(2000))).starts_with("this address is too long"));
    assert!(wrong(&format!("bytes search {}", "a".repeat(201))).starts_with("a search has at most 200 characters"));
}

#[test]
fn near_misses_are_mended() {
    let cases = [
        ("bytse top 10 #rust", "there is no command `bytse`", "bytes top 10 #rust", true),
        ("bytes tpo 10", "there is no command `bytes tpo`", "bytes top 10", true),
        ("bytes digets monday 09:00", "there is no command `bytes digets`", "bytes digest monday 09:00", false),
        ("bytes serach hello", "there is no command `bytes serach`", "bytes search hello", true),
        ("bytes sav https://a.example", "there is no command `bytes sav`", "bytes save https://a.example", false),
        ("bytse nonsense", "there is no command `bytse`", "bytes", true),
    ];
    for (line, message, meant, reads_only) in cases {
        let mistake = parse(line).expect_err(line);
        assert_eq!(mistake.message, message, "{line}");
        let found = mistake.suggestion.as_ref().map(|found| (found.line.as_str(), found.reads_only));
        assert_eq!(found, Some((meant, reads_only)), "{line}");
    }
}

#[test]
fn asking_for_a_digest_changes_nothing() {
    for (line, reads_only) in [("bytes digest", true), ("bytes digest me", true), ("bytes digest off", false), ("bytes top", true)] {
        assert_eq!(parse(line).map(|command| command.reads_only()), Ok(reads_only), "{line}");
    }
}
