//! What is asked of hosts: `restart`, `reboot`, `check`, `hosts`, `logs`, `run`, `runbooks`. What is typed as a value is checked here, by
//! name; a document checks it again.

use clap::{Arg, ArgAction, ArgMatches};
use jiff::SignedDuration;
use opsroom_domain::operation::value::{self, Amiss, LONGEST_FOLLOW, LONGEST_SINCE};
use opsroom_domain::operation::{Batch, Grep, LogsWish};
use opsroom_domain::rights::Permission;

use super::{positional, required, text, words};
use crate::command::Command;
use crate::hosts::{Hosts, On};
use crate::mistake::Mistake;
use crate::registry::{Right, Spec};

const SINCE: SignedDuration = SignedDuration::from_mins(15);
const LINES: u16 = 200;
const FOLLOW: &str = "2m";

fn amiss(name: &str) -> impl Fn(Amiss) -> Mistake + '_ {
    move |why| Mistake::new(format!("`{name}` {why}"))
}

fn host(typed: &str) -> Result<String, Mistake> {
    value::host(typed).map_err(amiss("host"))
}

pub(crate) const RESTART: Spec = Spec {
    name: "restart",
    aliases: &["bounce"],
    summary: "Restart a service on its hosts, one after the other, as long as each comes back well",
    usage: "restart <service> in <environment> [--batch 1|25%]",
    examples: &["restart {service} in {environment}", "restart {service} in {environment} --batch 25%"],
    right: Right::Write(Permission::Operate),
    how: "Runs the document restart-service on the hosts that have the catalog's tags (ssm:SendCommand with MaxConcurrency and MaxErrors 0); it restarts the unit and waits until it is well. EventBridge tells how each host stands; if it doesn't, Opsroom asks (ssm:ListCommandInvocations).",
    arguments: |grammar| {
        let batch = Arg::new("batch").long("batch").value_name("batch").allow_hyphen_values(true);
        grammar.arg(positional("service").required(true)).arg(positional("environment").required(true)).arg(batch)
    },
    read: |matches| {
        let batch = text(matches, "batch").map(|typed| Batch::parse(&typed).map_err(amiss("--batch"))).transpose()?;
        let (service, environment) = (required(matches, "service"), required(matches, "environment"));
        Ok(Command::Hosts(Hosts::Restart { service, environment, batch: batch.unwrap_or(Batch::Hosts(1)) }))
    },
};

pub(crate) const REBOOT: Spec = Spec {
    name: "reboot",
    aliases: &[],
    summary: "Stop a host and start it again, after asking whether you mean it",
    usage: "reboot <host> [service] [environment]",
    examples: &["reboot {host}", "reboot {host} {service} {environment}"],
    right: Right::Write(Permission::Operate),
    how: "Finds whose host it is by the catalog's tags (ssm:DescribeInstanceInformation); once you have said yes, runs the automation AWS-RestartEC2Instance (ssm:StartAutomationExecution with a client token).",
    arguments: |grammar| grammar.arg(positional("host").required(true)).arg(positional("service")).arg(positional("environment")),
    read: |matches| {
        let of = match (text(matches, "service"), text(matches, "environment")) {
            (Some(service), Some(environment)) => Some((service, environment)),
            (None, _) => None,
            (Some(service), None) => {
                return Err(Mistake::new(format!(
                    "in which environment of `{service}`? Write `reboot <host> {service} <environment>`, or just `reboot <host>`"
                )));
            }
        };
        Ok(Command::Hosts(Hosts::Reboot { host: host(&required(matches, "host"))?, of }))
    },
};

pub(crate) const CHECK: Spec = Spec {
    name: "check",
    aliases: &["inspect"],
    summary: "How hosts stand: load, memory, disks, the service's state and version; what stands out is marked",
    usage: "check <service in environment|host>",
    examples: &["check {service} in {environment}", "check {host}"],
    right: Right::Read,
    how: "Runs the document check-host, which changes nothing, on the hosts (ssm:SendCommand), and shows what each printed (ssm:ListCommandInvocations).",
    arguments: |grammar| grammar.arg(positional("on").num_args(1..).required(true)),
    read: |matches| Ok(Command::Hosts(Hosts::Check { on: on(&words(matches, "on"))? })),
};

