//! A message in a room of bytes, as far as it matters: which links are in it, and what peers say of it.
//!
//! Slack's events come late, twice and in any order. So a message is what is known of it by now: a reaction may be known before the message, an
//! edit before the text that it edits, a deletion before everything. Any order of the same events ends in the same state.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rank::Rules;
use super::url::LinkId;
use crate::ids::{ChannelId, PersonId};

/// So many links of one message are kept: more are a list, and no recommendation.
pub const MOST_LINKS: usize = 10;
/// So many reactions of one message are kept; each is a person and an emoji.
pub const MOST_REACTIONS: usize = 300;
/// So many replies are kept.
pub const MOST_REPLIES: usize = 200;

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedMessage {
    /// Where.
    pub channel: ChannelId,
    /// Its `ts`, which names it.
    pub ts: String,
    /// Who wrote it; `None` while only reactions are known.
    pub by: Option<PersonId>,
    /// The links in it.
    #[serde(default)]
    pub links: Vec<LinkId>,
    /// When it was last edited; `None` if it never was, as far as is known.
    pub edited_at: Option<Timestamp>,
    /// It is gone for good.
    #[serde(default)]
    pub deleted: bool,
    /// Who reacts how. Taken-back reactions stay, with the moment, so that a late event can't bring one back.
    #[serde(default)]
    pub reactions: Vec<Reaction>,
    /// Who replied in its thread, as it was written down before replies were: they stay.
    #[serde(default)]
    pub repliers: Vec<PersonId>,
    /// The replies in its thread. Deleted ones stay, so that a late event can't bring one back.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// A person's reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Whose.
    pub by: PersonId,
    /// The emoji's name, as [`emoji_name`] gives it: `thumbsup`.
    pub emoji: String,
    /// Whether it is there.
    pub there: bool,
    /// Since when.
    pub at: Timestamp,
}

/// A reply in a message's thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its `ts`, which names it.
    pub ts: String,
    /// Whose; `None` for one that was deleted.
    pub by: Option<PersonId>,
}

/// Which links a message has according to one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinksOf {
    /// Who wrote it.
    pub by: PersonId,
    /// The links.
    pub links: Vec<LinkId>,
    /// When it was last edited, according to that event.
    pub edited_at: Option<Timestamp>,
}

/// What peers say of a message, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voices {
    /// The sum of what each peer says. One voice a person, however many emoji they use; the writer has none.
    pub weight: i64,
    /// How many reactions of peers there are.
    pub reactions: u32,
    /// How many peers replied.
    pub repliers: u32,
    /// Whether enough peers hide what is in it.
    #[serde(default)]
    pub hidden: bool,
    /// Whether its writer hides what is in it, as far as this message goes.
    #[serde(default)]
    pub withdrawn: bool,
}

impl PostedMessage {
    /// One of which nothing is known yet.
    pub fn unknown(channel: ChannelId, ts: impl Into<String>) -> Self {
        Self {
            channel,
            ts: ts.into(),
            by: None,
            links: Vec::new(),
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
            repliers: Vec::new(),
            replies: Vec::new(),
            version: 0,
        }
    }

