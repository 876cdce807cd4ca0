//! What is kept, ranked and read; above all that no order of events changes what it ends in.

use jiff::Timestamp;
use jiff::civil::time;
use proptest::prelude::*;

use super::link::{LONGEST_TITLE, MOST_POSTS};
use super::message::{MOST_REACTIONS, MOST_REPLIES, moment};
use super::rank::readable;
use super::reader::{LARGEST_LIST, LOOKED_AT, MOST_SAVED};
use super::words::{self, MOST_WORDS};
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn url(path: &str) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://example.com/{path}")).unwrap()
}

fn id(path: &str) -> LinkId {
    LinkId::of(&"C0BYTES".into(), &url(path))
}

fn message() -> PostedMessage {
    PostedMessage::unknown("C0BYTES".into(), "1790000000.000100")
}

fn said(links: &[&str], edited: Option<i64>) -> LinksOf {
    LinksOf { by: "U0DANA".into(), links: links.iter().map(|path| id(path)).collect(), edited_at: edited.map(at) }
}

fn post(ts: &str, by: &str, weight: i64) -> Post {
    let voices = Voices { weight, ..Voices::default() };
    Post { ts: ts.to_owned(), by: by.into(), at: moment(ts).unwrap(), kept_at: None, text: String::new(), tags: Vec::new(), voices }
}

fn link(path: &str, ts: &str, weight: i64) -> Link {
    let mut link = Link::new("C0BYTES".into(), url(path));
    link.posted(post(ts, "U0DANA", weight));
    link
}

#[test]
fn a_ts_is_a_moment() {
    assert_eq!(moment("1790000000.000100"), Some(Timestamp::from_microsecond(1_790_000_000_000_100).unwrap()));
    assert_eq!(moment("1790000000"), Some(at(0)));
    for nonsense in ["", "x", "1.x", "99999999999999999999.1", "1790000000.é"] {
        assert_eq!(moment(nonsense), None, "{nonsense}");
    }
}

#[test]
fn an_edit_takes_links_out_and_what_is_older_changes_nothing() {
    let mut message = message();
    assert_eq!(message.written(said(&["a", "b", "a"], None)), Some(vec![]));
    assert_eq!(message.links, [id("a"), id("b")]);
    assert_eq!(message.written(said(&["b", "c"], Some(5))), Some(vec![id("a")]));
    assert_eq!(message.written(said(&["a"], None)), None, "the text from before the edit");
    assert_eq!(message.deleted(), [id("b"), id("c")]);
    assert_eq!(message.written(said(&["a"], Some(9))), None, "it is gone");
    assert!(!message.reacted(&"U1".into(), "thumbsup", true, at(9)));
}

#[test]
fn a_peer_has_one_voice_and_the_writer_none() {
    let rules = Rules { weights: vec![("fire".into(), 3), ("thumbsdown".into(), -1)], ..Rules::default() };
    let mut message = message();
    for (by, emoji) in [("U1", "thumbsup::skin-tone-2"), ("U1", "fire"), ("U2", "thumbsdown"), ("U3", "tada"), ("U0DANA", "fire")] {
        assert!(message.reacted(&by.into(), emoji, true, at(1)));
    }
    message.replied("2", Some(&"U2".into()));
    message.replied("3", Some(&"U0DANA".into()));
    message.written(said(&["a"], None));
    assert_eq!(message.voices(&rules), Voices { weight: 4, reactions: 4, repliers: 1, ..Voices::default() });
    message.replied("4", Some(&"U2".into()));
    assert!(!message.replied("2", Some(&"U2".into())) && message.replied("2", None));
    assert_eq!(message.voices(&rules).repliers, 1, "their other reply is there");
    assert!(message.reacted(&"U1".into(), "fire", false, at(2)));
    assert_eq!(message.voices(&rules).weight, 2, "the next strongest of their emoji counts");
    assert!(!message.reacted(&"U1".into(), "fire", true, at(1)), "a late event brings nothing back");
}

#[test]
fn what_is_learnt_of_a_reaction_is_kept_even_if_it_changes_none() {
    let mut message = message();
    assert!(message.reacted(&"U1".into(), "fire", false, at(3)), "taken back before it was heard of");
    assert!(!message.reacted(&"U1".into(), "fire", true, at(1)));
    assert!(message.reacted(&"U1".into(), "fire", true, at(5)) && message.reacted(&"U1".into(), "fire", true, at(9)));
    assert!(!message.reacted(&"U1".into(), "fire", false, at(7)), "it is there again since");
    assert_eq!(message.voices(&Rules::default()).reactions, 1);
}