fn on(words: &[String]) -> Result<On, Mistake> {
    match words {
        [one] => Ok(On::Host(host(one)?)),
        [service, environment] => Ok(On::Service { service: service.clone(), environment: environment.clone() }),
        [] => Err(Mistake::new("on which hosts? Name a service and an environment, or a host")),
        [_, _, third, ..] => Err(Mistake::new(format!("`{third}` is one word too many"))),
    }
}

pub(crate) const LIST: Spec = Spec {
    name: "hosts",
    aliases: &["servers", "instances"],
    summary: "Which hosts there are, and whether their agents answer",
    usage: "hosts [service] [environment]",
    examples: &["hosts", "hosts {service}", "hosts {service} {environment}"],
    right: Right::Read,
    how: "Asks Systems Manager for the hosts with the catalog's tags (ssm:DescribeInstanceInformation).",
    arguments: |grammar| grammar.arg(positional("service")).arg(positional("environment")),
    read: |matches| Ok(Command::Hosts(Hosts::List { service: text(matches, "service"), environment: text(matches, "environment") })),
};

pub(crate) const LOGS: Spec = Spec {
    name: "logs",
    aliases: &["tail", "journal"],
    summary: "What a service has logged: the newest lines, searched and followed if you like",
    usage: "logs <service> in <environment> [--since 15m] [--grep pattern] [--lines 200] [--host host] [--follow 2m]",
    examples: &[
        "logs {service} in {environment}",
        "logs {service} in {environment} --since 1h --grep timeout",
        "logs {service} in {environment} --follow 2m",
    ],
    right: Right::Read,
    how: "Reads the service's log group where the catalog names one (logs:FilterLogEvents), else the journals of its hosts by the documents read-journal and follow-journal (ssm:SendCommand). What looks like a secret is masked.",
    arguments: |grammar| {
        let value = |name: &'static str| Arg::new(name).long(name).value_name(name).allow_hyphen_values(true);
        grammar
            .arg(positional("service").required(true))
            .arg(positional("environment").required(true))
            .arg(value("since"))
            .arg(value("grep"))
            .arg(value("lines"))
            .arg(value("host"))
            .arg(Arg::new("follow").long("follow").value_name("follow").num_args(0..=1).default_missing_value(FOLLOW))
    },
    read: |matches| {
        Ok(Command::Hosts(Hosts::Logs {
            service: required(matches, "service"),
            environment: required(matches, "environment"),
            wish: wish(matches)?,
            host: text(matches, "host").map(|typed| host(&typed)).transpose()?,
        }))
    },
};

fn wish(matches: &ArgMatches) -> Result<LogsWish, Mistake> {
    let seconds = |name: &str, most| -> Result<Option<u32>, Mistake> {
        let Some(typed) = text(matches, name) else { return Ok(None) };
        let span = value::span(&typed, most).map_err(amiss(&format!("--{name}")))?;
        Ok(u32::try_from(span.as_secs()).ok())
    };
    let lines = text(matches, "lines").map(|typed| value::lines(&typed).map_err(amiss("--lines"))).transpose()?;
    let grep = text(matches, "grep").map(|typed| Grep::parse(&typed).map_err(amiss("--grep"))).transpose()?;
    let default = u32::try_from(SINCE.as_secs()).unwrap_or(u32::MAX);
    Ok(LogsWish {
        since_seconds: seconds("since", LONGEST_SINCE)?.unwrap_or(default),
        lines: lines.unwrap_or(LINES),
        grep,
        follow_seconds: seconds("follow", LONGEST_FOLLOW)?,
    })
}

pub(crate) const RUN: Spec = Spec {
    name: "run",
    aliases: &["runbook"],
    summary: "Run one of the team's runbooks on hosts, or see what it would do",
    usage: "run <runbook> on <service in environment|host> [key=value…] [--check]",
    examples: &["run {runbook} on {service} in {environment} --check", "run {runbook} on {host}"],
    right: Right::Write(Permission::Operate),
    how: "Runs the document that the catalog names for the runbook, with the parameters that it fixes and those given here (ssm:SendCommand). --check asks the tool for a dry run.",
    arguments: |grammar| {
        grammar
            .arg(positional("runbook").required(true))
            .arg(positional("on").num_args(1..).required(true))
            .arg(Arg::new("check").long("check").alias("dry-run").action(ArgAction::SetTrue))
    },
    read: |matches| {
        let words = words(matches, "on");
        let is_value = |word: &&String| word.contains('=');
        let (values, targets): (Vec<&String>, Vec<&String>) = words.iter().partition(is_value);
        let targets: Vec<String> = targets.into_iter().cloned().collect();
        let given = values.into_iter().map(|word| given(word)).collect::<Result<_, _>>()?;
        let runbook = required(matches, "runbook");
        Ok(Command::Hosts(Hosts::Run { runbook, on: on(&targets)?, given, check: matches.get_flag("check") }))
    },
};

