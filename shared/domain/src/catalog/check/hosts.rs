//! What the catalog's words on hosts must hold to.

use super::{Findings, is_name};
use crate::catalog::hosts::short_document;
use crate::catalog::{Catalog, RUN_ANYTHING, Runbook, TargetHosts};
use crate::ids::RunbookName;
use crate::operation::value::{self, Batch};

/// SSM: targets of one command.
const MOST_TAGS: usize = 5;
const MOST_MASKS: usize = 50;

impl Catalog {
    pub(super) fn check_hosts(&self, found: &mut Findings) {
        for (service, environment, target) in self.services.iter().flat_map(|(name, service)| {
            service.environments.iter().map(move |(environment, target)| (name.as_str(), environment.as_str(), target))
        }) {
            let path = ["services", service, "environments", environment];
            if let Some(hosts) = &target.hosts {
                check_target(found, &path, service, hosts);
            }
            if let Some(group) = &target.log_group {
                found.expect(is_log_group(group), &[path[0], path[1], path[2], path[3], "log_group"], || {
                    format!("`{group}` is no name of a log group: 1 to 512 letters, digits and . - _ / #")
                });
            }
        }
        for (name, runbook) in &self.hosts.runbooks {
            self.check_runbook(found, name, runbook);
        }
        found.expect(self.hosts.masks.len() <= MOST_MASKS, &["hosts", "masks"], || format!("{MOST_MASKS} masks are the most"));
        for mask in &self.hosts.masks {
            let reads = regex_lite::Regex::new(mask);
            found.expect(reads.is_ok(), &["hosts", "masks"], || format!("`{mask}` is no regular expression"));
            let empty = reads.is_ok_and(|regex| regex.is_match(""));
            found.expect(!empty, &["hosts", "masks"], || format!("`{mask}` fits nothing at all, too, so it would mask everywhere"));
        }
    }

    fn check_runbook(&self, found: &mut Findings, name: &RunbookName, runbook: &Runbook) {
        let at = |field| ["hosts", "runbooks", name.as_str(), field];
        found.expect(is_name(name.as_str()), &["hosts", "runbooks", name.as_str()], || {
            format!("`{name}` is no name; use lower-case letters, digits and dashes, starting with a letter, 63 at most")
        });
        found.expect(is_document(runbook.document()), &at("document"), || {
            format!(
                "`{}` is no document's name: 3 to 128 letters, digits and . - _ : /; or say the `kind`: ansible, chef, salt",
                runbook.document
            )
        });
        found.expect(!RUN_ANYTHING.contains(&short_document(runbook.document())), &at("document"), || {
            format!("`{}` runs whatever it is given; write a document of your own for what is to be done", runbook.document())
        });
        for (field, why) in runbook.misuse() {
            found.expect(false, &at(field), || why);
        }
        found.expect(!runbook.description.trim().is_empty(), &at("description"), || "is empty; say what it does in a line".to_owned());
        for role in &runbook.roles {
            found.expect(self.roles.contains_key(role), &at("roles"), || format!("`{role}` is not in `roles`"));
        }
        if let Some(batch) = &runbook.batch {
            found.expect(Batch::parse(batch).is_ok(), &at("batch"), || format!("`{batch}` is no batch; write `1` or `25%`"));
        }
        found.expect(runbook.minutes.is_none_or(|minutes| (1..=720).contains(&minutes)), &at("minutes"), || {
            "is not from 1 to 720 minutes".to_owned()
        });
        let mut shown = Vec::new();
        for (own, parameter) in &runbook.parameters {
            let path = ["hosts", "runbooks", name.as_str(), "parameters", own.as_str()];
            let name = parameter.name.as_deref().unwrap_or(own);
            found.expect(value::key(name).is_ok(), &path, || format!("`{name}` can't be typed; use letters, digits and . _ -"));
            found.expect(!shown.contains(&name), &path, || format!("`{name}` is another parameter's name already"));
            shown.push(name);
            let is_free = parameter.default.is_some() || parameter.pattern.is_some() || !parameter.choices.is_empty();
            found.expect(!(parameter.fixed.is_some() && is_free), &path, || {
                "is `fixed`, so `default`, `pattern` and `choices` say nothing; take one or the other out".to_owned()
            });
            found.expect(!(parameter.fixed.is_some() && parameter.into.is_some()), &path, || {
                "is `fixed`, so it can't be `into` another one; write it into that one's `fixed`".to_owned()
            });
            if let Some(into) = &parameter.into {
                // Ansible's own variables say what interpreter runs, as whom, and where ("Special variables", Ansible's documentation).
                found.expect(!own.to_ascii_lowercase().starts_with("ansible_"), &path, || {
                    "begins with `ansible_`, which tells Ansible itself how to run; only a `fixed` parameter may say that".to_owned()
                });
                let taken = runbook.parameters.contains_key(into);
                found.expect(!taken, &path, || format!("`{into}` is a parameter of its own, too; only one of the two can say what it is"));
            }
            if let Some(pattern) = &parameter.pattern {
                found.expect(value::whole(pattern).is_ok(), &path, || format!("`{pattern}` is no regular expression"));
            }
            for choice in parameter.choices.iter().chain(&parameter.default) {
                let bare = crate::catalog::RunbookParameter::default();
                // What stands in the catalog may be given, too, so it must be something that people may type.
                let typed = parameter.choices.contains(choice);
                found.expect(!typed || value::runbook(choice, &bare).is_ok(), &path, || {
                    format!(
                        "`{choice}` is no choice: nobody could type it, as only plain letters, digits and _ . : / = , @ % + - are taken"
                    )
                });
            }
            if let Some(default) = parameter.default.as_ref().filter(|_| !parameter.choices.is_empty()) {
                found.expect(parameter.choices.contains(default), &path, || format!("`{default}` is none of the choices"));
            }
        }
        if let Some(check) = &runbook.dry_run() {
            let is_free = runbook.parameters.get(&check.parameter).is_some();
            found.expect(!is_free, &at("check"), || {
                format!("`{}` is a parameter of its own, too; only one of the two can say what it is", check.parameter)
            });
        }
    }
}

