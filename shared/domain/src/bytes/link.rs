//! A link of a room: the sum of the messages that it was posted in, and of those who keep it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::message::Voices;
use super::rank::Rules;
use super::url::{CanonicalUrl, LinkId};
use super::words::IndexedWord;
use crate::ids::{ChannelId, PersonId};

/// So many messages with the same link are remembered: the first, and the latest of the others.
pub const MOST_POSTS: usize = 50;
/// So many of those who keep it are remembered.
pub const MOST_SAVERS: usize = 300;
/// So many tags a link has.
pub const MOST_TAGS: usize = 5;
/// A title is cut there.
pub const LONGEST_TITLE: usize = 200;
/// A description is cut there, and so are the words that were said with a link.
pub const LONGEST_DESCRIPTION: usize = 400;

/// A link of a room. Without any post it is gone, and stays only so that late events find that out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Names it.
    pub id: LinkId,
    /// Where.
    pub channel: ChannelId,
    /// What it leads to.
    pub url: CanonicalUrl,
    /// From Slack's unfurl, once there is one.
    pub title: Option<String>,
    /// Likewise.
    pub description: Option<String>,
    /// The messages that it is in, oldest first.
    pub posts: Vec<Post>,
    /// Who keeps it on their own list.
    #[serde(default)]
    pub savers: Vec<PersonId>,
    /// Who hid it by a command.
    #[serde(default)]
    pub hidden_by: Option<PersonId>,
    /// The words by which it is found, as they are stored now.
    #[serde(default)]
    pub words: Vec<IndexedWord>,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// A message that a link is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The message.
    pub ts: String,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// When it was worked off, which may be much later: news are what wasn't kept before. `None` for what was kept before this was written down.
    #[serde(default)]
    pub kept_at: Option<Timestamp>,
    /// What was said with the link, in plain words, cut.
    pub text: String,
    /// The tags in it.
    pub tags: Vec<String>,
    /// What peers say of it.
    pub voices: Voices,
}

impl Link {
    /// One that is in no message yet.
    pub fn new(channel: ChannelId, url: CanonicalUrl) -> Self {
        Self {
            id: LinkId::of(&channel, &url),
            channel,
            url,
            title: None,
            description: None,
            posts: Vec::new(),
            savers: Vec::new(),
            hidden_by: None,
            words: Vec::new(),
            version: 0,
        }
    }

    /// The message that it was first in; `None` if it is gone.
    pub fn first(&self) -> Option<&Post> {
        self.posts.first()
    }

    /// Since when it could be shown to anybody; `None` if it is gone.
    pub fn kept_at(&self) -> Option<Timestamp> {
        self.first().map(|first| first.kept_at.unwrap_or(first.at))
    }

