//! One file per command; this is their list.

mod approvals;
mod build;
mod bytes;
mod can;
mod cancel;
mod deploy;
mod deploys;
mod dj;
mod gh;
mod gh_terms;
mod help;
mod history;
mod hosts;
mod locks;
mod mon;
mod pending;
mod promote;
mod rollback;
mod status;
mod where_is;
mod whoami;

pub(crate) use dj::in_queue;

use clap::{Arg, ArgMatches};

use opsroom_domain::ids::{DeploymentId, PersonId};

use crate::mistake::Mistake;
use crate::registry::Spec;

/// Every command, in the order in which help shows them.
pub(crate) const ALL: &[Spec] = &[
    help::SPEC,
    deploy::SPEC,
    rollback::SPEC,
    promote::SPEC,
    approvals::APPROVE,
    approvals::REJECT,
    approvals::OVERRIDE,
    cancel::SPEC,
    hosts::RESTART,
    hosts::RUN,
    hosts::REBOOT,
    hosts::CHECK,
    hosts::LOGS,
    hosts::LIST,
    hosts::RUNBOOKS,
    locks::LOCK,
    locks::UNLOCK,
    locks::LOCKS,
    locks::FREEZE,
    locks::UNFREEZE,
    status::SPEC,
    where_is::SPEC,
    deploys::SPEC,
    pending::SPEC,
    history::SPEC,
    gh::SUBSCRIBE,
    gh::UNSUBSCRIBE,
    gh::LIST,
    gh::MUTE,
    gh::LINK,
    gh::EXPLAIN,
    build::WATCH,
    build::UNWATCH,
    build::WATCHES,
    build::STATUS,
    build::LOGS,
    build::RETRY,
    build::APPROVE,
    build::REJECT,
    mon::incidents::OPEN,
    mon::incidents::MISSED,
    mon::incidents::SHOW,
    mon::incidents::ACKNOWLEDGE,
    mon::incidents::UNACKNOWLEDGE,
    mon::incidents::RESOLVE,
    mon::incidents::REOPEN,
    mon::incidents::ASSIGN,
    mon::incidents::SNOOZE,
    mon::incidents::ATTACH,
    mon::incidents::NOTE,
    mon::silences::SILENCE,
    mon::silences::SILENCES,
    mon::silences::UNSILENCE,
    mon::oncall::ONCALL,
    mon::oncall::OVERRIDE,
    mon::routes::ROUTES,
    mon::routes::ADD,
    mon::routes::REMOVE,
    mon::routes::TEST,
    bytes::CATCHUP,
    bytes::TOP,
    bytes::SEARCH,
    bytes::MINE,
    bytes::SAVE,
    bytes::UNSAVE,
    bytes::HIDE,
    bytes::UNHIDE,
    bytes::digest::DIGEST,
    bytes::digest::DIGEST_ME,
    bytes::ON,
    bytes::OFF,
    dj::PLAY,
    dj::QUEUE,
    dj::NOW_PLAYING,
    dj::UP,
    dj::SKIP,
    dj::REMOVE,
    dj::VOLUME,
    dj::STOP,
    dj::RESUME,
    dj::BAN,
    dj::UNBAN,
    dj::HISTORY,
    dj::TOP,
    whoami::SPEC,
    can::SPEC,
];

/// The longest reason that is kept.
const LONGEST_REASON: usize = 500;

/// A value in its place.
fn positional(name: &'static str) -> Arg {
    Arg::new(name).value_name(name)
}

/// The words of a line within a line.
fn rest_of_line(name: &'static str) -> Arg {
    Arg::new(name).value_name(name).num_args(0..).trailing_var_arg(true).allow_hyphen_values(true)
}

/// All the words of a line's end.
fn words(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

/// A value that the grammar requires, so that it is always there.
fn required(matches: &ArgMatches, name: &str) -> String {
    text(matches, name).unwrap_or_default()
}

fn joined(matches: &ArgMatches, name: &str) -> Option<String> {
    let words: Vec<&str> = matches.get_many::<String>(name)?.map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `--reason …`
fn reason_option() -> Arg {
    Arg::new("reason").long("reason").value_name("reason").num_args(1..)
}

fn reason(matches: &ArgMatches) -> Result<Option<String>, Mistake> {
    let reason = joined(matches, "reason");
    match reason.as_ref().map(|reason| reason.chars().count()).filter(|length| *length > LONGEST_REASON) {
        Some(length) => Err(Mistake::new(format!("a reason has at most {LONGEST_REASON} characters, this one has {length}"))),
        None => Ok(reason),
    }
}

/// `d-7k3m9q2xw1`, in any case.
fn deployment_id(typed: &str) -> Result<DeploymentId, Mistake> {
    let typed = typed.to_lowercase();
    let is_id = typed
        .strip_prefix("d-")
        .is_some_and(|code| !code.is_empty() && code.len() <= 32 && code.chars().all(|c| c.is_ascii_alphanumeric()));
    if is_id {
        return Ok(DeploymentId::new(typed));
    }
    Err(Mistake::new(format!(
        "`{typed}` is no deployment; its id stands in its message and looks like `d-7k3m9q2xw1`, and `pending` lists what is under way"
    )))
}

/// Slack sends addresses as `<https://…>` or `<https://…|label>`.
fn unlinked(typed: &str) -> &str {
    let Some(inner) = typed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return typed };
    inner.split('|').next().unwrap_or(inner)
}

/// The longest address that is taken. Browsers take longer ones, but nobody shares them.
const LONGEST_LINK: usize = 2000;

/// The address of a page, without Slack's marks around it. People leave its scheme out, and so does Slack when it shows one.
pub(crate) fn link(typed: &str) -> Result<String, Mistake> {
    let bare = unlinked(typed.trim());
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        let begins = bare.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme));
        begins && bare.len() > scheme.len()
    });
    if !(has_scheme || is_host_with_path(bare)) || bare.contains(char::is_whitespace) {
        return Err(Mistake::new(format!("`{typed}` is no address of a page; it looks like `https://blog.example/post`")));
    }
    if bare.len() > LONGEST_LINK {
        return Err(Mistake::new(format!("this address is too long; {LONGEST_LINK} characters are the most")));
    }
    Ok(if has_scheme { bare.to_owned() } else { format!("https://{bare}") })
}

/// `blog.example/post`: a name with a dot whose last part could be a top-level domain, and perhaps a path.
fn is_host_with_path(bare: &str) -> bool {
    let host = bare.split(['/', '?', '#']).next().unwrap_or(bare);
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|last| last.chars().count() > 1 && last.chars().all(char::is_alphabetic))
}

/// Slack sends a mention as `<@U012AB3CD>` or `<@U012AB3CD|name>`; the id decides, the name never.
fn mention(typed: &str) -> Result<PersonId, Mistake> {
    match typed.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
        Some(mention) => Ok(PersonId::from(mention.split('|').next().unwrap_or(mention))),
        None => Err(Mistake::new(format!("`{typed}` is no mention; pick the person from Slack's list so that it becomes one"))),
    }
}