fn given(word: &str) -> Result<(String, String), Mistake> {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    value::key(key).map_err(|why| Mistake::new(format!("the name in `{word}` {why}")))?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) const RUNBOOKS: Spec = Spec {
    name: "runbooks",
    aliases: &["playbooks"],
    summary: "Which runbooks there are, and what each takes",
    usage: "runbooks",
    examples: &["runbooks"],
    right: Right::Read,
    how: "Reads the catalog (dynamodb:GetItem).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Hosts(Hosts::Runbooks)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn hosts(line: &str) -> Hosts {
        match parse(line) {
            Ok(Command::Hosts(hosts)) => hosts,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn api() -> On {
        On::Service { service: "api".into(), environment: "staging".into() }
    }

    #[test]
    fn understands_what_people_ask_of_hosts() {
        let restart = |batch| Hosts::Restart { service: "api".into(), environment: "staging".into(), batch };
        assert_eq!(hosts("restart api in staging"), restart(Batch::Hosts(1)));
        assert_eq!(hosts("please restart api in staging —batch 25%"), restart(Batch::Percent(25)));
        assert_eq!(hosts("reboot i-0123456789abcdef0"), Hosts::Reboot { host: "i-0123456789abcdef0".into(), of: None });
        assert_eq!(hosts("check api in staging"), Hosts::Check { on: api() });
        assert_eq!(hosts("check api-1"), Hosts::Check { on: On::Host("api-1".into()) });
        assert_eq!(hosts("hosts"), Hosts::List { service: None, environment: None });
        let wish = LogsWish { since_seconds: 900, lines: 200, grep: None, follow_seconds: None };
        let logs = |wish: LogsWish, host: Option<&str>| Hosts::Logs {
            service: "api".into(),
            environment: "staging".into(),
            wish,
            host: host.map(str::to_owned),
        };
        assert_eq!(hosts("logs api in staging"), logs(wish.clone(), None));
        let grep = Some(Grep::parse("status=5[0-9]+ GET").unwrap());
        assert_eq!(
            hosts("logs api in staging --since 1h --grep “status=5[0-9]+ GET” --lines 50 --host api-2 --follow"),
            logs(LogsWish { since_seconds: 3600, lines: 50, grep, follow_seconds: Some(120) }, Some("api-2"))
        );
        assert_eq!(
            hosts("run motd on api in staging greeting=\"hello all\" --check"),
            Hosts::Run { runbook: "motd".into(), on: api(), given: vec![("greeting".into(), "hello all".into())], check: true }
        );
        assert_eq!(hosts("cancel O-7K3M9Q"), Hosts::Cancel { operation: "o-7k3m9q".into() });
    }

    #[test]
    fn says_which_value_is_wrong_and_why() {
        let cases = [
            (
                "restart api in staging --batch all",
                "`--batch` is no batch; write a number of hosts from 1 to 200, or a share such as `25%`",
            ),
            (
                "restart api in staging --batch --help",
                "`--batch` is no batch; write a number of hosts from 1 to 200, or a share such as `25%`",
            ),
            (
                "logs api in staging --grep \"x; id\"",
                "`--grep` can't hold `;`; only letters, digits and space and `_ . : / = , @ % + * ^ [ ] -` may be in it",
            ),
            ("logs api in staging --grep --help", "`--grep` begins with `-`, which a program could take for an option"),
            ("logs api in staging --since yesterday", "`--since` is no span of time; write it as `30s`, `15m` or `2h`"),
            ("logs api in staging --lines 0", "`--lines` is no number of lines from 1 to 5000"),
            ("reboot $(id)", "`host` can't hold `$`; only letters, digits and `- .` may be in it"),
            ("check a b c", "`c` is one word too many"),
            ("run motd on api in staging a;b=c", "the name in `a;b=c` can't hold `;`; only letters, digits and `_ . @ -` may be in it"),
        ];
        for (line, message) in cases {
            assert_eq!(parse(line).expect_err(line).message, message, "{line}");
        }
    }
}
