//! From the first words of a line to the command that they name, or to what was probably meant.
//!
//! Names have one word (`deploy`), two (`gh list`) or three (`mon route add`); the longest one that fits is meant.

use crate::mistake::{Mistake, Suggestion, nearest};
use crate::normalise::{typed, verbatim};
use crate::parse;
use crate::registry::{GROUPS, Group, Spec, find, group, specs};

/// What the first words name.
pub(crate) enum Found {
    /// A command.
    Spec {
        /// Which.
        spec: &'static Spec,
        /// How many words its name takes.
        words: usize,
    },
    /// Only a family: what it can do is to be shown.
    Group(&'static Group),
}

/// Finds the command that a line begins with. `words` are the line's, and at least one.
pub(crate) fn spec_of(words: &[String], line: &str) -> Result<Found, Mistake> {
    let Some(group) = group(&words[0]) else {
        return find(&words[0]).map(|spec| Found::Spec { spec, words: 1 }).ok_or_else(|| unknown_command(&words[0], line));
    };
    match &words[1..] {
        [] => Ok(Found::Group(group)),
        [second, ..] if second.starts_with("--h") => Ok(Found::Group(group)),
        [second, third, ..] if begins_longer_names(group, second) && !third.starts_with("--") => {
            let name = format!("{second} {third}");
            if let Some(spec) = find(&format!("{} {name}", group.name)) {
                return Ok(Found::Spec { spec, words: 3 });
            }
            find(&format!("{} {second}", group.name))
                .filter(|spec| spec.takes_arguments())
                .map(|spec| Found::Spec { spec, words: 2 })
                .ok_or_else(|| unknown_in_group(group, &name, 3, line))
        }
        [second, ..] => find(&format!("{} {second}", group.name))
            .map(|spec| Found::Spec { spec, words: 2 })
            .ok_or_else(|| unknown_in_group(group, second, 2, line)),
    }
}

/// Names of a family without its own word: `route add`.
fn names(group: &Group) -> impl Iterator<Item = &'static str> {
    group
        .specs()
        .flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()))
        .filter_map(|name| name.split_once(' '))
        .map(|(_, rest)| rest)
}

/// Whether names with three words begin so. A command that is called so, but takes no arguments, isn't meant by `mon route ad …`.
fn begins_longer_names(group: &Group, second: &str) -> bool {
    names(group).filter_map(|name| name.split_once(' ')).any(|(first, _)| first.eq_ignore_ascii_case(second))
}

/// `gh subcribe acme/api`: `typed_name` is what stands behind the family's word, and the whole name takes so many `words` of the line.
fn unknown_in_group(group: &Group, typed_name: &str, words: usize, line: &str) -> Mistake {
    let mistake = Mistake::new(format!("there is no command `{} {typed_name}`", group.name));
    match nearest(typed_name, names(group)).and_then(|name| find(&format!("{} {name}", group.name))) {
        Some(spec) => mistake.meant(spec, words, line),
        None => mistake.valid(group.specs().map(|spec| spec.name)),
    }
}

fn unknown_command(name: &str, line: &str) -> Mistake {
    let mistake = Mistake::new(format!("there is no command `{name}`"));
    let all = || specs().iter().flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()));
    let families = GROUPS.iter().flat_map(|group| std::iter::once(group.name).chain(group.aliases.iter().copied()));
    match nearest(name, families.chain(all())).map(|near| (group(near), find(near))) {
        Some((Some(group), _)) => mistake.meant_family(group, line),
        Some((None, Some(spec))) => mistake.meant(spec, 1, line),
        _ => mistake
            .valid(specs().iter().map(|spec| spec.name).filter(|name| !name.contains(' ')).chain(GROUPS.iter().map(|group| group.name))),
    }
}

impl Mistake {
    /// Offers the line with a family's right word in place of its first one.
    fn meant_family(mut self, group: &Group, line: &str) -> Self {
        let mended = std::iter::once(group.name.to_owned()).chain(verbatim(line).into_iter().skip(1)).collect::<Vec<_>>().join(" ");
        // What is wrong behind it as well is told once the family is right.
        let (line, reads_only) = match parse(&mended) {
            Ok(command) => (mended, command.spec().reads_only()),
            Err(_) => (group.name.to_owned(), true),
        };
        self.suggestion = Some(Suggestion { line, reads_only });
        self
    }

    /// Offers the line with a command's right name in place of its first `words`. A line that would be wrong all the same helps nobody.
    fn meant(mut self, spec: &Spec, words: usize, line: &str) -> Self {
        let behind = if spec.ends_in_names() { verbatim(line) } else { typed(line) };
        let mended = std::iter::once(spec.name.to_owned()).chain(behind.into_iter().skip(words)).collect::<Vec<_>>().join(" ");
        let is_valid = parse(&mended).is_ok();
        let line = if is_valid { mended } else { spec.usage.to_owned() };
        self.suggestion = Some(Suggestion { line, reads_only: is_valid && spec.reads_only() });
        self
    }
}
