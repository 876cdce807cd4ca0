//! The DJ room: what plays, what waits, what became of a wish. Names of songs are anybody's text.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, DjPress, Part, Text, Tone};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::dj::chart::Month;
use opsroom_domain::dj::{
    Entry, HowOver, Note, PlayerState, Refusal, Requested, SkippedBy, Sound, Station, StationRules, Track, Wish, quiet,
};
use opsroom_domain::ids::ChannelId;

use super::how::explained;
use super::words::{first_line, named};
use crate::ports::Charted;

/// So much of what waits stands in the message that tells what plays.
const UP_NEXT: usize = 3;
/// So much of a list is shown.
const LISTED: usize = 20;
const BAR: usize = 16;

/// What plays: one message, kept as it is.
pub fn now_playing(catalog: &Catalog, station: &Station, rules: &StationRules, now: Timestamp) -> Card {
    let Some(playing) = &station.playing else { return silence(catalog, station, rules, now) };
    let name = playing.entry.track.name();
    let begun = playing.began_at.is_some();
    let title = if begun { "Now playing: " } else { "Up now: " };
    let mut card = Card {
        tone: if begun { Tone::Good } else { Tone::Working },
        summary: Text::plain(title).bold(&name),
        parts: vec![Part::Text(Text::plain(title).bold(&name))],
    };
    let mut small = Text::plain("asked by ").and(named(catalog, &playing.entry.by));
    if !playing.entry.track.album.is_empty() {
        small = Text::empty().italic(&playing.entry.track.album).then(" · ").and(small);
    }
    let ups = playing.entry.ups.count();
    if ups > 0 {
        small = small.then(format!(" · 👍 {ups}"));
    }
    card = card.with(Part::Context(small));
    if let Some(progress) = progress(station, now) {
        card = card.with(Part::Text(progress));
    }
    if let Some(why) = held(catalog, station, rules, now) {
        card = card.with(Part::Text(why));
    }
    let next: Vec<Text> =
        station.in_turn().into_iter().take(UP_NEXT).enumerate().map(|(place, entry)| waiting(catalog, place + 1, entry)).collect();
    let more = station.queue.len().saturating_sub(next.len());
    if next.is_empty() {
        card = card.with(Part::Context(Text::plain("Nothing waits: post a song.")));
    } else {
        card = card.with(numbered(next));
        if more > 0 {
            card = card.with(Part::Context(Text::plain(format!("and {more} more: ")).code("dj queue")));
        }
    }
    let song = playing.entry.id.clone();
    let skips = station.skip_votes(now).filter(|(votes, _)| *votes > 0);
    let skip = skips.map_or_else(|| "⏭ Skip".to_owned(), |(votes, needed)| format!("⏭ Skip ({votes} of {needed})"));
    let button = |label: &str, press| Button {
        label: label.to_owned(),
        action: ButtonAction::Dj { press },
        style: ButtonStyle::Plain,
        confirm: None,
    };
    card.with(Part::Buttons(vec![
        button(&skip, DjPress::Skip { song: song.clone() }),
        button("👍 Like", DjPress::Up { song }),
        button("🔉 Quieter", DjPress::Volume { by: -10 }),
        button("🔊 Louder", DjPress::Volume { by: 10 }),
    ]))
}

/// Nothing plays, and why.
fn silence(catalog: &Catalog, station: &Station, rules: &StationRules, now: Timestamp) -> Card {
    let waits = station.queue.len() + station.wishes.len();
    let title = match waits {
        0 => "Silence. Post a song, or type a few words of one.".to_owned(),
        1 => "Silence, and one song waits.".to_owned(),
        waits => format!("Silence, and {waits} songs wait."),
    };
    let card = Card::line(Tone::Muted, Text::plain(title));
    match held(catalog, station, rules, now) {
        Some(why) => card.with(Part::Text(why)),
        None => card,
    }
}

/// Why nothing goes on, if nothing does.
fn held(catalog: &Catalog, station: &Station, rules: &StationRules, now: Timestamp) -> Option<Text> {
    if let PlayerState::Off { since, why } = &station.player {
        return Some(
            Text::plain("The player is off since ")
                .moment(*since)
                .then(". Songs wait, and it goes on when it is back. ")
                .italic(first_line(why, 150)),
        );
    }
    if let Some(stopped) = &station.stopped {
        return Some(Text::plain("Stopped by ").and(named(catalog, &stopped.person)).then("; ").code("dj resume").then(" goes on."));
    }
    if quiet::holds(rules, now) {
        let text = Text::plain("Quiet hours");
        return Some(
            quiet::until(rules, now).map_or_else(|| text.clone().then("."), |until| text.clone().then(" until ").moment(until).then(".")),
        );
    }
    None
}

