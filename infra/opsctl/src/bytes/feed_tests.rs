//! The document, read back as a feed reader does.

use atom_syndication::Feed;
use jiff::{Timestamp, ToSpan as _};
use opsroom_domain::bytes::{CanonicalUrl, Link, Post, Voices};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;
use proptest::prelude::*;

use super::{Content, document};

fn catalog() -> Catalog {
    serde_json::from_str(
        r#"{
        "workspace": {"team": "T1"}, "environments": {}, "services": {}, "roles": {},
        "people": {"UDANA": {"name": "Dana & <Co>", "roles": []}},
        "rooms": {"CBYTES": {"name": "dev-bytes"}}, "bytes": {"rooms": ["CBYTES"]}
    }"#,
    )
    .unwrap()
}

/// `hour` of 25 November 2026.
fn at(hour: i64) -> Timestamp {
    "2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap() + hour.hours()
}

fn post(person: &str, hour: i64, text: &str) -> Post {
    let voices = Voices { weight: 3, reactions: 2, ..Voices::default() };
    Post { ts: format!("{hour}.000100"), by: person.into(), at: at(hour), kept_at: None, text: text.into(), tags: Vec::new(), voices }
}

fn link(address: &str, person: &str, hour: i64, text: &str) -> Link {
    let mut link = Link::new("CBYTES".into(), CanonicalUrl::parse(address).unwrap());
    link.posted(Post { tags: opsroom_domain::bytes::tags::tags(text), ..post(person, hour, text) });
    link
}

fn written(links: &[Link]) -> String {
    let channel = ChannelId::from("CBYTES");
    document(&Content { catalog: &catalog(), channel: &channel, links, days: 7 }, at(12)).unwrap()
}

fn read(links: &[Link]) -> Feed {
    Feed::read_from(written(links).as_bytes()).unwrap()
}

