//! `gh …`: what a channel is shown of repositories.

use clap::{Arg, ArgAction};
use jiff::SignedDuration;
use opsroom_domain::ids::Login;
use opsroom_domain::repository::RepositoryPattern;
use opsroom_domain::subscription::Feature;

use super::gh_terms::{Wanted, wanted};
use super::{positional, required, rest_of_line, text, unlinked, words};
use crate::command::{Command, Gh};
use crate::duration::parse_duration;
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

fn pattern(typed: &str) -> Result<RepositoryPattern, Mistake> {
    unlinked(typed).parse().map_err(|wrong: opsroom_domain::repository::BadPattern| Mistake::new(wrong.to_string()))
}

pub(crate) const SUBSCRIBE: Spec = Spec {
    name: "gh subscribe",
    aliases: &["gh sub", "gh follow"],
    summary: "Show what happens in a repository, or in all of an owner, in this channel",
    usage: "gh subscribe <owner/name|owner/*> [features] [filters] [--add]",
    examples: &[
        "gh subscribe {repository}",
        "gh subscribe acme/* pulls reviews -bots",
        "gh subscribe {repository} commits branches:main,release/* path:services/api/**",
        "gh subscribe {repository} +label:bug -author:renovate --add",
        "gh subscribe {repository} workflows:{name:CI,branch:main,only:failures} --add",
    ],
    right: Right::Subscribe,
    how: "Writes the channel's subscription (dynamodb:TransactWriteItems). It belongs to the channel. Without --add it replaces what was there; Undo brings that back.",
    arguments: |grammar| grammar.arg(positional("repository").required(true)).arg(rest_of_line("terms")),
    read: |matches| {
        let pattern = pattern(&required(matches, "repository"))?;
        let Wanted { features, filters, add } = wanted(&words(matches, "terms"))?;
        Ok(Command::Gh(Gh::Subscribe { pattern, features, filters: Box::new(filters), add }))
    },
};

pub(crate) const UNSUBSCRIBE: Spec = Spec {
    name: "gh unsubscribe",
    aliases: &["gh unsub", "gh unfollow"],
    summary: "Show no more of a repository here, or only without some features",
    usage: "gh unsubscribe <owner/name|owner/*> [features]",
    examples: &["gh unsubscribe {repository}", "gh unsubscribe {repository} comments reviews"],
    right: Right::Subscribe,
    how: "Ends the channel's subscription, or takes features off it (dynamodb:TransactWriteItems). Cards that are there are kept current for as long as they are.",
    arguments: |grammar| grammar.arg(positional("repository").required(true)).arg(rest_of_line("features")),
    read: |matches| {
        let pattern = pattern(&required(matches, "repository"))?;
        let Wanted { features, filters, add } = wanted(&words(matches, "features"))?;
        if add || filters != opsroom_domain::subscription::Filters::default() {
            return Err(Mistake::new("`gh unsubscribe` takes features only; to change filters, subscribe again")
                .valid(Feature::ALL.map(Feature::name)));
        }
        Ok(Command::Gh(Gh::Unsubscribe { pattern, features }))
    },
};

pub(crate) const LIST: Spec = Spec {
    name: "gh list",
    aliases: &["gh subscriptions"],
    summary: "What this channel is subscribed to",
    usage: "gh list",
    examples: &["gh list"],
    right: Right::Read,
    how: "Reads the channel's subscriptions (dynamodb:Query on the index by channel).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Gh(Gh::List)),
};

pub(crate) const MUTE: Spec = Spec {
    name: "gh mute",
    aliases: &["gh quiet"],
    summary: "Show nothing new of a repository here for a while",
    usage: "gh mute <owner/name|owner/*> <2h|off>",
    examples: &["gh mute {repository} 2h", "gh mute {repository} off"],
    right: Right::Subscribe,
    how: "Writes until when the channel's subscription is quiet. What is missed isn't shown later; cards that are there stay current.",
    arguments: |grammar| grammar.arg(positional("repository").required(true)).arg(positional("span").required(true)),
    read: |matches| {
        let pattern = pattern(&required(matches, "repository"))?;
        let typed = required(matches, "span");
        let span = match typed.to_lowercase().as_str() {
            "off" | "end" | "no" => None,
            other => Some(parse_duration(other).map_err(|why| Mistake::new(format!("{why}, or `off`")))?),
        };
        let most = SignedDuration::from_hours(30 * 24);
        if span.is_some_and(|span| span > most) {
            return Err(Mistake::new(format!("`{typed}` is too long; 30d is the most, `gh unsubscribe` ends it for good")));
        }
        Ok(Command::Gh(Gh::Mute { pattern, span }))
    },
};

pub(crate) const LINK: Spec = Spec {
    name: "gh link",
    aliases: &["gh iam"],
    summary: "Say who you are at GitHub, to be mentioned when it is about you",
    usage: "gh link [login] [--remove]",
    examples: &["gh link octocat", "gh link", "gh link octocat --remove"],
    right: Right::Own,
    how: "Writes the link between login and member id (dynamodb:TransactWriteItems). The catalog's word goes before it, and nobody can take a login that somebody has.",
    arguments: |grammar| grammar.arg(positional("login")).arg(Arg::new("remove").long("remove").action(ArgAction::SetTrue)),
    read: |matches| {
        let remove = matches.get_flag("remove");
        let login = text(matches, "login").map(|typed| login(&typed)).transpose()?;
        if remove && login.is_none() {
            return Err(Mistake::new("`gh link --remove` needs the login"));
        }
        Ok(Command::Gh(Gh::Link { login, remove }))
    },
};

/// Letters, digits and dashes, 39 at most ("Username considerations", GitHub Docs); other servers allow dots and underscores.
fn login(typed: &str) -> Result<Login, Mistake> {
    let bare = unlinked(typed).trim_start_matches("https://github.com/").trim_start_matches('@');
    let is_login = !bare.is_empty() && bare.len() <= 60 && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if is_login {
        Ok(Login::new(bare.to_lowercase()))
    } else {
        Err(Mistake::new(format!("`{typed}` is no login; it looks like `octocat`")))
    }
}

pub(crate) const EXPLAIN: Spec = Spec {
    name: "gh explain",
    aliases: &["gh why"],
    summary: "Why something did or did not show in this channel",
    usage: "gh explain <address>",
    examples: &["gh explain https://github.com/{repository}/pull/17"],
    right: Right::Read,
    how: "Reads the channel's subscriptions and what is known of the thing (dynamodb:GetItem, dynamodb:Query), and decides again.",
    arguments: |grammar| grammar.arg(positional("address").required(true)),
    read: |matches| Ok(Command::Gh(Gh::Explain { url: unlinked(&required(matches, "address")).to_owned() })),
};
