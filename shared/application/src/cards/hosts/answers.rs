//! Answers about hosts and runbooks.

use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, HostPress, Part, Text, Tone};
use opsroom_domain::catalog::{Catalog, Runbook, RunbookParameter, Unrunnable};
use opsroom_domain::ids::{EnvironmentName, PersonId, RoleName, RunbookName, ServiceName};
use opsroom_domain::operation::{Hold, HostTarget, MOST_HOSTS, Operation};

use crate::cards::words::{column, longest};
use crate::ports::{Agent, HostInfo};

/// A list of hosts that is longer is cut: `hosts <service> <environment>` shows the rest.
const HOSTS_LISTED: usize = 60;

/// Hosts of a service in an environment.
#[derive(Debug, Clone)]
pub struct HostsOf<'a> {
    /// The service.
    pub service: &'a ServiceName,
    /// The environment.
    pub environment: &'a EnvironmentName,
    /// Its hosts.
    pub hosts: Vec<HostInfo>,
}

fn warning(text: Text) -> Card {
    Card::line(Tone::Warning, text)
}

/// The catalog doesn't say which hosts these are.
pub fn no_hosts_known(service: &ServiceName, environment: &EnvironmentName) -> Card {
    let text = Text::plain(format!("The catalog doesn't say on which hosts {service} runs in {environment}: add "));
    warning(text.code("hosts: { tags: … }").then(" there. Nothing was done."))
}

/// Opsroom may not list hosts.
pub fn hosts_not_to_be_seen() -> Card {
    warning(
        Text::plain("Opsroom's role may not list hosts (")
            .code("ssm:DescribeInstanceInformation")
            .then("). Whoever runs Opsroom has to allow it."),
    )
}

/// There are none, or too many.
pub fn no_such_hosts(service: &ServiceName, environment: &EnvironmentName, target: &HostTarget, found: usize) -> Card {
    let tags = match target {
        HostTarget::Tags(tags) => tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" "),
        HostTarget::Hosts(hosts) => hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    };
    if found > MOST_HOSTS {
        let text = Text::plain(format!("{service} in {environment} has more than {MOST_HOSTS} hosts (")).code(tags);
        return warning(text.then("); that is the most for one operation. Nothing was done."));
    }
    let text = Text::plain(format!("Systems Manager knows no host of {service} in {environment} (")).code(tags);
    warning(text.then("): none has these tags, or no agent on them has ever answered. Nothing was done."))
}

/// No host that the catalog knows of.
pub fn no_such_host(host: &str) -> Card {
    let text = Text::plain("No service of the catalog has a host ").code(host).then(". Write its id (");
    warning(text.code("i-…").then(") or its name; ").code("hosts").then(" lists them. Nothing was done."))
}

/// It isn't one of these.
pub fn not_one_of_its_hosts(host: &str, service: &ServiceName, environment: &EnvironmentName) -> Card {
    let text = Text::code(Text::empty(), host).then(format!(" is no host of {service} in {environment}; "));
    warning(text.code(format!("hosts {service} {environment}")).then(" lists them. Nothing was done."))
}

/// There is nowhere to read logs from.
pub fn no_logs_known(service: &ServiceName, environment: &EnvironmentName) -> Card {
    let text = Text::plain(format!(
        "The catalog says neither in which log group {service} in {environment} writes nor on which hosts it runs: add "
    ));
    warning(text.code("log_group").then(" or ").code("hosts").then(" there."))
}

/// Too many journals to read at once.
pub fn too_many_journals(service: &ServiceName, environment: &EnvironmentName, hosts: usize, most: usize) -> Card {
    let text = Text::plain(format!(
        "{service} in {environment} has {hosts} hosts; the journals of {most} at most are read at once. Name one with "
    ));
    warning(text.code("--host").then(", or have its log group added to the catalog."))
}

/// Somebody changes something there already.
pub fn held(hold: &Hold) -> Card {
    let mut text = Text::empty().bold(format!("Something is being done on the hosts of {} in {} already", hold.service, hold.environment));
    if let Some(operation) = &hold.operation {
        text = text.then(": ").code(operation.as_str());
    }
    warning(text.then(" by ").person(&hold.by).then(" since ").moment(hold.since).then(". Nothing was done."))
}

/// The channel doesn't show the operation's message.
pub fn operation_unseen(operation: &Operation) -> Card {
    let text = Text::plain("This channel doesn't show the message of ")
        .code(operation.id.as_str())
        .then(" so far. If Opsroom isn't in the channel, invite it (")
        .code("/invite")
        .then("); the message comes then. As it stands now: ");
    warning(text.and(super::operation(operation).summary))
}

/// It is over; an old button tells what happened.
pub fn operation_over(operation: &Operation) -> Card {
    let card = super::operation(operation);
    let text = Text::code(Text::empty(), operation.id.as_str()).then(" is over already; there is nothing to stop. ").and(card.summary);
    warning(text)
}

/// Somebody stopped it before.
pub fn stopped_already(operation: &Operation, by: &PersonId) -> Card {
    Card::line(Tone::Plain, Text::code(Text::empty(), operation.id.as_str()).then(" is being stopped already, by ").person(by).then("."))
}