/// The message of a session that is over.
pub fn session_over(catalog: &Catalog, station: &Station) -> Card {
    let card = Card::line(Tone::Muted, Text::plain("The music has ended."));
    match station.recent.first() {
        Some(last) => {
            card.with(Part::Context(Text::plain("The last song: ").bold(&last.name).then(", asked by ").and(named(catalog, &last.by))))
        }
        None => card,
    }
}

/// How far what plays is. Nobody writes the message anew while it plays, so it says when that ends; where it was made silent it stays.
fn progress(station: &Station, now: Timestamp) -> Option<Text> {
    let playing = station.playing.as_ref().filter(|_| !station.is_off())?;
    let (began, seconds) = (playing.began_at?, playing.entry.track.seconds.filter(|seconds| *seconds > 0));
    if station.seen.as_ref().is_some_and(|seen| seen.sound != Sound::Playing) {
        return Some(Text::empty().code(bar(station.elapsed(now)?, seconds)));
    }
    let Some(seconds) = seconds else { return Some(Text::plain("since ").moment(began)) };
    let ends = began.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok().filter(|ends| *ends > now);
    let length = Text::plain(clock(seconds));
    Some(ends.map_or_else(|| length.clone(), |ends| length.clone().then(" long · until ").moment(ends)))
}

/// `▬▬▬●▬▬▬▬ 1:05 of 3:45`
fn bar(elapsed: u32, seconds: Option<u32>) -> String {
    let Some(seconds) = seconds.filter(|seconds| *seconds > 0) else { return clock(elapsed) };
    let at = usize::try_from(elapsed.min(seconds)).unwrap_or(0) * (BAR - 1) / usize::try_from(seconds).unwrap_or(1).max(1);
    let bar: String = (0..BAR).map(|place| if place == at { '●' } else { '▬' }).collect();
    format!("{bar} {} of {}", clock(elapsed.min(seconds)), clock(seconds))
}

