//! What takes the permission of a DJ.

use super::super::{positional, required, rest_of_line, text, words};
use super::{in_queue, song_words};
use crate::command::Command;
use crate::dj::{Dj, Volume};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

/// How much `dj volume up` is.
const STEP: i8 = 10;

pub(crate) const VOLUME: Spec = Spec {
    name: "dj volume",
    aliases: &["dj vol"],
    summary: "Say how loud it should be, or ask how loud it is",
    usage: "dj volume [n|+n|-n]",
    examples: &["dj volume 40", "dj volume +10", "dj volume"],
    right: Right::Dj,
    how: "Writes the wanted volume (dynamodb:TransactWriteItems) and tells the player; it is never louder than the catalog allows. To ask takes a role only.",
    arguments: |grammar| grammar.arg(positional("n").allow_hyphen_values(true)),
    read: |matches| {
        let to = text(matches, "n").map(|typed| volume(&typed)).transpose()?;
        Ok(Command::Dj(Dj::Volume { to }))
    },
};

pub(crate) const STOP: Spec = Spec {
    name: "dj stop",
    aliases: &["dj pause", "dj silence"],
    summary: "Stop the music; the queue stays",
    usage: "dj stop",
    examples: &["dj stop"],
    right: Right::Dj,
    how: "Writes that nothing is to play (dynamodb:TransactWriteItems) and tells the player.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::Stop)),
};

pub(crate) const RESUME: Spec = Spec {
    name: "dj resume",
    aliases: &["dj start", "dj continue", "dj unpause"],
    summary: "Go on with the music",
    usage: "dj resume",
    examples: &["dj resume"],
    right: Right::Dj,
    how: "Writes that the queue is to play (dynamodb:TransactWriteItems) and tells the player.",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::Resume)),
};

pub(crate) const BAN: Spec = Spec {
    name: "dj ban",
    aliases: &["dj block"],
    summary: "Play a song never again: what plays, or one of the queue",
    usage: "dj ban <n|np>",
    examples: &["dj ban np", "dj ban 3"],
    right: Right::Dj,
    how: "Writes the ban and takes the song out of the queue (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(positional("n").required(true)),
    read: |matches| Ok(Command::Dj(Dj::Ban { song: in_queue(&required(matches, "n"))? })),
};

pub(crate) const UNBAN: Spec = Spec {
    name: "dj unban",
    aliases: &["dj unblock", "dj allow"],
    summary: "Let a banned song be asked for again",
    usage: "dj unban <song…>",
    examples: &["dj unban one more time"],
    right: Right::Dj,
    how: "Looks for the song among the banned ones and takes its ban off (dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("song").num_args(1..).required(true)),
    read: |matches| Ok(Command::Dj(Dj::Unban { words: song_words(&words(matches, "song"))? })),
};

/// `40`, `40%`, `+10`, `-10`, `up`, `down`. A dash may have become a longer one on its way.
fn volume(typed: &str) -> Result<Volume, Mistake> {
    let bare = typed.strip_suffix('%').unwrap_or(typed).to_lowercase();
    match bare.as_str() {
        "up" | "louder" => return Ok(Volume::By(STEP)),
        "down" | "quieter" | "softer" => return Ok(Volume::By(-STEP)),
        _ => {}
    }
    let minus = ['-', '−', '–', '—'];
    let (number, sign) = match bare.chars().next() {
        Some('+') => (&bare[1..], Some(1)),
        Some(dash) if minus.contains(&dash) => (bare.trim_start_matches(minus), Some(-1)),
        _ => (bare.as_str(), None),
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match (number.parse::<u8>().ok().filter(|number| is_number && *number <= 100), sign) {
        (Some(number), None) => Ok(Volume::To(number)),
        (Some(number), Some(sign)) => Ok(Volume::By(i8::try_from(number).unwrap_or_default() * sign)),
        (None, _) => Err(Mistake::new(format!("`{typed}` is no volume; 0 to 100 are, and `+10` or `-10` to change it"))
            .valid(["40", "+10", "-10", "up", "down"])),
    }
}
