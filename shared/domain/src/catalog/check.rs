//! What a catalog must hold to before it is applied. Every problem names the field it is in and what would be right.

mod bytes;
mod dj;
mod hosts;
mod monit;
mod protection;

use std::collections::HashMap;

use super::{Catalog, RevisionInput};
use crate::ids::{ChannelId, EnvironmentName, PersonId};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, from the top: `["services", "api", "owners"]`.
    pub path: Vec<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.message)
    }
}

/// Collects problems under a path.
struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, path: &[&str], message: String) {
        self.0.push(Problem { path: path.iter().map(|&part| part.to_owned()).collect(), message });
    }

    fn expect(&mut self, holds: bool, path: &[&str], message: impl FnOnce() -> String) {
        if !holds {
            self.add(path, message());
        }
    }
}

impl Catalog {
    /// Everything that is wrong with it; empty when it may be applied.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Findings(Vec::new());
        found.expect(is_slack_id(self.workspace.team.as_str(), "TE"), &["workspace", "team"], || {
            format!("`{}` is no Slack workspace id; these start with T (Slack: Settings, or `auth.test`)", self.workspace.team)
        });
        self.check_environments(&mut found);
        self.check_services(&mut found);
        self.check_roles(&mut found);
        self.check_people_and_rooms(&mut found);
        self.check_monit(&mut found);
        self.check_hosts(&mut found);
        self.check_bytes(&mut found);
        self.check_dj(&mut found);
        found.0
    }

    fn check_environments(&self, found: &mut Findings) {
        let mut taken = HashMap::new();
        for (name, environment) in &self.environments {
            let path = ["environments", name.as_str()];
            check_names(found, &mut taken, &path, &environment.aliases);
            for room in &environment.rooms {
                found.expect(self.rooms.contains_key(room), &["environments", name.as_str(), "rooms"], || {
                    format!("`{room}` is not in `rooms`; add it there or take it out here")
                });
            }
            self.check_environment_protection(found, name, environment);
        }
    }

    fn check_services(&self, found: &mut Findings) {
        let mut taken = HashMap::new();
        let mut pipelines = HashMap::new();
        for (name, service) in &self.services {
            let at = name.as_str();
            check_names(found, &mut taken, &["services", at], &service.aliases);
            found.expect(!service.environments.is_empty(), &["services", at, "environments"], || {
                "is empty; name at least one environment with its pipeline".to_owned()
            });
            for owner in &service.owners {
                found.expect(self.people.contains_key(owner), &["services", at, "owners"], || format!("`{owner}` is not in `people`"));
            }
            if let Some(repository) = &service.repository {
                found.expect(is_repository(repository), &["services", at, "repository"], || {
                    format!("`{repository}` is no repository; write it as `owner/name` (GitLab: `group/subgroup/name`)")
                });
            }
            if let Some(runbook) = &service.runbook {
                expect_page(found, &["services", at, "runbook"], runbook);
            }
            for (environment, target) in &service.environments {
                let path = ["services", at, "environments", environment.as_str()];
                self.expect_environment(found, &path, environment);
                found.expect(is_pipeline_name(target.pipeline.as_str()), &[path[0], at, path[2], path[3], "pipeline"], || {
                    format!("`{}` is no pipeline name; CodePipeline takes 1 to 100 of A-Z a-z 0-9 . @ - _", target.pipeline)
                });
                if let Some(other) = pipelines.insert(target.pipeline.clone(), format!("{name} in {environment}")) {
                    found.add(
                        &[path[0], at, path[2], path[3], "pipeline"],
                        format!("`{}` already deploys {other}; one pipeline deploys one service in one environment", target.pipeline),
                    );
                }
                self.check_target_protection(found, name, service, environment, target);
                if let Some(RevisionInput::Source { revision_type, .. }) = &target.revision {
                    let known = ["COMMIT_ID", "IMAGE_DIGEST", "S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"];
                    found.expect(known.contains(&revision_type.as_str()), &[path[0], at, path[2], path[3], "revision", "type"], || {
                        format!("`{revision_type}` is no source revision type; these are: {}", known.join(", "))
                    });
                }
            }
        }
    }

    fn check_roles(&self, found: &mut Findings) {
        for (name, role) in &self.roles {
            for grant in &role.grants {
                for environment in &grant.environments {
                    self.expect_environment(found, &["roles", name.as_str(), "grants"], environment);
                }
                for service in &grant.services {
                    found.expect(self.services.contains_key(service), &["roles", name.as_str(), "grants"], || {
                        format!("`{service}` is not in `services`")
                    });
                }
            }
        }
        for role in &self.members.roles {
            found.expect(self.roles.contains_key(role), &["members", "roles"], || format!("`{role}` is not in `roles`"));
        }
    }

    fn check_people_and_rooms(&self, found: &mut Findings) {
        let mut taken = HashMap::new();
        for (id, person) in &self.people {
            // Who has it would be mentioned for what another one did.
            for (field, value) in [("github", &person.github), ("email", &person.email)] {
                let Some(value) = value else { continue };
                if let Some(other) = taken.insert((field, value.to_lowercase()), id) {
                    found.add(&["people", id.as_str(), field], format!("`{value}` is `{other}`'s already; each belongs to one person"));
                }
            }
            found.expect(is_slack_id(id.as_str(), "UW"), &["people", id.as_str()], || {
                "is no Slack user id; these start with U or W (Slack: a profile's menu, \"Copy member ID\")".to_owned()
            });
            for role in &person.roles {
                found.expect(self.roles.contains_key(role), &["people", id.as_str(), "roles"], || format!("`{role}` is not in `roles`"));
            }
        }
        let operators_of_rooms = self.rooms.iter().flat_map(|(id, room)| room.operators.iter().map(move |person| (Some(id), person)));
        for (room, person) in self.operators.iter().map(|person| (None, person)).chain(operators_of_rooms) {
            let path = room.map_or_else(|| vec!["operators"], |room| vec!["rooms", room.as_str(), "operators"]);
            found.expect(is_slack_id(person.as_str(), "UW"), &path, || {
                format!("`{person}` is no Slack user id; these start with U or W (Slack: a profile's menu, \"Copy member ID\")")
            });
        }
        for (id, room) in &self.rooms {
            found.expect(is_slack_id(id.as_str(), "CG"), &["rooms", id.as_str()], || {
                "is no Slack channel id; these start with C or G (Slack: at the end of a channel's details)".to_owned()
            });
            for environment in &room.environments {
                self.expect_environment(found, &["rooms", id.as_str(), "environments"], environment);
            }
        }
    }

    fn expect_room(&self, found: &mut Findings, path: &[&str], room: &ChannelId) {
        found.expect(self.rooms.contains_key(room), path, || format!("`{room}` is not in `rooms`"));
    }

    fn expect_person(&self, found: &mut Findings, path: &[&str], person: &PersonId) {
        found.expect(self.people.contains_key(person), path, || format!("`{person}` is not in `people`"));
    }

    fn expect_environment(&self, found: &mut Findings, path: &[&str], environment: &EnvironmentName) {
        found.expect(self.environments.contains_key(environment), path, || {
            let known: Vec<&str> = self.environments.keys().map(EnvironmentName::as_str).collect();
            format!("`{environment}` is not in `environments`; these are: {}", known.join(", "))
        });
    }
}