#[test]
fn an_emoji_is_the_same_by_both_of_its_names() {
    let rules = Rules { weights: vec![("+1".into(), 5)], ..Rules::default() };
    let mut message = message();
    message.written(said(&["a"], None));
    assert!(message.reacted(&"U1".into(), "thumbsup::skin-tone-2", true, at(1)) && message.reacted(&"U1".into(), "+1", true, at(2)));
    message.reacted(&"U2".into(), "-1", true, at(1));
    assert_eq!(message.voices(&rules), Voices { weight: 6, reactions: 2, ..Voices::default() });
    message.reacted(&"U1".into(), "bookmark", true, at(4));
    message.reacted(&"U2".into(), "bookmark", true, at(4));
    message.reacted(&"U2".into(), "bookmark", false, at(5));
    assert_eq!(message.savers(&rules), [(&PersonId::from("U1"), at(4))]);
}

#[test]
fn enough_peers_hide_and_writers_what_is_theirs() {
    let rules = Rules::default();
    let mut message = message();
    message.written(said(&["a"], None));
    message.reacted(&"U1".into(), "see_no_evil", true, at(1));
    assert!(!message.voices(&rules).hidden);
    message.reacted(&"U2".into(), "see_no_evil", true, at(2));
    assert_eq!(message.voices(&rules), Voices { hidden: true, ..Voices::default() });
    message.reacted(&"U2".into(), "see_no_evil", false, at(3));
    message.reacted(&"U0DANA".into(), "see_no_evil", true, at(3));
    let withdrawn = message.voices(&rules);
    assert_eq!(withdrawn, Voices { withdrawn: true, ..Voices::default() });

    let mut link = link("a", "1790000000.000100", 0);
    link.heard("1790000000.000100", withdrawn);
    assert!(link.is_hidden());
    link.posted(post("1790000100.000000", "U2", 0));
    assert!(!link.is_hidden(), "somebody else recommends it");
    link.heard("1790000100.000000", Voices { hidden: true, ..Voices::default() });
    assert!(link.is_hidden());
}

proptest! {
    #[test]
    fn what_people_write_never_breaks_anything(text in any::<String>()) {
        prop_assert!(tags::tags(&text).len() <= 5);
        prop_assert!(words::asked(&text).len() <= words::MOST_ASKED);
        prop_assert!(super::link::cut(&text, 7).len() <= 7 * 4 + '…'.len_utf8());
        if let Ok(url) = CanonicalUrl::parse(&text) {
            prop_assert_eq!(CanonicalUrl::parse(url.as_str()), Ok(url));
        }
    }
}

#[test]
fn a_message_stays_within_its_bounds() {
    let mut message = message();
    for person in 0..MOST_REACTIONS * 2 {
        message.reacted(&PersonId::new(format!("U{person}")), "thumbsup", true, at(1));
        message.replied(&person.to_string(), Some(&PersonId::new(format!("U{person}"))));
    }
    message.written(LinksOf { by: "U0DANA".into(), links: (0..30).map(|n| id(&n.to_string())).collect(), edited_at: None });
    assert_eq!((message.reactions.len(), message.replies.len(), message.links.len()), (MOST_REACTIONS, MOST_REPLIES, 10));
    message.replied("0", None);
    assert!(message.replied("9999", Some(&"U1".into())), "what was deleted makes room");
    message.reacted(&"U0".into(), "thumbsup", false, at(2));
    assert!(message.reacted(&"U9999".into(), "thumbsup", true, at(3)), "what was taken back makes room");
}

#[test]
fn of_several_posts_the_first_counts_as_first_and_the_next_follows_it() {
    let mut link = Link::new("C0BYTES".into(), url("a"));
    link.posted(post("1790000200.000000", "U2", 1));
    link.posted(post("1790000100.000000", "U1", 2));
    link.posted(Post { text: "again".into(), ..post("1790000200.000000", "U2", 4) });
    assert_eq!((link.first().map(|post| post.by.as_str()), link.posts.len(), link.weight(&Rules::default())), (Some("U1"), 2, 6));
    link.withdrawn("1790000100.000000");
    assert_eq!(link.first().map(|post| (post.by.as_str(), post.text.as_str())), Some(("U2", "again")));
    link.withdrawn("1790000200.000000");
    assert!(link.is_gone() && link.is_hidden());
    for number in 0..MOST_POSTS + 5 {
        link.posted(post(&format!("17900{number:05}.000000"), "U1", 0));
    }
    assert_eq!((link.posts.len(), link.first().map(|post| post.ts.as_str())), (MOST_POSTS, Some("1790000000.000000")));
}

