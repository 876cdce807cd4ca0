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
    let (one, other) = (of(&SUBJECTS, number), of(&SUBJECTS, number / 10 + 1));
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
    link.posted(Post { ts, by, at, tags: tags::tags(&text), text, voices: message.voices(&rules) });
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
