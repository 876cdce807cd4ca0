//! What a message in the DJ room asks for: words, or the name that a music site gives to a posted link.

use serde::{Deserialize, Serialize};

use super::track::cut;
use crate::posting::{PostedLink, Written};

/// Longer words, in bytes, are talk.
pub const LONGEST_SONG: usize = 200;
/// A longer address, in bytes, is none of a song.
pub const LONGEST_LINK: usize = 500;

/// Sites whose links are songs.
const SITES: &[&str] = &["open.spotify.com", "youtube.com", "youtu.be", "music.youtube.com", "music.apple.com"];

/// What sites, labels and uploaders add to a name, in brackets or after a dash; nobody means it.
const DECORATIONS: &[&str] = &[
    "official video",
    "official music video",
    "official hd video",
    "official 4k video",
    "official audio",
    "official lyric video",
    "official lyrics video",
    "official visualizer",
    "official visualiser",
    "official",
    "music video",
    "lyric video",
    "lyrics video",
    "with lyrics",
    "lyrics",
    "visualizer",
    "audio",
    "video",
    "hd",
    "hq",
    "4k",
    "mv",
    "remaster",
    "remastered",
    "remastered version",
    "digital remaster",
];

/// A song that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Song {
    /// The words to look for, on one line.
    pub words: String,
    /// The address that was posted, for a player that knows what is behind it.
    pub link: Option<String>,
}

/// What a posted message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A song.
    For(Song),
    /// A link whose name Slack hasn't told yet; it comes with the unfurl.
    NotYet {
        /// The address that was posted.
        link: String,
    },
    /// No song.
    Nothing,
}

/// What a posted message asks for. Only the room's own messages count: who talks in a thread, or shares a file or a page, asks for nothing. Of
/// several songs the first is taken: one message, one turn.
pub fn asked(written: &Written) -> Asked {
    if written.thread.is_some() || written.has_files {
        return Asked::Nothing;
    }
    if let Some(link) = written.links.iter().find(|link| is_of_a_music_site(&link.url)) {
        return match named(link) {
            Some(words) => Asked::For(Song { words, link: Some(link.url.clone()) }),
            None => Asked::NotYet { link: link.url.clone() },
        };
    }
    if !written.links.is_empty() {
        return Asked::Nothing;
    }
    plain(&written.text).map_or(Asked::Nothing, |words| Asked::For(Song { words, link: None }))
}

/// The words of a line that somebody typed; `None` for what can be no song's name: several lines or other control characters, too long, no
/// letter or digit in it, a mention, a command.
pub fn plain(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let is_name = typed.len() <= LONGEST_SONG
        && !typed.chars().any(char::is_control)
        && !["<@", "<#", "<!"].iter().any(|mention| typed.contains(mention))
        && !typed.starts_with(['/', '@', '#'])
        && typed.chars().any(char::is_alphanumeric);
    is_name.then(|| typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether an address is a song's at a site that is known.
pub fn is_of_a_music_site(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).filter(|_| url.len() <= LONGEST_LINK) else {
        return false;
    };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
    let host = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(&host);
    SITES.contains(&host)
}

/// The song's name out of an unfurl.
fn named(link: &PostedLink) -> Option<String> {
    let mut title = cut(link.title.as_deref()?, 2 * LONGEST_SONG);
    for end in [" | Spotify", " - YouTube Music", " - YouTube", " on Apple Music", " – Apple Music", " - Apple Music"] {
        title.truncate(title.strip_suffix(end).unwrap_or(&title).len());
    }
    // "One More Time - song and lyrics by Daft Punk", and Apple's "One More Time by Daft Punk".
    let bys = [" - song and lyrics by ", " - song by ", " - Single by ", " - single by "];
    let is_apple = link.url.contains("://music.apple.com/");
    let by = bys.iter().find_map(|by| title.split_once(by)).or_else(|| title.rsplit_once(" by ").filter(|_| is_apple));
    let (song, mut artist) = by.map_or((title.as_str(), None), |(song, artist)| (song, Some(artist.to_owned())));
    if artist.is_none() && link.service.as_deref() == Some("Spotify") {
        // There the title may be the song's alone, and the description "Daft Punk · Discovery · Song · 2000", perhaps after "Song · ".
        let about = cut(link.description.as_deref().unwrap_or_default(), 2 * LONGEST_SONG);
        let parts: Vec<&str> = about.split('·').map(str::trim).collect();
        let first = if parts.first() == Some(&"Song") { parts.get(1) } else { parts.first() };
        artist = first.filter(|first| parts.len() > 1 && !first.is_empty()).map(|first| (*first).to_owned());
    }
    let song = undecorated(song);
    plain(&cut(&artist.map_or_else(|| song.clone(), |artist| format!("{} {song}", artist.trim())), LONGEST_SONG).replace('…', ""))
}

/// A name without what stands in brackets or after a dash and says nothing of the song: "(Official Video)", "\[HD\]", "- Remastered 2011".
pub fn undecorated(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(start) = rest.find(['(', '[', '【']) {
        let close = match rest.get(start..).and_then(|rest| rest.chars().next()) {
            Some('(') => ')',
            Some('[') => ']',
            _ => '】',
        };
        let (before, bracket) = rest.split_at(start);
        let Some(length) = bracket.find(close).map(|end| end + close.len_utf8()) else { break };
        let (bracket, after) = bracket.split_at(length);
        out.push_str(before);
        if !is_decoration(bracket.trim_matches(['(', ')', '[', ']', '【', '】'])) {
            out.push_str(bracket);
        }
        rest = after;
    }
    out.push_str(rest);
    let mut parts: Vec<&str> = out.split(" | ").flat_map(|part| part.split(" - ")).map(str::trim).collect();
    while parts.len() > 1 && parts.last().is_some_and(|last| last.is_empty() || is_decoration(last)) {
        parts.pop();
    }
    parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>().join(" ")
}

/// Whether words are a decoration, with or without a year: "Remastered 2011", "2011 Remaster".
fn is_decoration(text: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit());
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_year(word)).collect();
    DECORATIONS.contains(&words.join(" ").as_str())
}
