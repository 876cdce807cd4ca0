//! From a line to a command.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use opsroom_domain::pipeline_execution::approval::Decision;

use crate::command::{Build, Command, Gh};
use crate::mistake::{Mistake, Suggestion, nearest};
use crate::normalise::{typed, words};
use crate::registry::{GROUPS, Group, Spec, find, group, specs};

/// Reads a line, without `/ops` or the mention. An empty line asks for help.
pub fn parse(line: &str) -> Result<Command, Mistake> {
    let mut words = words(line);
    let Some(name) = words.first() else {
        return Ok(Command::Help { about: None });
    };
    let (spec, taken) = match (group(name), words.get(1)) {
        (Some(group), None) => return Ok(Command::Help { about: Some(group.name.to_owned()) }),
        (Some(group), Some(second)) if second.starts_with("--h") => return Ok(Command::Help { about: Some(group.name.to_owned()) }),
        (Some(group), Some(second)) => match find(&format!("{} {second}", group.name)) {
            Some(spec) => (spec, 2),
            None => return Err(unknown_in_group(group, second, line)),
        },
        (None, _) => match find(name) {
            Some(spec) => (spec, 1),
            None => return Err(unknown_command(name, line)),
        },
    };
    if spec.ends_in_free_text() {
        words = typed(line);
    }
    let arguments = words.into_iter().skip(taken);
    // `help`'s and `can`'s argument is a line of its own, which may hold anything.
    let matches = (spec.arguments)(grammar_of(spec)).try_get_matches_from(std::iter::once(spec.name.to_owned()).chain(arguments));
    match matches {
        Ok(matches) => (spec.read)(&matches).map_err(|mistake| with_usage(mistake, spec)),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => Ok(Command::Help { about: Some(spec.name.to_owned()) }),
        Err(error) => Err(with_usage(explain(&error, spec, line), spec)),
    }
}

/// `gh subcribe acme/api`
fn unknown_in_group(group: &Group, second: &str, line: &str) -> Mistake {
    let words = || {
        group
            .specs()
            .flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()))
            .filter_map(|name| name.split_once(' '))
    };
    let mut mistake = Mistake::new(format!("there is no command `{} {second}`", group.name));
    match nearest(second, words().map(|(_, word)| word)).and_then(|word| find(&format!("{} {word}", group.name))) {
        Some(spec) => {
            let line = std::iter::once(spec.name.to_owned()).chain(typed(line).into_iter().skip(2)).collect::<Vec<_>>().join(" ");
            let is_valid = parse(&line).is_ok();
            let line = if is_valid { line } else { spec.usage.to_owned() };
            mistake.suggestion = Some(Suggestion { line, reads_only: is_valid && spec.reads_only() });
        }
        None => mistake = mistake.valid(group.specs().map(|spec| spec.name)),
    }
    mistake
}

fn grammar_of(spec: &Spec) -> clap::Command {
    clap::Command::new(spec.name).disable_version_flag(true)
}

fn with_usage(mut mistake: Mistake, spec: &Spec) -> Mistake {
    mistake.usage.get_or_insert_with(|| spec.usage.to_owned());
    mistake
}

fn unknown_command(name: &str, line: &str) -> Mistake {
    let names = || specs().iter().map(|spec| spec.name).filter(|name| !name.contains(' ')).chain(GROUPS.iter().map(|group| group.name));
    let mut mistake = Mistake::new(format!("there is no command `{name}`"));
    let all = || specs().iter().flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()));
    match nearest(name, all()).and_then(find) {
        Some(spec) => {
            let line = std::iter::once(spec.name.to_owned()).chain(typed(line).into_iter().skip(1)).collect::<Vec<_>>().join(" ");
            // A line that would be wrong all the same helps nobody.
            let is_valid = parse(&line).is_ok();
            let line = if is_valid { line } else { spec.usage.to_owned() };
            mistake.suggestion = Some(Suggestion { line, reads_only: is_valid && spec.reads_only() });
        }
        None => mistake = mistake.valid(names()),
    }
    mistake
}

/// Says in a sentence what clap found wrong.
fn explain(error: &clap::Error, spec: &Spec, line: &str) -> Mistake {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(" ")),
        _ => None,
    };
    let bad = text(ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let flag = bad.split('=').next().unwrap_or(&bad).to_owned();
            if !flag.starts_with('-') {
                return Mistake::new(format!("`{flag}` is one word too many"));
            }
            let grammar = (spec.arguments)(grammar_of(spec));
            let flags: Vec<String> = grammar.get_arguments().filter_map(|a| a.get_long().map(|long| format!("--{long}"))).collect();
            let mut mistake = Mistake::new(format!("`{}` has no option `{flag}`", spec.name));
            if let Some(near) = nearest(&flag, flags.iter().map(String::as_str)) {
                let mended = typed(line).into_iter().map(|word| if word == bad || word == flag { near.to_owned() } else { word });
                let line = mended.collect::<Vec<_>>().join(" ");
                mistake.suggestion = parse(&line).is_ok().then_some(Suggestion { line, reads_only: spec.reads_only() });
            }
            mistake.valid(flags)
        }
        ErrorKind::MissingRequiredArgument => Mistake::new(format!("`{}` needs {}", spec.name, bad.replace(['<', '>'], "`"))),
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::NoEquals | ErrorKind::WrongNumberOfValues => {
            Mistake::new(format!("`{bad}` needs a value"))
        }
        ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let why = std::error::Error::source(error).map(ToString::to_string);
            Mistake::new(why.unwrap_or_else(|| format!("`{value}` can't be `{bad}`")))
        }
        ErrorKind::ArgumentConflict => Mistake::new(format!("`{bad}` stands twice")),
        _ => Mistake::new("this line isn't understood"),
    }
}

impl Command {
    /// The registry's entry for it.
    pub fn spec(&self) -> &'static Spec {
        let name = match self {
            Self::Help { .. } => "help",
            Self::WhoAmI => "whoami",
            Self::Can { .. } => "can",
            Self::Status { .. } => "status",
            Self::Deploy(_) => "deploy",
            Self::Where { .. } => "where",
            Self::Deploys { .. } => "deploys",
            Self::Cancel { .. } => "cancel",
            Self::Pending => "pending",
            Self::History { .. } => "history",
            Self::Gh(gh) => match gh {
                Gh::Subscribe { .. } => "gh subscribe",
                Gh::Unsubscribe { .. } => "gh unsubscribe",
                Gh::List => "gh list",
                Gh::Mute { .. } => "gh mute",
                Gh::Link { .. } => "gh link",
                Gh::Explain { .. } => "gh explain",
            },
            Self::Build(build) => match build {
                Build::Watch { .. } => "build watch",
                Build::Unwatch { .. } => "build unwatch",
                Build::Watches => "build watches",
                Build::Status { .. } => "build status",
                Build::Logs { .. } => "build logs",
                Build::Retry { .. } => "build retry",
                Build::Decide { decision: Decision::Approved, .. } => "build approve",
                Build::Decide { decision: Decision::Rejected, .. } => "build reject",
            },
        };
        // A test holds that every command is in the registry; help is the harmless answer if one were not.
        find(name).unwrap_or(&specs()[0])
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
