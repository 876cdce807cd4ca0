//! What was played.

use super::super::{positional, text};
use crate::command::Command;
use crate::dj::{ChartMonth, Dj};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

pub(crate) const HISTORY: Spec = Spec {
    name: "dj history",
    aliases: &["dj played", "dj recent", "dj last"],
    summary: "What was played lately, and who asked for it",
    usage: "dj history",
    examples: &["dj history"],
    right: Right::Read,
    how: "Reads what was played lately (dynamodb:GetItem).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Dj(Dj::History)),
};

pub(crate) const TOP: Spec = Spec {
    name: "dj top",
    aliases: &["dj chart", "dj charts"],
    summary: "The team's chart of a month: what was played most",
    usage: "dj top [YYYY-MM]",
    examples: &["dj top", "dj top 2026-03"],
    right: Right::Read,
    how: "Reads the month's songs (dynamodb:Query), and sorts them by how often they were played.",
    arguments: |grammar| grammar.arg(positional("month")),
    read: |matches| {
        let month = text(matches, "month").map(|typed| month(&typed)).transpose()?;
        Ok(Command::Dj(Dj::Top { month }))
    },
};

/// `2026-03`, `2026-3`, `2026/03`
fn month(typed: &str) -> Result<ChartMonth, Mistake> {
    let wrong = || Mistake::new(format!("`{typed}` is no month; write it as `2026-03`"));
    let (year, month) = typed.split_once(['-', '/']).ok_or_else(wrong)?;
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(year, 4..=4) || !digits(month, 1..=2) {
        return Err(wrong());
    }
    let year: i16 = year.parse().map_err(|_| wrong())?;
    let month: i8 = month.parse().map_err(|_| wrong())?;
    if (2000..=9998).contains(&year) && (1..=12).contains(&month) { Ok(ChartMonth { year, month }) } else { Err(wrong()) }
}
