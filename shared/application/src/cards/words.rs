//! Numbers and lists as people read them.

use jiff::SignedDuration;
use opsroom_domain::card::Text;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::PersonId;

/// A span of time in at most two units: `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`.
pub(super) fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let two = |large: i64, large_unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
    };
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A revision as people read it: a full commit id is cut to its first seven digits.
pub(super) fn short_revision(revision: &str) -> &str {
    let is_commit = revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
    if is_commit { &revision[..7] } else { revision }
}

/// A person by the catalog's name: unlike a mention, it notifies nobody who is only spoken of.
pub(super) fn named(catalog: &Catalog, person: &PersonId) -> Text {
    match catalog.people.get(person) {
        Some(known) => Text::plain(&known.name),
        None => Text::empty().person(person),
    }
}

/// A name in a column of names: padded to the longest with spaces that don't break, which code shows in one width each.
pub(super) fn column(name: &str, longest: usize) -> String {
    let missing = longest.saturating_sub(name.chars().count());
    format!("{name}{}", "\u{a0}".repeat(missing))
}

/// The longest name's length.
pub(super) fn longest<'a>(names: impl IntoIterator<Item = &'a str>) -> usize {
    names.into_iter().map(|name| name.chars().count()).max().unwrap_or(0)
}

/// A text of several lines, cut where it gets long.
pub(super) fn beginning(text: &str, longest: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// The first line of a message, cut where it gets long.
pub(super) fn first_line(text: &str, longest: usize) -> String {
    beginning(text.lines().next().unwrap_or_default(), longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        let cases = [(0, "0 s"), (59, "59 s"), (60, "1 min"), (185, "3 min 5 s"), (7800, "2 h 10 min"), (273_600, "3 d 4 h")];
        for (seconds, expected) in cases {
            assert_eq!(span(SignedDuration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        assert_eq!(first_line("fix: übergröße\n\nmore", 10), "fix: über…");
        assert_eq!(first_line("short", 10), "short");
    }
}
