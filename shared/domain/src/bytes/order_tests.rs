//! Any order of the same events, and any repetition of them, ends in the same messages and the same links.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::message::moment;
use super::*;

/// Two messages, of which the second one is older.
const MESSAGES: [&str; 2] = ["1790000200.000100", "1790000100.000100"];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_300 + second).unwrap()
}

fn url(path: &str) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://example.com/{path}")).unwrap()
}

#[derive(Debug, Clone)]
enum Told {
    /// The text of an edit is always the same: its moment names it.
    Written {
        edit: usize,
    },
    Reacted {
        by: &'static str,
        emoji: &'static str,
        there: bool,
        when: i64,
    },
    /// One has one author, who its place says.
    Replied {
        reply: usize,
        there: bool,
    },
    Deleted,
}

/// What is kept in a room. A state is kept only if the function that changes it says so, as a table would.
#[derive(Debug, Default)]
struct Room {
    messages: BTreeMap<&'static str, PostedMessage>,
    links: BTreeMap<LinkId, Link>,
}

impl Room {
    fn hears(&mut self, ts: &'static str, told: &Told) {
        let rules = Rules::default();
        let mut message = self.messages.get(ts).cloned().unwrap_or_else(|| PostedMessage::unknown("C0BYTES".into(), ts));
        let gone = match told {
            Told::Written { edit } => {
                let paths: &[&str] = [&["a", "b"][..], &["b", "c"], &[], &["a"]][*edit];
                let urls: Vec<CanonicalUrl> = paths.iter().map(|path| url(path)).collect();
                let links = urls.iter().map(|url| LinkId::of(&"C0BYTES".into(), url)).collect();
                let edited_at = (*edit > 0).then(|| at(i64::try_from(*edit).unwrap()));
                let by = PersonId::from(if ts == MESSAGES[0] { "U0DANA" } else { "U0LEE" });
                let Some(gone) = message.written(LinksOf { by: by.clone(), links, edited_at }) else { return };
                for url in urls {
                    let link = Link::new("C0BYTES".into(), url);
                    let voices = message.voices(&rules);
                    let post = Post {
                        ts: ts.into(),
                        by: by.clone(),
                        at: moment(ts).unwrap(),
                        kept_at: None,
                        text: edit.to_string(),
                        tags: vec![],
                        voices,
                    };
                    self.links.entry(link.id.clone()).or_insert(link).posted(post);
                }
                gone
            }
            Told::Reacted { by, emoji, there, when } => {
                if !message.reacted(&(*by).into(), emoji, *there, at(*when)) {
                    return;
                }
                Vec::new()
            }
            Told::Replied { reply, there } => {
                let by = PersonId::from(["U1", "U2", "U0DANA", "U1"][*reply]);
                if !message.replied(&format!("1790000250.00000{reply}"), there.then_some(&by)) {
                    return;
                }
                Vec::new()
            }
            Told::Deleted => message.deleted(),
        };
        for link in gone.iter().chain(&message.links) {
            let link = self.links.get_mut(link).unwrap();
            link.heard(ts, message.voices(&rules));
            if gone.contains(&link.id) {
                link.withdrawn(ts);
            }
        }
        self.messages.insert(ts, message);
    }

    /// What anybody can see of it.
    fn shown(&self) -> impl PartialEq + std::fmt::Debug {
        let links = self.links.values().filter(|link| !link.is_gone());
        let links: Vec<_> =
            links.map(|link| (link.id.clone(), link.posts.clone(), link.is_hidden(), link.weight(&Rules::default()))).collect();
        let message = |message: &PostedMessage| (message.links.clone(), message.deleted, message.edited_at);
        (links, self.messages.values().map(message).collect::<Vec<_>>())
    }
}

fn told() -> impl Strategy<Value = (&'static str, Told)> {
    let people = prop_oneof![Just("U1"), Just("U2"), Just("U0DANA"), Just("U0LEE")];
    let emoji = prop_oneof![Just("thumbsup"), Just("+1"), Just("thumbsdown"), Just("fire"), Just("see_no_evil")];
    let told = prop_oneof![
        4 => (0..4_usize).prop_map(|edit| Told::Written { edit }),
        6 => (people, emoji, any::<bool>(), 0..6_i64).prop_map(|(by, emoji, there, when)| Told::Reacted { by, emoji, there, when }),
        3 => (0..4_usize, any::<bool>()).prop_map(|(reply, there)| Told::Replied { reply, there }),
        1 => Just(Told::Deleted),
    ];
    (prop_oneof![Just(MESSAGES[0]), Just(MESSAGES[1])], told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn no_order_and_no_repetition_changes_what_is_kept(
        (events, shuffled, again) in proptest::collection::vec(told(), 0..16).prop_flat_map(|events| {
            (Just(events.clone()), Just(events.clone()).prop_shuffle(), proptest::sample::subsequence(events.clone(), 0..=events.len()))
        })
    ) {
        let (mut one, mut other) = (Room::default(), Room::default());
        for (ts, told) in &events {
            one.hears(ts, told);
        }
        for (ts, told) in shuffled.iter().chain(&again) {
            other.hears(ts, told);
        }
        prop_assert_eq!(one.shown(), other.shown());
    }
}