#[test]
fn an_unfurl_adds_and_never_takes_away() {
    let mut link = link("a", "1790000000.000000", 0);
    assert_eq!(link.name(), "example.com/a");
    link.unfurled(Some("Inside Tokio"), None);
    link.unfurled(None, Some(" \n"));
    link.unfurled(Some(""), Some("How\u{0}it works"));
    assert_eq!((link.name(), link.description.as_deref()), ("Inside Tokio", Some("How it works")));
    link.unfurled(Some(&"ü".repeat(LONGEST_TITLE + 1)), None);
    assert_eq!(link.title, Some(format!("{}…", "ü".repeat(LONGEST_TITLE))));
    // 18 bytes each, and none of them is broken.
    link.unfurled(Some(&"👩‍👩‍👧".repeat(LONGEST_TITLE)), None);
    assert_eq!(link.title, Some(format!("{}…", "👩‍👩‍👧".repeat(LONGEST_TITLE * 4 / 18))));
    link.unfurled(Some(&format!("a{}", "\u{301}".repeat(9000))), None);
    assert_eq!(link.title.as_deref(), Some("…"), "marks without end on one letter");
}

#[test]
fn what_is_kept_once_stays_kept_since_then() {
    let mut link = link("a", "1790000000.000000", 0);
    assert_eq!(link.kept_at(), moment("1790000000.000000"), "as it was before that was written down");
    let late = |second| Post { kept_at: Some(at(second)), ..post("1790000001.000000", "U1", 0) };
    link.withdrawn("1790000000.000000");
    link.posted(late(50));
    link.posted(late(90));
    assert_eq!(link.kept_at(), Some(at(50)), "an edit makes no news of it");
}

#[test]
fn who_keeps_a_link_speaks_for_it() {
    let mut link = link("a", "1790000000.000000", 0);
    assert!(link.saved(&"U1".into()) && !link.saved(&"U1".into()) && link.saved(&"U0DANA".into()));
    assert_eq!(link.weight(&Rules::default()), 2, "the one who posted it says nothing new");
    assert!(link.unsaved(&"U1".into()) && !link.unsaved(&"U1".into()));
    assert_eq!(link.weight(&Rules::default()), 0);
}

#[test]
fn the_best_are_what_peers_say_and_fade() {
    let rules = Rules::default();
    let week = 7 * 86_400;
    let now = at(week);
    let (old, new) = (link("old", "1790000000.000000", 7), link("new", "1790604800.000000", 3));
    assert!((rules.worth(&old, now) - 4.0).abs() < 1e-9 && (rules.worth(&new, now) - 4.0).abs() < 1e-9, "half of it after a week");
    let mut hidden = link("hidden", "1790604800.000000", 90);
    hidden.hidden_by = Some("U1".into());
    let disliked = link("disliked", "1790604800.000000", -3);
    let unheard = link("unheard", "1790604800.000000", 0);
    let names = |links: Vec<Link>| links.iter().map(|link| link.url.as_str().rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>();
    let all = vec![disliked, old, hidden, unheard, new];
    assert_eq!(names(best(all.clone(), &rules, now, 9)), ["new", "old", "unheard", "disliked"]);
    assert_eq!(names(best(all, &rules, now, 1)), ["new"]);
}

#[test]
fn two_minutes_are_not_filled_with_more_than_can_be_read() {
    let mut long = link("long", "1790000000.000000", 0);
    long.description = Some("word ".repeat(80));
    assert_eq!(readable(&vec![link("a", "1790000000.000000", 0); 100], 120), 40);
    assert_eq!(readable(&vec![long.clone(); 100], 120), 5);
    assert_eq!(readable(&[long], 1), 1, "one is always shown");
    assert_eq!(readable(&[], 120), 0);
}

#[test]
fn words_of_the_best_places_come_first_and_are_bounded() {
    let mut link = link("2026/inside-tokio.html", "1790000000.000000", 0);
    link.unfurled(Some("The Tokio scheduler"), Some("How tasks and queues work"));
    link.posted(Post { text: "Read this".into(), tags: vec!["rust".into()], ..post("1790000000.000000", "U1", 0) });
    let found: Vec<String> = words::of_link(&link, &["Dana"]).into_iter().map(|word| format!("{} {}", word.word, word.places)).collect();
    assert_eq!(found, ["tokio 40", "scheduler 32", "rust 16", "exampl 8", "insid 8", "dana 4", "read 2", "task 1", "queu 1", "work 1"]);
    link.posted(Post { text: (0..100).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" "), ..post("1790000000.000000", "U1", 0) });
    let found = words::of_link(&link, &[]);
    assert_eq!((found.len(), found[0].word.as_str()), (MOST_WORDS, "tokio"));
}