fn clock(seconds: u32) -> String {
    if seconds >= 3600 {
        format!("{}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60)
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// Lines that begin with their numbers, and so need no bullets.
fn numbered(lines: Vec<Text>) -> Part {
    Part::Text(lines.into_iter().reduce(|above, line| above.then("\n").and(line)).unwrap_or_default())
}

fn waiting(catalog: &Catalog, place: usize, entry: &Entry) -> Text {
    let text = Text::plain(format!("{place}. ")).bold(entry.track.name()).then(" · ").and(named(catalog, &entry.by));
    let text = match entry.track.seconds {
        Some(seconds) => text.then(format!(" · {}", clock(seconds))),
        None => text,
    };
    match entry.ups.count() {
        0 => text,
        ups => text.then(format!(" · 👍 {ups}")),
    }
}

/// What waits, in the order in which it is played.
pub fn queue(catalog: &Catalog, station: &Station, rules: &StationRules, now: Timestamp) -> Card {
    let order = station.in_turn();
    let title = match order.len() {
        0 => "Nothing waits".to_owned(),
        1 => "One song waits".to_owned(),
        count => format!("{count} songs wait, in turns between people"),
    };
    let mut card = Card::line(Tone::Plain, Text::empty().bold(title));
    if let Some(playing) = &station.playing {
        card = card.with(Part::Context(
            Text::plain("Now: ").bold(playing.entry.track.name()).then(", asked by ").and(named(catalog, &playing.entry.by)),
        ));
    }
    if let Some(why) = held(catalog, station, rules, now) {
        card = card.with(Part::Text(why));
    }
    let shown: Vec<Text> = order.iter().take(LISTED).enumerate().map(|(place, entry)| waiting(catalog, place + 1, entry)).collect();
    if !shown.is_empty() {
        card = card.with(numbered(shown));
    }
    let time: u64 = order.iter().filter_map(|entry| entry.track.seconds).map(u64::from).sum();
    let mut end = Vec::new();
    if order.len() > LISTED {
        end.push(format!("and {} more", order.len() - LISTED));
    }
    if time > 0 {
        end.push(format!("{} of music", super::words::span(SignedDuration::from_secs(i64::try_from(time).unwrap_or(i64::MAX)))));
    }
    if end.is_empty() { card } else { card.with(Part::Context(Text::plain(end.join(" · ")))) }
}

/// What was played lately.
pub fn played(catalog: &Catalog, station: &Station, now: Timestamp) -> Card {
    if station.recent.is_empty() {
        return Card::line(Tone::Plain, Text::plain("Nothing was played yet."));
    }
    let line = |played: &opsroom_domain::dj::Played| {
        let how = match played.how {
            HowOver::Played => "",
            HowOver::Skipped => ", skipped",
            HowOver::Failed => ", couldn't be played",
        };
        let ago = super::words::span(now.duration_since(played.at));
        Text::empty().bold(&played.name).then(" · ").and(named(catalog, &played.by)).then(format!(" · {ago} ago{how}"))
    };
    Card::line(Tone::Plain, Text::empty().bold("Played lately")).with(Part::List(station.recent.iter().take(LISTED).map(line).collect()))
}

/// What was played most in a month.
pub fn chart(month: Month, songs: &[Charted]) -> Card {
    if songs.is_empty() {
        return Card::line(Tone::Plain, Text::plain(format!("Nothing was played to its end in {month}.")));
    }
    let line = |(place, song): (usize, &Charted)| {
        let times = if song.plays == 1 { "once".to_owned() } else { format!("{} times", song.plays) };
        Text::plain(format!("{}. ", place + 1)).bold(&song.name).then(format!(" · {times}"))
    };
    Card::line(Tone::Plain, Text::empty().bold(format!("The chart of {month}")))
        .with(numbered(songs.iter().enumerate().map(line).collect()))
}

/// A wish is being looked for.
pub fn song_looked_for(words: &str) -> Card {
    Card::line(Tone::Plain, Text::plain("Looking for ").bold(words).then("…"))
}

/// A wish has become a song that waits, or a vote for one.
pub fn song_taken(catalog: &Catalog, station: &Station, wish: &Wish, name: &str, requested: &Requested) -> Card {
    let text = Text::empty().bold(name);
    let text = match requested {
        Requested::Now => text.then(" is up now."),
        Requested::Waits(_) | Requested::Known => match station.place_of(&wish.entry) {
            Some(1) => text.then(" comes next."),
            Some(place) => text.then(format!(" waits, as number {place}: people take turns.")),
            None => text.then(" plays."),
        },
        Requested::Vote(known) => {
            let by = station.queue.iter().find(|entry| entry.id == *known).map(|entry| named(catalog, &entry.by));
            let text = text.then(" waits already");
            let text = match by {
                Some(by) => text.then(", asked by ").and(by),
                None => text,
            };
            text.then("; this counts as a vote for it.")
        }
    };
    Card::line(Tone::Good, text)
}

/// One of several songs may be meant, or none is quite.
pub fn song_offer(wish: &Wish, tracks: &[Track], all_fit: bool) -> Card {
    let text = if all_fit {
        Text::plain("Which ").bold(&wish.song.words).then("?")
    } else {
        Text::plain("There is no ").bold(&wish.song.words).then(". The nearest:")
    };
    let press = |place: usize| DjPress::Pick { wish: wish.entry.clone(), place: place + 1 };
    let button = |(place, track): (usize, &Track)| Button {
        label: first_line(&track.name(), 70),
        action: ButtonAction::Dj { press: press(place) },
        style: ButtonStyle::Plain,
        confirm: None,
    };
    Card::line(Tone::Plain, text).with(Part::Buttons(tracks.iter().enumerate().map(button).collect()))
}

/// There is no such song.
pub fn song_unknown(words: &str) -> Card {
    Card::line(
        Tone::Warning,
        Text::plain("There is no song like ").bold(words).then(" here. Artist and title find most; a word alone does, too."),
    )
}

/// A wish waits for the player.
pub fn song_waits_for_player(words: &str) -> Card {
    Card::line(Tone::Muted, Text::plain("The player is off. ").bold(words).then(" waits, and is looked for when it is back."))
}

/// Looking for a wish takes too long.
pub fn song_takes_long(words: &str) -> Card {
    Card::line(
        Tone::Muted,
        Text::plain("The player takes long to look. ").bold(words).then(" waits, and is looked for again when it answers."),
    )
}

/// Looking for a wish took too long twice.
pub fn song_not_found_in_time(words: &str) -> Card {
    Card::line(Tone::Warning, Text::plain("The player took too long to look for ").bold(words).then(", twice. Ask again later."))
}

/// The player doesn't look for such words.
pub fn song_not_looked_for(words: &str, why: &str) -> Card {
    Card::line(Tone::Warning, Text::empty().bold(words).then(" can't be looked for: ").italic(first_line(why, 150)))
}

/// A song isn't taken.
pub fn song_refused(name: &str, why: &Refusal) -> Card {
    Card::line(Tone::Warning, Text::empty().bold(name).then(": ").and(Text::sentence(&why.to_string())).then("."))
}

/// Something isn't done.
pub fn dj_refused(why: &Refusal) -> Card {
    Card::line(Tone::Warning, Text::plain("That isn't done: ").and(Text::sentence(&why.to_string())).then("."))
}

/// A sentence of our own, in which backticks enclose code.
pub fn dj_sentence(sentence: &str) -> Card {
    Card::line(Tone::Plain, Text::sentence(sentence))
}

/// A vote to skip counts.
pub fn skip_voted(votes: usize, needed: usize) -> Card {
    Card::line(Tone::Plain, Text::plain(format!("Your vote counts: {votes} of {needed} who are needed want the next song.")))
}

/// A vote for a song counts.
pub fn voted_up(name: &str) -> Card {
    Card::line(Tone::Good, Text::plain("Your vote counts for ").bold(name).then("."))
}

/// A song is out of the queue.
pub fn taken_out(name: &str) -> Card {
    Card::line(Tone::Plain, Text::empty().bold(name).then(" is out of the queue."))
}

/// How loud it is to be.
pub fn volume(percent: u8) -> Card {
    Card::line(Tone::Plain, Text::plain(format!("The volume goes to {percent} %.")))
}

/// How loud it is.
pub fn loudness(percent: Option<u8>) -> Card {
    let text = percent.map_or_else(|| "How loud it is isn't known yet.".to_owned(), |percent| format!("The volume is at {percent} %."));
    Card::line(Tone::Plain, Text::plain(text))
}

/// A song isn't played any more.
pub fn banned(name: &str) -> Card {
    Card::line(Tone::Plain, Text::empty().bold(name).then(" isn't played here any more; ").code("dj unban").then(" takes that back."))
}

/// A song may be asked for again.
pub fn unbanned(name: &str) -> Card {
    Card::line(Tone::Good, Text::empty().bold(name).then(" may be asked for again."))
}

/// What is typed belongs into the DJ room.
pub fn in_the_dj_room(room: &ChannelId) -> Card {
    Card::line(Tone::Plain, Text::plain("That is asked in ").channel(room).then(", where all hear it."))
}

/// A word of the DJ to the room, with the station as it is now.
pub fn dj_word(catalog: &Catalog, note: &Note, station: &Station, rules: &StationRules, now: Timestamp) -> Card {
    match note {
        Note::Failed { entry, why } => Card::line(
            Tone::Warning,
            Text::empty().bold(entry.track.name()).then(" can't be played and is skipped: ").italic(first_line(why, 150)),
        ),
        Note::Skipped { entry, by } => {
            let text = Text::empty().bold(entry.track.name());
            let text = match by {
                SkippedBy::Requester => text.then(" was skipped by ").and(named(catalog, &entry.by)).then(", who asked for it."),
                SkippedBy::Dj(person) => text.then(" was skipped by ").and(named(catalog, person)).then("."),
                SkippedBy::Votes(votes) => text.then(format!(" was skipped: {votes} wanted the next song.")),
                SkippedBy::Ban(person) => text.then(" was banned by ").and(named(catalog, person)).then("."),
            };
            let card = Card::line(Tone::Muted, text);
            // A skip has no other answer; a ban has.
            if matches!(by, SkippedBy::Ban(_)) { card } else { explained(card, "dj skip") }
        }
        Note::Banned { entry, by } => {
            Card::line(Tone::Muted, Text::empty().bold(entry.track.name()).then(" was banned by ").and(named(catalog, by)).then("."))
        }
        Note::PlayerLost { why } => Card::line(
            Tone::Warning,
            Text::plain("The player is off. Songs wait, and it goes on when it is back. ").italic(first_line(why, 150)),
        ),
        Note::PlayerBack => {
            let text = Text::plain("The player is back");
            let text = match held(catalog, station, rules, now) {
                Some(why) => text.then(". ").and(why),
                None if station.playing.is_some() => text.then(", and goes on."),
                None => text.then("."),
            };
            Card::line(Tone::Good, text)
        }
    }
}