fn check_names(found: &mut Findings, taken: &mut HashMap<String, String>, path: &[&str; 2], aliases: &[String]) {
    for name in std::iter::once(path[1]).chain(aliases.iter().map(String::as_str)) {
        found.expect(is_name(name), path, || {
            format!("`{name}` is no name; use lower-case letters, digits and dashes, starting with a letter, 63 at most")
        });
        if let Some(other) = taken.insert(name.to_owned(), path[1].to_owned()) {
            found.add(path, format!("`{name}` already names `{other}`; every name and alias may stand once"));
        }
    }
}

/// Only what a browser opens over an authenticated connection: a runbook tells people what to type.
fn expect_page(found: &mut Findings, path: &[&str], address: &str) {
    let rest = address.strip_prefix("https://");
    let page = rest.is_some_and(|rest| !rest.is_empty() && !address.chars().any(|c| c.is_whitespace() || c.is_control()));
    found.expect(page, path, || format!("`{address}` is no address of a page; it starts with `https://`"));
}

fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_slack_id(text: &str, first: &str) -> bool {
    text.len() > 1 && text.starts_with(|c| first.contains(c)) && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn is_repository(text: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let parts: Vec<&str> = text.split('/').collect();
    (2..=7).contains(&parts.len()) && parts.into_iter().all(part)
}

/// CodePipeline's API model: `PipelineName`.
fn is_pipeline_name(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(changes: &str) -> Vec<String> {
        let catalog: Catalog = serde_json::from_str(&format!(
            r#"{{"workspace": {{"team": "T1"}}, "environments": {{}}, "services": {{}}, "roles": {{}}, "people": {{}}, {changes}}}"#
        ))
        .unwrap();
        catalog.problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn whoever_is_told_is_somebody() {
        assert_eq!(problems(r#""operators": ["U1"], "rooms": {"C1": {"name": "ops", "operators": ["W2"]}}"#), [""; 0]);
        let found = problems(r##""operators": ["dana"], "rooms": {"C1": {"name": "ops", "operators": ["#ops"]}}"##);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("operators: `dana` is no Slack user id"), "{found:?}");
        assert!(found[1].starts_with("rooms.C1.operators: `#ops` is no Slack user id"), "{found:?}");
    }

    #[test]
    fn a_login_belongs_to_one_person() {
        let catalog: Catalog = serde_json::from_str(
            r#"{"workspace": {"team": "T1"}, "environments": {}, "services": {}, "roles": {}, "people": {
                "U1": {"name": "Dana", "github": "dana", "email": "dana@example.com"},
                "U2": {"name": "Robin", "github": "Dana", "email": "robin@example.com"}}}"#,
        )
        .unwrap();
        let found: Vec<String> = catalog.problems().iter().map(ToString::to_string).collect();
        assert_eq!(found, ["people.U2.github: `Dana` is `U1`'s already; each belongs to one person"]);
    }

    #[test]
    fn a_repository_has_an_owner_and_perhaps_subgroups() {
        for good in ["acme/api", "group/sub/api", "a.b/c_d-e"] {
            assert!(is_repository(good), "{good}");
        }
        for bad in ["", "api", "acme/", "/api", "acme//api", "https://github.com/acme/api", "acme/a b", "a/b/c/d/e/f/g/h"] {
            assert!(!is_repository(bad), "{bad}");
        }
    }
}
