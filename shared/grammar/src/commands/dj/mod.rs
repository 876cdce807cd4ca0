//! `dj …`: music that the team chooses.

mod chart;
mod desk;
#[cfg(test)]
mod tests;

use super::{link, positional, required, rest_of_line, text, words};
use crate::command::Command;
use crate::dj::{Dj, InQueue, Song};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

pub(super) use chart::{HISTORY, TOP};
pub(super) use desk::{BAN, RESUME, STOP, UNBAN, VOLUME};

/// Artist, title and a remark have place in it.
const LONGEST_SONG: usize = 200;

/// No queue is longer (`dj` in the domain bounds it far below).
const LAST_PLACE: usize = 999;

pub(super) const PLAY: Spec = Spec {
    name: "dj play",
    aliases: &["dj add", "dj request", "dj song"],
    summary: "Ask for a song: it is found in the player's library and takes its turn",
    usage: "dj play <song…|link>",
    examples: &["dj play daft punk one more time"],
    right: Right::TakePart,
    how: "Asks the player for songs that fit (ssm:SendCommand on its host, or Spotify's search), and writes the queue (dynamodb:TransactWriteItems). If the player is off, the song waits. A link is looked up if it is a track of Spotify and Spotify is the player; post any other in the room, where Slack's preview tells its title.",
    arguments: |grammar| grammar.arg(rest_of_line("song").num_args(1..).required(true)),
    read: |matches| Ok(Command::Dj(Dj::Play { song: song(&words(matches, "song"))? })),
};

pub(super) const QUEUE: Spec = Spec {
    name: "dj queue",
    aliases: &["dj q", "dj list", "dj upcoming"],
    summary: "What comes next, and who asked for it",
    usage: "dj queue",
    examples: &["dj queue"],
    right: Right::Read,
    how: "Reads the queue (dynamodb:GetItem).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::Queue)),
};

pub(super) const NOW_PLAYING: Spec = Spec {
    name: "dj np",
    aliases: &["dj now", "dj playing", "dj nowplaying", "dj current"],
    summary: "What plays now, who asked for it, and what is up next",
    usage: "dj np",
    examples: &["dj np"],
    right: Right::Read,
    how: "Reads what plays (dynamodb:GetItem), as the player reported it last.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::NowPlaying)),
};

pub(super) const UP: Spec = Spec {
    name: "dj up",
    aliases: &["dj upvote", "dj vote", "dj like"],
    summary: "Vote for what plays, or for a song in the queue",
    usage: "dj up [n]",
    examples: &["dj up", "dj up 3"],
    right: Right::TakePart,
    how: "Writes the vote (dynamodb:TransactWriteItems); it belongs to the song, and counts once a person.",
    arguments: |grammar| grammar.arg(positional("n")),
    read: |matches| {
        let song = text(matches, "n").map_or(Ok(InQueue::Playing), |typed| in_queue(&typed))?;
        Ok(Command::Dj(Dj::Up { song }))
    },
};

pub(super) const SKIP: Spec = Spec {
    name: "dj skip",
    aliases: &["dj voteskip"],
    summary: "Vote to go on to the next song; your own, or with the permission of a DJ, goes at once",
    usage: "dj skip",
    examples: &["dj skip"],
    right: Right::TakePart,
    how: "Writes the vote (dynamodb:TransactWriteItems). Once enough of those who are there want it, the player is told to go on.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::Skip)),
};

pub(super) const REMOVE: Spec = Spec {
    name: "dj remove",
    aliases: &["dj rm", "dj delete"],
    summary: "Take a song of yours out of the queue",
    usage: "dj remove <n>",
    examples: &["dj remove 2"],
    right: Right::TakePart,
    how: "Writes the queue (dynamodb:TransactWriteItems). Songs of others take the permission of a DJ.",
    arguments: |grammar| grammar.arg(positional("n").required(true)),
    read: |matches| match in_queue(&required(matches, "n"))? {
        InQueue::Place(place) => Ok(Command::Dj(Dj::Remove { place })),
        InQueue::Playing => Err(Mistake::new("what plays is in the queue no more; `dj skip` goes on to the next")),
    },
};

/// Words, or the link among them.
fn song(typed: &[String]) -> Result<Song, Mistake> {
    let is_link = |word: &&String| word.trim_start_matches('<').to_lowercase().starts_with("http");
    let mut links = typed.iter().filter(|word| is_link(word) && word.contains("://"));
    match (links.next(), links.next()) {
        (Some(only), None) => return link(only).map(Song::Link),
        (Some(_), Some(second)) => return Err(Mistake::new(format!("one song at a time; `{second}` is another link"))),
        (None, _) => {}
    }
    if let [only] = typed
        && let Some(track) = only.strip_prefix("spotify:track:")
        && !track.is_empty()
        && track.chars().all(|c| c.is_ascii_alphanumeric())
    {
        return Ok(Song::Link(format!("https://open.spotify.com/track/{track}")));
    }
    song_words(typed).map(Song::Words)
}

/// Words of a song's artist and title.
fn song_words(typed: &[String]) -> Result<String, Mistake> {
    let words = typed.join(" ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.chars().count() {
        length if length > LONGEST_SONG => {
            Err(Mistake::new(format!("a song is named in {LONGEST_SONG} characters at most, these are {length}")))
        }
        _ if !words.chars().any(char::is_alphanumeric) => {
            Err(Mistake::new("which song? Its artist and title are enough: `daft punk one more time`"))
        }
        _ => Ok(words),
    }
}

/// `3`, `#3`, or `np` for what plays.
pub(crate) fn in_queue(typed: &str) -> Result<InQueue, Mistake> {
    if ["np", "now", "playing", "current"].iter().any(|word| typed.eq_ignore_ascii_case(word)) {
        return Ok(InQueue::Playing);
    }
    let digits = typed.strip_prefix('#').unwrap_or(typed);
    let place = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).and_then(|digits| digits.parse().ok());
    match place.filter(|place| (1..=LAST_PLACE).contains(place)) {
        Some(place) => Ok(InQueue::Place(place)),
        None => Err(Mistake::new(format!("`{typed}` is no place in the queue; `dj queue` counts them from 1, and `np` is what plays"))),
    }
}
