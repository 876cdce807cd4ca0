//! `bytes digest [me] …`: days, a time and a zone in any order.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::super::{rest_of_line, words};
use crate::bytes::{Bytes, DigestAt, DigestChange, DigestDays, Reader};
use crate::command::Command;
use crate::mistake::{Mistake, nearest};
use crate::registry::{Right, Spec};
use crate::until::{time, weekday};

/// Words that people put around days and times.
const AROUND: [&str; 6] = ["at", "every", "each", "and", "by", "send"];

const DAYS: [&str; 9] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekdays", "daily"];

pub(crate) const DIGEST: Spec = Spec {
    name: "bytes digest",
    aliases: &["bytes summary"],
    summary: "Send this channel the best links at a chosen time, or say when that is",
    usage: "bytes digest [monday|weekdays|daily|off] [09:00] [zone]",
    examples: &["bytes digest", "bytes digest monday 09:00", "bytes digest weekdays 8:30 Europe/Berlin", "bytes digest off"],
    right: Right::Subscribe,
    how: "Reads or writes when the channel's digest comes, and plans the next one (dynamodb:GetItem, dynamodb:TransactWriteItems). Saying when it comes takes a role only.",
    arguments: |grammar| grammar.arg(rest_of_line("when")),
    read: |matches| read(&words(matches, "when"), Reader::Channel),
};

pub(crate) const DIGEST_ME: Spec = Spec {
    name: "bytes digest me",
    aliases: &["bytes digest mine", "bytes digest my", "bytes summary me"],
    summary: "Get the best links of your rooms by a direct message at a chosen time, or see when that is",
    usage: "bytes digest me [monday|weekdays|daily|off] [09:00] [zone]",
    examples: &["bytes digest me", "bytes digest me weekdays 8:30", "bytes digest me off"],
    right: Right::Own,
    how: "Reads or writes when your digest comes, and plans the next one (dynamodb:GetItem, dynamodb:TransactWriteItems).",
    arguments: |grammar| grammar.arg(rest_of_line("when")),
    read: |matches| read(&words(matches, "when"), Reader::Me),
};

#[derive(Default)]
struct When {
    days: Option<DigestDays>,
    time: Option<Time>,
    zone: Option<String>,
    off: bool,
    me: bool,
}

fn read(words: &[String], to: Reader) -> Result<Command, Mistake> {
    let mut when = When::default();
    let mut words = words.iter().map(|word| word.trim_end_matches(',')).peekable();
    while let Some(word) = words.next() {
        let lower = word.to_lowercase();
        // `9 am` is one time.
        let half = words.next_if(|next| is_number(word) && ["am", "pm"].contains(&next.to_lowercase().as_str()));
        when.take(word, &half.map_or(lower.clone(), |half| format!("{lower}{}", half.to_lowercase())))?;
    }
    let to = if when.me { Reader::Me } else { to };
    let change = when.change(to)?;
    Ok(Command::Bytes(Bytes::Digest { to, change }))
}

impl When {
    fn take(&mut self, word: &str, lower: &str) -> Result<(), Mistake> {
        if AROUND.contains(&lower) {
            return Ok(());
        }
        match lower {
            "off" | "none" | "never" | "stop" | "end" => {
                self.off = true;
                return Ok(());
            }
            "me" | "mine" | "my" => {
                self.me = true;
                return Ok(());
            }
            _ => {}
        }
        if let Some(days) = days(lower) {
            return once(self.days.replace(days).is_none(), "the day");
        }
        if let Some(time) = time_of_day(lower) {
            return once(self.time.replace(time).is_none(), "the time");
        }
        if lower.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Mistake::new(format!("`{word}` is no time of the day; write it as `09:00`")));
        }
        let zone = zone(word)?;
        once(self.zone.replace(zone).is_none(), "the time zone")
    }

    fn change(self, to: Reader) -> Result<DigestChange, Mistake> {
        let name = match to {
            Reader::Channel => DIGEST.name,
            Reader::Me => DIGEST_ME.name,
        };
        if self.off {
            return match (self.days, self.time, self.zone) {
                (None, None, None) => Ok(DigestChange::Off),
                _ => Err(Mistake::new(format!("`off` ends the digest; nothing else belongs to `{name} off`"))),
            };
        }
        match (self.days, self.time) {
            (Some(days), Some(time)) => Ok(DigestChange::At(DigestAt { days, time, zone: self.zone })),
            (Some(_), None) => Err(Mistake::new("at what time? Write it as `09:00`").valid([format!("{name} monday 09:00")])),
            (None, None) if self.zone.is_none() => Ok(DigestChange::Show),
            (None, _) => Err(Mistake::new("on which days?").valid(DAYS)),
        }
    }
}

fn days(lower: &str) -> Option<DigestDays> {
    Some(match lower {
        "daily" | "day" | "days" | "everyday" => DigestDays::Daily,
        "weekdays" | "weekday" | "workdays" | "workday" => DigestDays::Weekdays,
        word => DigestDays::Weekly(weekday(word).or_else(|| weekday(word.strip_suffix('s')?))?),
    })
}

/// `09:00`, `9:30`, `9am`, `4:30pm`; a bare number may be anything.
fn time_of_day(lower: &str) -> Option<Time> {
    let (clock, afternoon) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(false)),
        (_, Some(clock)) => (clock, Some(true)),
        _ => (lower, None),
    };
    let Some(afternoon) = afternoon else { return time(clock) };
    let read = if clock.contains(':') { time(clock)? } else { time(&format!("{clock}:00"))? };
    if !(1..=12).contains(&read.hour()) {
        return None;
    }
    Time::new(read.hour() % 12 + if afternoon { 12 } else { 0 }, read.minute(), 0, 0).ok()
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// The last part of a zone's name: `Berlin`.
fn city(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The zone's own name, for its name in any case or for its city.
fn zone(word: &str) -> Result<String, Mistake> {
    if let Some(name) = TimeZone::get(word).ok().and_then(|zone| zone.iana_name().map(str::to_owned)) {
        return Ok(name);
    }
    let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let there: Vec<&String> = all.iter().filter(|name| name.contains('/') && city(name).eq_ignore_ascii_case(word)).collect();
    match there.as_slice() {
        [only] => return Ok((*only).clone()),
        [] => {}
        several => return Err(Mistake::new(format!("`{word}` may be several time zones")).valid(several.iter().copied())),
    }
    let said = DAYS.into_iter().chain(["off", "me"]);
    let near_day = nearest(word, said.clone()).map(str::to_owned);
    let near = near_day.or_else(|| {
        let lower = word.to_lowercase();
        let distance = |name: &str| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
        let nearest = all.iter().filter(|name| name.contains('/')).min_by_key(|name| distance(name).min(distance(city(name)) + 1))?;
        (distance(nearest).min(distance(city(nearest))) <= 1 + lower.len() / 6).then(|| nearest.clone())
    });
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Mistake::new(format!("`{word}` is neither a day, a time nor a time zone{near}")).valid(said.chain(["09:00", "Europe/Berlin"])))
}

fn once(is_first: bool, what: &str) -> Result<(), Mistake> {
    if is_first { Ok(()) } else { Err(Mistake::new(format!("{what} stands twice"))) }
}
