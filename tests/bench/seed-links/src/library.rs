//! What was posted: links of a quarter of a year, with words that are in each, in many, in few and in one of them.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{BytesChange, Change, LinkChange};
use opsroom_domain::bytes::{CanonicalUrl, Link, LinksOf, NotKept, Post, PostedMessage, Rules, tags, words};
use opsroom_domain::ids::{ChannelId, PersonId};

/// They were posted in that time, evenly: so many days, in milliseconds.
const SPAN: u64 = 90 * 24 * 3_600_000;
const SUBJECTS: [&str; 10] = ["tokio", "tracing", "queues", "indexes", "caches", "retries", "latency", "deploys", "alarms", "terraform"];
const FORMS: [&str; 6] = ["Inside", "Measuring", "Debugging", "Replacing", "Understanding", "Testing"];
const TAGS: [&str; 4] = ["rust", "aws", "linux", "databases"];
const PEOPLE: [&str; 3] = ["U0DEPLOYER", "U0APPROVER", "U0GUEST"];

/// The message with the link of a number, as keeping it would write it. The first hundred are as mixed as all others, so that questions about few
/// and about many are the same questions.
pub fn posted(channel: &ChannelId, number: u32, until: Timestamp) -> Result<Change, NotKept> {
    let rules = Rules::default();
    let at = moment(number, until);
    let ts = format!("{}.{:06}", at.as_second(), number % 1_000_000);
    let by = PersonId::from(*of(&PEOPLE, number));
    let mut link = Link::new(channel.clone(), CanonicalUrl::parse(&format!("https://read.example/articles/{number}"))?);
    // Never the same twice: the second lies one to nine places further on.
    let (one, other) = (of(&SUBJECTS, number), of(&SUBJECTS, number + 1 + number / 10 % 9));
    link.unfurled(
        Some(&format!("{} {one} and {other}: part {number}", of(&FORMS, number / 7))),
        Some("What was measured, what was changed, and what the numbers were before and after it"),
    );

    let mut message = PostedMessage::unknown(channel.clone(), ts.clone());
    message.written(LinksOf { by: by.clone(), links: vec![link.id.clone()], edited_at: None });
    for peer in 0..number % 12 {
        message.reacted(&PersonId::new(format!("U0PEER{peer:02}")), "tada", true, at);
    }
    let text = format!("worth reading for whoever runs {one} #{}", of(&TAGS, number / 3));
    link.posted(Post { ts, by, at, kept_at: None, tags: tags::tags(&text), text, voices: message.voices(&rules) });
    link.words = words::of_link(&link, &["Dana Deployer"]);
    let bytes = BytesChange { message: Some(message), links: vec![LinkChange::of(None, link, &rules)], ..BytesChange::default() };
    Ok(Change { bytes: Some(Box::new(bytes)), ..Change::default() })
}

/// When it was posted. Multiples of the golden section lie evenly in their span, however many there are (Weyl's equidistribution).
fn moment(number: u32, until: Timestamp) -> Timestamp {
    const GOLDEN: u64 = 6_180_339_887;
    const WHOLE: u64 = 10_000_000_000;
    let share = (u64::from(number) * GOLDEN) % WHOLE;
    let age = share / 10_000 * SPAN / (WHOLE / 10_000);
    until - SignedDuration::from_millis(i64::try_from(age).unwrap_or_default())
}

fn of<T>(all: &[T], number: u32) -> &T {
    #[expect(clippy::indexing_slicing, reason = "the remainder is below the length")]
    &all[usize::try_from(number).unwrap_or_default() % all.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const UNTIL: &str = "2026-11-25T12:00:00Z";

    fn links(numbers: impl Iterator<Item = u32>) -> Vec<Link> {
        let until = UNTIL.parse().unwrap();
        numbers
            .map(|number| posted(&"C0BYTES".into(), number, until).unwrap())
            .map(|change| *change.bytes.unwrap().links.remove(0).after)
            .collect()
    }

    #[test]
    fn a_hundred_are_as_mixed_as_ten_thousand() {
        let weeks = |links: &[Link]| -> BTreeSet<i64> {
            let until: Timestamp = UNTIL.parse().unwrap();
            links.iter().map(|link| until.duration_since(link.first().unwrap().at).as_hours() / (7 * 24)).collect()
        };
        let tags = |links: &[Link]| -> BTreeSet<String> { links.iter().flat_map(Link::tags).map(str::to_owned).collect() };
        let with = |links: &[Link], word: &str| links.iter().filter(|link| link.words.iter().any(|known| known.word == word)).count();
        let (few, many) = (links(0..100), links(0..10_000));
        assert_eq!(weeks(&few), (0..=12).collect());
        assert_eq!(weeks(&few), weeks(&many));
        assert_eq!(tags(&few), TAGS.map(str::to_owned).into());
        assert_eq!(tags(&few), tags(&many));
        assert_eq!((with(&few, "exampl"), with(&many, "exampl")), (100, 10_000));
        assert_eq!((with(&few, "tokio"), with(&many, "tokio")), (20, 2_000));
        assert_eq!((with(&few, "99"), with(&many, "9999")), (1, 1));
    }

    #[test]
    fn a_number_is_always_the_same_link_and_no_other() {
        let ids: BTreeSet<String> = links(0..10_000).iter().map(|link| link.id.as_str().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        assert_eq!(links(7..9), links(7..9));
    }
}
