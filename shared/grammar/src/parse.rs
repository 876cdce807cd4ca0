//! From a line to a command.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use opsroom_domain::pipeline_execution::approval::Decision;

use crate::bytes::{Bytes, DigestChange};
use crate::command::{Build, Command, Gh};
use crate::dj::Dj;
use crate::hosts::Hosts;
use crate::lookup::{Found, spec_of};
use crate::mistake::{Mistake, Suggestion, nearest};
use crate::mon::Mon;
use crate::normalise::{typed, words};
use crate::registry::{Spec, find, specs};
use crate::release::Release;

/// Reads a line, without `/ops` or the mention. An empty line asks for what is often asked.
pub fn parse(line: &str) -> Result<Command, Mistake> {
    let words = words(line);
    if words.is_empty() {
        return Ok(Command::Offers);
    }
    let (spec, taken) = match spec_of(&words, line)? {
        Found::Spec { spec, words } => (spec, words),
        Found::Group(group) => return Ok(Command::Help { about: Some(group.name.to_owned()) }),
    };
    let arguments = spec.words_of(line).into_iter().skip(taken);
    // `help`'s and `can`'s argument is a line of its own, which may hold anything.
    let matches = (spec.arguments)(grammar_of(spec)).try_get_matches_from(std::iter::once(spec.name.to_owned()).chain(arguments));
    match matches {
        Ok(matches) => (spec.read)(&matches).map_err(|mistake| with_usage(mistake, spec)),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => Ok(Command::Help { about: Some(spec.name.to_owned()) }),
        Err(error) => Err(with_usage(explain(&error, spec, line), spec)),
    }
}

pub(crate) fn grammar_of(spec: &Spec) -> clap::Command {
    clap::Command::new(spec.name).disable_version_flag(true)
}

fn with_usage(mut mistake: Mistake, spec: &Spec) -> Mistake {
    mistake.usage.get_or_insert_with(|| spec.usage.to_owned());
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
        ErrorKind::MissingRequiredArgument => {
            Mistake::new(format!("`{}` needs {}", spec.name, bad.replace("...", "").replace(['<', '>'], "`")))
        }
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
    /// Whether it changes nothing as it stands. Some commands that can change something only tell how things are, if nothing is said of
    /// what should be.
    pub fn reads_only(&self) -> bool {
        match self {
            Self::Deploy(deploy) => deploy.dry_run,
            Self::Bytes(Bytes::Digest { change: DigestChange::Show, .. }) | Self::Dj(Dj::Volume { to: None }) => true,
            other => other.spec().reads_only(),
        }
    }

    /// The registry's entry for it.
    pub fn spec(&self) -> &'static Spec {
        let name = match self {
            Self::Help { .. } | Self::Offers => "help",
            Self::WhoAmI => "whoami",
            Self::Can { .. } => "can",
            Self::Status { .. } => "status",
            Self::Deploy(_) => "deploy",
            Self::Where { .. } => "where",
            Self::Deploys { .. } => "deploys",
            Self::Cancel { .. } => "cancel",
            Self::Pending => "pending",
            Self::History { .. } => "history",
            Self::Release(release) => match release {
                Release::Rollback { .. } => "rollback",
                Release::Promote { .. } => "promote",
                Release::Approve { .. } => "approve",
                Release::Reject { .. } => "reject",
                Release::Override { .. } => "override",
                Release::Lock { .. } => "lock",
                Release::Unlock { .. } => "unlock",
                Release::Locks => "locks",
                Release::Freeze { .. } => "freeze",
                Release::Unfreeze { .. } => "unfreeze",
            },
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
            Self::Hosts(hosts) => match hosts {
                Hosts::Restart { .. } => "restart",
                Hosts::Reboot { .. } => "reboot",
                Hosts::Check { .. } => "check",
                Hosts::List { .. } => "hosts",
                Hosts::Logs { .. } => "logs",
                Hosts::Run { .. } => "run",
                Hosts::Runbooks => "runbooks",
                Hosts::Cancel { .. } => "cancel",
            },
            Self::Mon(mon) => match mon {
                Mon::Open { .. } => "mon open",
                Mon::Missed => "mon missed",
                Mon::Show { .. } => "mon show",
                Mon::Acknowledge { .. } => "mon ack",
                Mon::Unacknowledge { .. } => "mon unack",
                Mon::Resolve { .. } => "mon resolve",
                Mon::Reopen { .. } => "mon reopen",
                Mon::Assign { .. } => "mon assign",
                Mon::Snooze { .. } => "mon snooze",
                Mon::Attach { .. } => "mon attach",
                Mon::Note { .. } => "mon note",
                Mon::Silence { .. } => "mon silence",
                Mon::Silences => "mon silences",
                Mon::Unsilence { .. } => "mon unsilence",
                Mon::OnCall => "mon oncall",
                Mon::Override { .. } => "mon oncall override",
                Mon::Routes => "mon routes",
                Mon::AddRoute { .. } => "mon route add",
                Mon::RemoveRoute { .. } => "mon route remove",
                Mon::Test { .. } => "mon test",
            },
            Self::Bytes(bytes) => bytes.name(),
            Self::Dj(dj) => dj.name(),
        };
        // A test holds that every command is in the registry; help is the harmless answer if one were not.
        find(name).unwrap_or(&specs()[0])
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