#[test]
fn a_feed_names_its_room_and_has_an_entry_for_each_link_the_best_first() {
    let mut first = link("https://example.com/queues?a=1&b=2", "UDANA", 8, "worth it https://example.com/queues?a=1&b=2 #rust #go");
    first.unfurled(Some("Queues in practice"), Some("How it is done"));
    first.posted(post("UAVERY", 10, "again"));
    let second = link("https://example.com/b", "UAVERY", 9, "on <b>tokio</b> https://example.com/b #rust");
    insta::assert_snapshot!(written(&[first, second]).replace("><", ">\n<"), @r#"
    <?xml version="1.0"?>
    <feed xmlns="http://www.w3.org/2005/Atom">
    <title>The best of dev-bytes</title>
    <id>https://slack.com/app_redirect?team=T1&amp;channel=CBYTES</id>
    <updated>2026-11-25T10:00:00+00:00</updated>
    <generator>Opsroom</generator>
    <link href="https://slack.com/app_redirect?team=T1&amp;channel=CBYTES" rel="alternate"/>
    <subtitle>Links that peers shared in the last 7 days, the best first</subtitle>
    <entry>
    <title>Queues in practice</title>
    <id>https://slack.com/app_redirect?team=T1&amp;channel=CBYTES#ct1fwyhryhrd2gvg</id>
    <updated>2026-11-25T10:00:00+00:00</updated>
    <author>
    <name>Dana &amp; &lt;Co&gt;</name>
    </author>
    <category term="rust"/>
    <category term="go"/>
    <link href="https://example.com/queues?a=1&amp;b=2" rel="alternate"/>
    <published>2026-11-25T08:00:00+00:00</published>
    <summary>How it is done</summary>
    </entry>
    <entry>
    <title>example.com/b</title>
    <id>https://slack.com/app_redirect?team=T1&amp;channel=CBYTES#fwt5ym049f46pstn</id>
    <updated>2026-11-25T09:00:00+00:00</updated>
    <author>
    <name>a peer</name>
    </author>
    <category term="rust"/>
    <link href="https://example.com/b" rel="alternate"/>
    <published>2026-11-25T09:00:00+00:00</published>
    <summary>on &lt;b&gt;tokio&lt;/b&gt;</summary>
    </entry>
    </feed>
    "#);
}

#[test]
fn an_empty_feed_is_one_too() {
    let feed = read(&[]);
    assert_eq!((feed.entries.len(), feed.updated.to_rfc3339()), (0, "2026-11-25T12:00:00+00:00".to_owned()));
}

#[test]
fn votes_change_nothing_and_neither_does_the_time_of_writing() {
    let before = link("https://example.com/a", "UDANA", 8, "a");
    let mut after = before.clone();
    after.heard("8.000100", Voices { weight: 90, reactions: 40, ..Voices::default() });
    after.saved(&"UAVERY".into());
    assert_eq!(written(std::slice::from_ref(&before)), written(&[after]));
    let channel = ChannelId::from("CBYTES");
    let later =
        document(&Content { catalog: &catalog(), channel: &channel, links: std::slice::from_ref(&before), days: 7 }, at(20)).unwrap();
    assert_eq!(written(&[before]), later);
}

#[test]
fn an_entry_keeps_its_id_whatever_becomes_of_its_text_and_no_two_share_one() {
    let before = link("https://example.com/a", "UDANA", 8, "a");
    let mut after = before.clone();
    after.unfurled(Some("A title at last"), None);
    after.posted(post("UAVERY", 11, "seen this?"));
    let other = link("https://example.com/b", "UDANA", 8, "a");
    let (old, new) = (read(&[before]), read(&[after, other]));
    assert_eq!(old.id, new.id);
    assert_eq!(old.entries[0].id, new.entries[0].id);
    assert_ne!(new.entries[0].id, new.entries[1].id);
    assert_eq!(new.entries[0].updated.to_rfc3339(), "2026-11-25T11:00:00+00:00", "shared once more is news");
    assert_eq!(new.updated, new.entries[0].updated);
}

#[test]
fn what_is_hostile_stays_text() {
    let titles = [
        "</title><script>alert(1)</script>",
        "]]><![CDATA[<b>&amp;</b>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;",
        "\" onload='x' & &#0; &lt;",
        "<?xml version=\"1.0\"?>",
        "\u{fffe}\u{ffff}\u{0}\u{1b}[31mred",
    ];
    for title in titles {
        let mut link = link("https://example.com/?q=%22%3E%3Cscript%3E&r='", "UDANA", 8, title);
        link.unfurled(Some(title), Some(title));
        let document = written(std::slice::from_ref(&link));
        for forbidden in ["<script", "<b>", "CDATA[<", "<!DOCTYPE", "\u{0}", "\u{1b}", "\u{fffe}"] {
            assert!(!document.contains(forbidden), "{title}: {document}");
        }
        let feed = Feed::read_from(document.as_bytes()).unwrap();
        let [entry] = feed.entries.as_slice() else { panic!("{document}") };
        let readable = super::readable(link.name());
        assert_eq!(entry.title.value.trim(), readable.trim(), "{document}");
        assert_eq!(entry.title.r#type, atom_syndication::TextType::Text);
        assert_eq!(entry.links[0].href, link.url.as_str());
        assert_eq!(entry.authors[0].name, "Dana & <Co>");
    }
}

proptest! {
    #[test]
    fn whatever_is_said_the_document_is_read_back(title in "\\PC{0,80}|.{0,80}", text in "(.|\\s){0,80}") {
        let mut link = link("https://example.com/a", "UDANA", 8, &text);
        link.unfurled(Some(&title), None);
        let feed = read(std::slice::from_ref(&link));
        prop_assert_eq!(feed.entries.len(), 1);
        let name = super::readable(link.name());
        prop_assert_eq!(feed.entries[0].title.value.trim(), name.trim());
        let about = link.about().map(|about| super::readable(&about).trim().to_owned()).unwrap_or_default();
        prop_assert_eq!(feed.entries[0].summary.as_ref().map(|text| text.value.trim()).unwrap_or_default(), about);
    }
}