#[test]
fn a_reader_keeps_a_list_and_comes_further() {
    let saved = |path: &str| Saved { url: url(path), title: None, link: None, at: at(1) };
    let mut reader = Reader::new("U1".into());
    assert!(reader.save(saved("a")) && reader.save(saved("b")) && !reader.save(saved("a")));
    assert_eq!(reader.saved.iter().map(|saved| saved.url.as_str()).collect::<Vec<_>>(), ["https://example.com/b", "https://example.com/a"]);
    assert_eq!(reader.unsave(&url("b")), Some(saved("b")));
    assert_eq!(reader.unsave(&url("b")), None);

    assert!(reader.seen_in(&"C1".into()) && !reader.seen_in(&"C1".into()));
    assert_eq!(reader.caught_up(&"C1".into()), None);
    reader.catch_up(&"C1".into(), at(9), Vec::new());
    reader.catch_up(&"C1".into(), at(5), Vec::new());
    assert_eq!(reader.caught_up(&"C1".into()), Some(at(9)), "nobody goes back");
    for number in 0..40 {
        reader.catch_up(&ChannelId::new(format!("C{number}")), at(10), Vec::new());
        reader.save(saved(&number.to_string()));
    }
    assert_eq!((reader.rooms.len(), reader.caught_up(&"C39".into()), reader.caught_up(&"C1".into())), (30, Some(at(10)), None));
}

#[test]
fn a_room_that_somebody_comes_back_to_is_among_the_first_again() {
    let mut reader = Reader::new("U1".into());
    reader.catch_up(&"C0".into(), at(9), Vec::new());
    for number in 1..=LOOKED_AT {
        reader.seen_in(&ChannelId::new(format!("C{number}")));
    }
    assert_eq!(reader.rooms.iter().position(|room| room.channel == "C0".into()), Some(LOOKED_AT));
    assert!(reader.seen_in(&"C0".into()) && !reader.seen_in(&"C0".into()));
    assert_eq!((reader.rooms[0].channel.as_str(), reader.rooms.len()), ("C0", LOOKED_AT + 1));
    assert_eq!(reader.caught_up(&"C0".into()), Some(at(9)), "and knows how far they had come");
}

#[test]
fn a_list_is_in_order_and_fits_into_one_item() {
    let saved = |path: &str, second: i64| Saved { url: url(path), title: Some("t".repeat(200)), link: None, at: at(second) };
    let mut reader = Reader::new("U1".into());
    for (path, second) in [("b", 2), ("c", 3), ("a", 1)] {
        assert!(reader.save(saved(path, second)));
    }
    assert_eq!(reader.saved.iter().map(|saved| saved.at).collect::<Vec<_>>(), [at(3), at(2), at(1)], "whichever was heard of first");
    for number in 0..MOST_SAVED {
        reader.save(saved(&format!("{number}/{}", "x".repeat(1900)), 10));
    }
    let size: usize = reader.saved.iter().map(|saved| saved.url.as_str().len() + 200).sum();
    assert!(size <= LARGEST_LIST && size > LARGEST_LIST - 2200, "{size}");
    assert!(reader.saved[0].url.as_str().contains("/299/"), "the latest stay");
}

#[test]
fn a_digest_comes_by_the_clocks_of_its_zone() {
    let next = |days: Days, zone: &str, after: &str| {
        let time = DigestTime { days, time: time(9, 0, 0, 0), zone: zone.to_owned() };
        time.next_after(after.parse().unwrap()).map(|moment| moment.to_string())
    };
    let cases = [
        (Days::Monday, "Europe/Berlin", "2026-11-25T12:00:00Z", "2026-11-30T08:00:00Z"),
        (Days::Monday, "Europe/Berlin", "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"),
        (Days::Monday, "Europe/Berlin", "2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"),
        (Days::Daily, "Europe/Berlin", "2026-03-28T09:00:00Z", "2026-03-29T07:00:00Z"),
        (Days::Weekdays, "America/New_York", "2026-11-27T15:00:00Z", "2026-11-30T14:00:00Z"),
        (Days::Sunday, "Asia/Tokyo", "2026-11-28T23:59:00Z", "2026-11-29T00:00:00Z"),
    ];
    for (days, zone, after, expected) in cases {
        assert_eq!(next(days, zone, after).as_deref(), Ok(expected), "{days:?} {zone} {after}");
    }
    assert_eq!(next(Days::Daily, "Europe/Nowhere", "2026-11-25T12:00:00Z"), Err(UnknownZone("Europe/Nowhere".into())));

    let skipped = DigestTime { days: Days::Daily, time: time(2, 30, 0, 0), zone: "Europe/Berlin".to_owned() };
    assert_eq!(skipped.next_after("2026-03-28T12:00:00Z".parse().unwrap()).unwrap().to_string(), "2026-03-29T01:30:00Z");
    assert_eq!(skipped.next_after("2026-10-24T12:00:00Z".parse().unwrap()).unwrap().to_string(), "2026-10-25T00:30:00Z");
    assert_eq!(skipped.to_string(), "every day at 02:30 (Europe/Berlin)");
}