fn check_target(found: &mut Findings, path: &[&str; 4], service: &str, hosts: &TargetHosts) {
    let at = |field| [path[0], path[1], path[2], path[3], "hosts", field];
    check_tags(found, &at("tags"), hosts);
    let unit = hosts.unit.as_deref().unwrap_or(service);
    if let Err(why) = value::unit(unit) {
        found.add(&at("unit"), format!("`{unit}` {why}"));
    }
    found.expect(hosts.settle_seconds.is_none_or(|seconds| (1..=60).contains(&seconds)), &at("settle_seconds"), || {
        "is not from 1 to 60 seconds".to_owned()
    });
}

/// The tags by which hosts are found, whatever they are for.
pub(super) fn check_tags(found: &mut Findings, path: &[&str], hosts: &TargetHosts) {
    found.expect(!hosts.tags.is_empty(), path, || "is empty; every host of the account would be meant".to_owned());
    found.expect(hosts.tags.len() <= MOST_TAGS, path, || format!("has {} tags; {MOST_TAGS} are the most", hosts.tags.len()));
    for (key, tag) in &hosts.tags {
        let plain = |text: &str, most| {
            !text.is_empty() && text.len() <= most && text.chars().all(|c| c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c))
        };
        found.expect(plain(key, 128) && plain(tag, 256), path, || format!("`{key}: {tag}` is no tag of EC2 with plain letters"));
    }
}

fn is_document(name: &str) -> bool {
    (3..=128).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/".contains(c))
}

fn is_log_group(name: &str) -> bool {
    (1..=512).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "._/#-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(target: &str, hosts: &str) -> Vec<String> {
        let text = format!(
            r#"{{"workspace": {{"team": "T1"}}, "environments": {{"staging": {{}}}},
                "services": {{"api": {{"environments": {{"staging": {{"pipeline": "p"{target}}}}}}}}},
                "roles": {{"dba": {{"grants": []}}}}, "people": {{}}, "hosts": {hosts}}}"#
        );
        let catalog: Catalog = serde_json::from_str(&text).unwrap();
        catalog.problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_right_is_not_complained_of() {
        let target = r#", "hosts": {"tags": {"service": "api", "environment": "staging"}, "unit": "api@1", "settle_seconds": 30}, "log_group": "/acme/api""#;
        let hosts = r#"{"runbooks": {"motd": {"document": "opsroom-motd", "description": "says it", "roles": ["dba"], "batch": "25%",
            "parameters": {"Fixed": {"fixed": "a; b"}, "Free": {"name": "free", "pattern": "[a-z]+", "default": "x"}},
            "check": {"parameter": "Check", "value": "True"}}}, "masks": ["card=[0-9]+"]}"#;
        assert_eq!(problems(target, hosts), [""; 0]);
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let found = problems(r#", "hosts": {"tags": {}, "unit": "a;b", "settle_seconds": 0}, "log_group": "a b""#, "{}");
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].starts_with("services.api.environments.staging.hosts.tags: is empty"), "{found:?}");
        assert!(found[1].contains("hosts.unit: `a;b` can't hold `;`"), "{found:?}");
        let hosts = r#"{"runbooks": {"any": {"document": "arn:aws:ssm:eu-central-1::document/AWS-RunShellScript", "description": " ", "roles": ["x"],
            "batch": "lots", "minutes": 0, "parameters": {"A": {"fixed": "1", "default": "2"}, "B": {"name": "A", "pattern": "["},
            "C": {"choices": ["a;b"], "default": "c"}, "D": {}, "ansible_become": {"into": "E"}}, "check": {"parameter": "D", "value": "1"}}}, "masks": ["[", "x*"]}"#;
        let found = problems("", hosts);
        for wanted in [
            "runs whatever it is given",
            "is empty; say",
            "`x` is not in `roles`",
            "is no batch",
            "1 to 720",
            "is `fixed`",
            "another parameter's",
            "`[` is no regular",
            "nobody could type it",
            "none of the choices",
            "a parameter of its own",
            "mask everywhere",
            "begins with `ansible_`",
        ] {
            assert!(found.iter().any(|problem| problem.contains(wanted)), "{wanted}: {found:#?}");
        }
    }
}