    /// When it was written, which its `ts` says in seconds and millionths.
    pub fn at(&self) -> Timestamp {
        moment(&self.ts).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What was written, or how it reads after an edit. Gives the links that were in it and are in it no longer; `None` if a later edit or the
    /// deletion is known already, so that the event changes nothing.
    pub fn written(&mut self, said: LinksOf) -> Option<Vec<LinkId>> {
        if self.deleted || said.edited_at < self.edited_at {
            return None;
        }
        self.by = Some(said.by);
        self.edited_at = said.edited_at;
        let mut links = Vec::new();
        for link in said.links {
            if !links.contains(&link) && links.len() < MOST_LINKS {
                links.push(link);
            }
        }
        let gone = self.links.iter().filter(|link| !links.contains(link)).cloned().collect();
        self.links = links;
        Some(gone)
    }

    /// It was deleted. Gives the links that were in it.
    pub fn deleted(&mut self) -> Vec<LinkId> {
        self.deleted = true;
        self.edited_at = None;
        self.reactions.clear();
        self.repliers.clear();
        self.replies.clear();
        std::mem::take(&mut self.links)
    }

    /// Somebody reacts, or no longer. `false` if nothing was learnt. What is learnt has to be kept even where it changes no reaction: that one was
    /// taken back before it was heard of, or is there since later than was known, is what a late event is judged by.
    pub fn reacted(&mut self, by: &PersonId, emoji: &str, there: bool, at: Timestamp) -> bool {
        if self.deleted {
            return false;
        }
        let emoji = emoji_name(emoji);
        if let Some(known) = self.reactions.iter_mut().find(|known| known.by == *by && known.emoji == emoji) {
            // Of two events of the same moment the removal counts: a reaction that is taken back has to have been there before.
            let is_later = at > known.at || (at == known.at && known.there && !there);
            if is_later {
                known.at = at;
                known.there = there;
            }
            return is_later;
        }
        if self.reactions.len() >= MOST_REACTIONS {
            // What was taken back is forgotten first.
            let Some(taken_back) = self.reactions.iter().position(|known| !known.there) else { return false };
            self.reactions.remove(taken_back);
        }
        self.reactions.push(Reaction { by: by.clone(), emoji: emoji.to_owned(), there, at });
        true
    }

    /// Who keeps what is in it, by their reaction. They may have reacted before it was known what is in it.
    pub fn savers(&self, rules: &Rules) -> Vec<(&PersonId, Timestamp)> {
        let emoji = emoji_name(&rules.save_emoji);
        self.reactions.iter().filter(|known| known.there && known.emoji == emoji).map(|known| (&known.by, known.at)).collect()
    }

    /// Somebody replied; without `by`, that reply was deleted. `false` if that changes nothing.
    pub fn replied(&mut self, ts: &str, by: Option<&PersonId>) -> bool {
        if self.deleted {
            return false;
        }
        if let Some(known) = self.replies.iter_mut().find(|known| known.ts == ts) {
            let is_deleted = by.is_none() && known.by.is_some();
            if is_deleted {
                known.by = None;
            }
            return is_deleted;
        }
        if self.replies.len() >= MOST_REPLIES {
            // What was deleted is forgotten first.
            let Some(deleted) = self.replies.iter().position(|known| known.by.is_none()) else { return false };
            self.replies.remove(deleted);
        }
        self.replies.push(Reply { ts: ts.to_owned(), by: by.cloned() });
        true
    }

    /// What peers say of it.
    pub fn voices(&self, rules: &Rules) -> Voices {
        let is_peer = |person: &PersonId| self.by.as_ref() != Some(person);
        let there: Vec<&Reaction> = self.reactions.iter().filter(|reaction| reaction.there).collect();
        let hide = emoji_name(&rules.hide_emoji);
        let (hiding_peers, hiding_writer): (Vec<&Reaction>, Vec<&Reaction>) =
            there.iter().copied().filter(|reaction| reaction.emoji == hide).partition(|reaction| is_peer(&reaction.by));
        let mut voices: Vec<(&PersonId, i64)> = Vec::new();
        let mut count = 0;
        for reaction in there.iter().filter(|reaction| is_peer(&reaction.by) && reaction.emoji != hide) {
            count += 1;
            let weight = rules.weight_of(&reaction.emoji);
            match voices.iter_mut().find(|(person, _)| *person == &reaction.by) {
                // Of two that are equally strong the kinder one counts, whichever came first.
                Some((_, voice)) if (weight.unsigned_abs(), weight) > (voice.unsigned_abs(), *voice) => *voice = weight,
                Some(_) => {}
                None => voices.push((&reaction.by, weight)),
            }
        }
        let mut repliers: Vec<&PersonId> = self.repliers.iter().chain(self.replies.iter().filter_map(|reply| reply.by.as_ref())).collect();
        repliers.retain(|person| is_peer(person));
        repliers.sort_unstable();
        repliers.dedup();
        let repliers = repliers.len();
        Voices {
            weight: voices.iter().map(|(_, voice)| voice).sum::<i64>() + i64::try_from(repliers).unwrap_or(i64::MAX) * rules.reply,
            reactions: count,
            repliers: u32::try_from(repliers).unwrap_or(u32::MAX),
            hidden: hiding_peers.len() >= usize::try_from(rules.hide_after).unwrap_or(usize::MAX).max(1),
            withdrawn: !hiding_writer.is_empty(),
        }
    }
}

/// An emoji's name without colons and skin tone. Two have a second name each, by which people write them; Slack sends either.
pub fn emoji_name(emoji: &str) -> &str {
    match emoji.trim_matches(':').split("::").next().unwrap_or(emoji) {
        "+1" => "thumbsup",
        "-1" => "thumbsdown",
        name => name,
    }
}

/// The moment that a `ts` says (Slack: "`ts`: the unique (per-channel) timestamp").
pub fn moment(ts: &str) -> Option<Timestamp> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Timestamp::from_microsecond(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)?).ok()
}