/// Whether a reboot is meant.
pub fn reboot_question(host: &HostInfo, service: &ServiceName, environment: &EnvironmentName) -> Card {
    let text =
        Text::plain("Reboot ").bold(&host.name).then(" (").code(host.id.as_str()).then(format!("), a host of {service} in {environment}?"));
    let agent = match host.agent {
        Agent::Online => Text::plain("Its agent answers."),
        Agent::Lost | Agent::Inactive => {
            let text = Text::plain("Its agent doesn't answer");
            host.heard_at.map_or(text.clone(), |at| text.then("; it was heard last ").moment(at))
        }
    };
    let press = HostPress::Reboot { host: host.id.clone(), service: service.clone(), environment: environment.clone() };
    warning(text).with(Part::Context(agent.then(" The instance is stopped and started; it may get another public address."))).with(
        Part::Buttons(vec![Button {
            label: "Reboot".to_owned(),
            action: ButtonAction::Hosts { press },
            style: ButtonStyle::Danger,
            confirm: Some(format!("Stop {} and start it again now?", host.name)),
        }]),
    )
}

/// Which hosts there are.
pub fn hosts(listed: &[HostsOf<'_>], more: &[String], service: Option<&str>, environment: Option<&str>) -> Card {
    let place = match (service, environment) {
        (Some(service), Some(environment)) => format!(" of {service} in {environment}"),
        (Some(service), None) => format!(" of {service}"),
        (None, Some(environment)) => format!(" in {environment}"),
        (None, None) => String::new(),
    };
    if listed.is_empty() {
        let text = Text::plain(format!("The catalog knows no hosts{place}: its services' environments have no "));
        return warning(text.code("hosts").then("."));
    }
    let all: usize = listed.iter().map(|of| of.hosts.len()).sum();
    let silent: usize = listed.iter().flat_map(|of| &of.hosts).filter(|host| host.agent != Agent::Online).count();
    let number = if all == 1 { "1 host".to_owned() } else { format!("{all} hosts") };
    let agents = if silent == 0 { ", all agents answer".to_owned() } else { format!(", {silent} of them don't answer") };
    let tone = if silent == 0 { Tone::Plain } else { Tone::Warning };
    let mut card = Card::line(tone, Text::empty().bold(format!("{number}{place}")).then(if all == 0 { String::new() } else { agents }));
    let mut left = HOSTS_LISTED;
    for of in listed {
        let shown = of.hosts.len().min(left);
        left -= shown;
        let heading = Text::empty().bold(format!("{} in {}", of.service, of.environment)).then(format!(": {}", of.hosts.len()));
        card = card.with(Part::Context(heading));
        let width = longest(of.hosts.iter().take(shown).map(|host| host.name.as_str()));
        if shown > 0 {
            card = card.with(Part::List(of.hosts.iter().take(shown).map(|host| host_line(host, width)).collect()));
        }
        if shown < of.hosts.len() {
            let text =
                Text::plain(format!("and {} more: ", of.hosts.len() - shown)).code(format!("hosts {} {}", of.service, of.environment));
            card = card.with(Part::Context(text));
        }
    }
    if !more.is_empty() {
        card = card.with(Part::Context(Text::plain("Not looked at: ").code(more.join(" · "))));
    }
    card
}

fn host_line(host: &HostInfo, width: usize) -> Text {
    let text = Text::code(Text::empty(), column(&host.name, width)).then(" ").code(host.id.as_str());
    let text = host.address.as_ref().map_or(text.clone(), |address| text.clone().then(format!(" {address}")));
    match (host.agent, host.heard_at) {
        (Agent::Online, _) => text.then(" · answers"),
        (Agent::Lost | Agent::Inactive, Some(at)) => text.bold(" · doesn't answer").then(", heard last ").moment(at),
        (Agent::Lost | Agent::Inactive, None) => text.bold(" · doesn't answer"),
    }
}

/// Which runbooks there are, and what each takes.
pub fn runbooks(catalog: &Catalog) -> Card {
    let all = &catalog.hosts.runbooks;
    if all.is_empty() {
        return Card::line(Tone::Plain, Text::plain("The catalog has no runbooks yet: ").code("hosts: { runbooks: … }").then("."));
    }
    let title = if all.len() == 1 { "1 runbook".to_owned() } else { format!("{} runbooks", all.len()) };
    Card::line(Tone::Plain, Text::empty().bold(title)).with(Part::List(all.iter().map(|(name, runbook)| one(name, runbook)).collect()))
}

fn one(name: &RunbookName, runbook: &Runbook) -> Text {
    let mut usage = format!("run {name} on …");
    for (key, _, parameter) in runbook.free() {
        usage.extend([" ", shape(key, parameter).as_str()]);
    }
    if runbook.dry_run().is_some() {
        usage.push_str(" [--check]");
    }
    let text = Text::code(Text::empty(), usage).then(format!("  {}", runbook.description));
    if runbook.roles.is_empty() {
        return text;
    }
    let roles = runbook.roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ");
    text.then(format!(" · only for {roles}"))
}

/// `key=soft|hard`, in brackets if it need not be given.
fn shape(key: &str, parameter: &RunbookParameter) -> String {
    let value = if parameter.choices.is_empty() { "…".to_owned() } else { parameter.choices.join("|") };
    if parameter.default.is_some() { format!("[{key}={value}]") } else { format!("{key}={value}") }
}

/// Why a runbook isn't run as it was asked for.
pub fn unrunnable(name: &RunbookName, runbook: &Runbook, why: &Unrunnable) -> Card {
    let words = why.to_string();
    let text = Text::sentence(&format!("{words}. Nothing was done."));
    warning(text).with(Part::Context(Text::plain("Usage: ").and(one(name, runbook))))
}