    /// The message in which it is, by its `ts`.
    pub fn post(&self, ts: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.ts == ts)
    }

    /// It is in a message, and that message stands so.
    pub fn posted(&mut self, mut post: Post) {
        post.text = cut(&post.text, LONGEST_DESCRIPTION);
        post.tags.truncate(MOST_TAGS);
        // An edit, or Slack's unfurl, makes no news of it.
        if let Some(known) = self.post(&post.ts) {
            post.kept_at = known.kept_at;
        }
        self.posts.retain(|known| known.ts != post.ts);
        self.posts.push(post);
        self.posts.sort_by(|a, b| (a.at, &a.ts).cmp(&(b.at, &b.ts)));
        if self.posts.len() > MOST_POSTS {
            self.posts.remove(1);
        }
    }

    /// It is in a message no longer.
    pub fn withdrawn(&mut self, ts: &str) {
        self.posts.retain(|post| post.ts != ts);
    }

    /// What peers say of a message that it is in.
    pub fn heard(&mut self, ts: &str, voices: Voices) {
        if let Some(post) = self.posts.iter_mut().find(|post| post.ts == ts) {
            post.voices = voices;
        }
    }

    /// What Slack knows of the page. What isn't said leaves what is known.
    pub fn unfurled(&mut self, title: Option<&str>, description: Option<&str>) {
        let told = |text: Option<&str>, longest| text.map(str::trim).filter(|text| !text.is_empty()).map(|text| cut(text, longest));
        self.title = told(title, LONGEST_TITLE).or(self.title.take());
        self.description = told(description, LONGEST_DESCRIPTION).or(self.description.take());
    }

    /// Somebody keeps it on their list. `false` if they did before.
    pub fn saved(&mut self, by: &PersonId) -> bool {
        if self.savers.contains(by) || self.savers.len() >= MOST_SAVERS {
            return false;
        }
        self.savers.push(by.clone());
        true
    }

    /// Somebody took it off their list. `false` if it wasn't on it.
    pub fn unsaved(&mut self, by: &PersonId) -> bool {
        let before = self.savers.len();
        self.savers.retain(|saver| saver != by);
        self.savers.len() != before
    }

    /// Whether nobody posts it any more.
    pub fn is_gone(&self) -> bool {
        self.posts.is_empty()
    }

    /// Whether it is shown nowhere: by a command, by peers, because each who posted it hides it, or because it is gone.
    pub fn is_hidden(&self) -> bool {
        self.hidden_by.is_some()
            || self.posts.iter().any(|post| post.voices.hidden)
            // Also true where there is none.
            || self.posts.iter().all(|post| post.voices.withdrawn)
    }

    /// The tags of all its messages, the first message's first.
    pub fn tags(&self) -> Vec<&str> {
        let mut tags: Vec<&str> = Vec::new();
        for tag in self.posts.iter().flat_map(|post| &post.tags) {
            if !tags.contains(&tag.as_str()) && tags.len() < MOST_TAGS {
                tags.push(tag);
            }
        }
        tags
    }

    /// What peers think of it: their voices on all its messages, and those who keep it and didn't post it first.
    pub fn weight(&self, rules: &Rules) -> i64 {
        let first = self.first().map(|post| &post.by);
        let savers = self.savers.iter().filter(|saver| Some(*saver) != first).count();
        self.posts.iter().map(|post| post.voices.weight).sum::<i64>() + i64::try_from(savers).unwrap_or(i64::MAX) * rules.save
    }

    /// How many reactions and replies its messages have.
    pub fn reactions(&self) -> u32 {
        self.posts.iter().map(|post| post.voices.reactions).sum()
    }

    /// How many people replied under its messages.
    pub fn repliers(&self) -> u32 {
        self.posts.iter().map(|post| post.voices.repliers).sum()
    }

    /// What it is about: the page's description, else what was first said with it, without addresses and tags, which are shown besides. `None`
    /// where nothing is left of that.
    pub fn about(&self) -> Option<String> {
        let is_shown = |word: &&str| word.starts_with("http://") || word.starts_with("https://") || word.starts_with('#');
        // What introduces an address introduces nothing without it: `look:`, but not the emoji `:tada:`.
        let introduces = |said: &String| said.ends_with(':') && said.rsplit(' ').next().is_some_and(|last| !last.starts_with(':'));
        let said = |post: &Post| {
            let mut said = post.text.split_whitespace().filter(|word| !is_shown(word)).collect::<Vec<_>>().join(" ");
            if introduces(&said) {
                said.pop();
            }
            said
        };
        let about = self.description.clone().or_else(|| self.first().map(said));
        about.filter(|about| !about.is_empty())
    }

    /// What stands for it where it is shown: its title, or its address without what nobody reads.
    pub fn name(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.url.readable())
    }
}

/// At most so many characters, as people see them, and not more than four bytes for each: marks can be heaped on one without end, and what is
/// stored must fit into one item.
pub fn cut(text: &str, longest: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let too_long =
        text.grapheme_indices(true).enumerate().find(|(count, (start, one))| *count >= longest || start + one.len() > longest * 4);
    match too_long {
        Some((_, (end, _))) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text,
    }
}
