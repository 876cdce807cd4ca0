//! Which links are worth a peer's time: what peers say of them counts, and fades with age.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::link::Link;
use super::message::emoji_name;

/// So many links are shown at most: a message takes fifty blocks (Block Kit), a link takes two, and nobody reads more.
pub const MOST_SHOWN: usize = 20;

/// How peers' signs count; from the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How much an emoji counts; one that isn't listed counts 1.
    pub weights: Vec<(String, i64)>,
    /// How much each peer counts who replies.
    pub reply: i64,
    /// How much each peer counts who keeps it.
    pub save: i64,
    /// The emoji that keeps a link on one's own list.
    pub save_emoji: String,
    /// The emoji that hides.
    pub hide_emoji: String,
    /// So many peers hide a link; the writer of its message does it alone.
    pub hide_after: u32,
    /// After so many days a voice counts half.
    pub half_life_days: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            weights: vec![("thumbsdown".to_owned(), -1)],
            reply: 1,
            save: 2,
            save_emoji: "bookmark".to_owned(),
            hide_emoji: "see_no_evil".to_owned(),
            hide_after: 2,
            half_life_days: 7,
        }
    }
}

impl Rules {
    /// How much an emoji counts.
    pub fn weight_of(&self, emoji: &str) -> i64 {
        let emoji = emoji_name(emoji);
        self.weights.iter().find(|(name, _)| emoji_name(name) == emoji).map_or(1, |(_, weight)| *weight)
    }

    /// What a link is worth now. Without any voice it is worth a little, so that what is new is seen at all.
    pub fn worth(&self, link: &Link, now: Timestamp) -> f64 {
        let weight = link.weight(self);
        let age = link.first().map_or(0.0, |post| now.duration_since(post.at).as_secs_f64().max(0.0));
        let half_life = f64::from(self.half_life_days.max(1)) * 86_400.0;
        #[expect(clippy::cast_precision_loss, reason = "no link has as many voices as would be rounded")]
        let voices = if weight < 0 { 1.0 / (1.0 - weight as f64) } else { 1.0 + weight as f64 };
        voices * (-age / half_life).exp2()
    }
}

/// The best of some links, best first. Those that are hidden or gone are left out; of equals the newer one is better.
pub fn best(links: Vec<Link>, rules: &Rules, now: Timestamp, most: usize) -> Vec<Link> {
    let mut ranked: Vec<(f64, Link)> =
        links.into_iter().filter(|link| !link.is_hidden()).map(|link| (rules.worth(&link, now), link)).collect();
    ranked.sort_by(|(a, one), (b, other)| {
        let newer = || other.first().map(|post| post.at).cmp(&one.first().map(|post| post.at));
        b.total_cmp(a).then_with(newer).then_with(|| one.id.cmp(&other.id))
    });
    ranked.into_iter().take(most).map(|(_, link)| link).collect()
}

/// How many of the best are read in two minutes: people skim about four words a second ("reading rate": 238 words a minute, Brysbaert 2019), and
/// decide on each for a moment.
pub fn readable(links: &[Link], seconds: u32) -> usize {
    const WORDS_PER_MINUTE: u32 = 238;
    const DECIDING_SECONDS: u32 = 3;
    let words = |text: &str| u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
    let mut left = seconds;
    let mut count = 0;
    for link in links {
        let said = link.first().map_or("", |post| post.text.as_str());
        let all = words(link.name()).saturating_add(words(link.description.as_deref().unwrap_or_default())).saturating_add(words(said));
        let takes = DECIDING_SECONDS.saturating_add(all.saturating_mul(60) / WORDS_PER_MINUTE);
        if takes > left {
            break;
        }
        left -= takes;
        count += 1;
    }
    // One is always shown, however long it is.
    count.max(usize::from(!links.is_empty()))
}
