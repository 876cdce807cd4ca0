//! What a typed line comes to: an answer, a refusal, or something to run. Pure, so that the door and the worker judge alike.

use opsroom_domain::card::Card;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{EnvironmentName, PipelineName, ServiceName};
use opsroom_domain::lock::{LockKind, LockScope};
use opsroom_domain::rights::{Allowed, Asker, Denied, Permission, Standing, Wish};
use opsroom_grammar::{Build, Command, Mon, Quiet, Release, Right, Unfinished};

use crate::cards;
use crate::pick::in_need_of_more;

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It can be answered from the catalog alone.
    Answer(Card),
    /// It isn't understood; what would be right is for the person alone.
    Mistaken(Card),
    /// Something is missing in it that can be picked.
    Unfinished(Box<Unfinished>),
    /// A rule forbids it; to be recorded.
    Refused {
        /// The rule.
        denied: Denied,
        /// What the person is told.
        card: Card,
    },
    /// It is understood and allowed.
    Run {
        /// What.
        command: Command,
        /// The rule that allows it, if the command writes; `cancel` is judged once its deployment is known, and what is done about an
        /// incident once that is known.
        allowed: Option<Allowed>,
    },
}

impl Verdict {
    /// Whether what is to be run changes something.
    pub fn changes_something(&self) -> bool {
        match self {
            Self::Run { command, .. } => !command.reads_only(),
            _ => false,
        }
    }

    /// Whether everybody should see who asked for it. What somebody keeps for themselves is nobody's business.
    pub fn is_for_all_to_see(&self) -> bool {
        let is_own = matches!(self, Self::Run { command: command @ Command::Bytes(_), .. } if command.spec().right == Right::Own);
        self.changes_something() && !is_own
    }
}

/// Judges a line.
pub fn judge(catalog: &Catalog, asker: &Asker, standing: Standing, line: &str) -> Verdict {
    let command = match opsroom_grammar::parse(line).and_then(|command| command.resolve(catalog, line)) {
        Ok(command) => command,
        // Somebody with no rights learns nothing of the catalog's names from their typos.
        Err(mistake) => {
            return match catalog.decide(asker, standing, Wish::Read) {
                Ok(_) => match in_need_of_more(catalog, line) {
                    Some(found) => Verdict::Unfinished(Box::new(found)),
                    None => Verdict::Mistaken(cards::mistake(&mistake)),
                },
                Err(denied) => refused(denied),
            };
        }
    };
    let answer = |card| Verdict::Answer(cards::explained(card, line));
    match &command {
        Command::Help { about } => answer(cards::help(catalog, asker, standing, about.as_deref())),
        // Who may see nothing is told what there would be.
        Command::Offers if catalog.decide(asker, standing, Wish::Read).is_err() => {
            Verdict::Answer(cards::help(catalog, asker, standing, None))
        }
        Command::WhoAmI => answer(cards::whoami(catalog, asker, standing)),
        Command::Can { line, command } => answer(cards::can(line, command, &permitted(catalog, asker, standing, command))),
        _ => match permitted(catalog, asker, standing, &command) {
            // A runbook may need more than the line's own words tell.
            Ok(allowed) => match in_need_of_more(catalog, line).filter(Unfinished::lacks_only_parameters) {
                Some(found) => Verdict::Unfinished(Box::new(found)),
                None => Verdict::Run { command, allowed },
            },
            Err(denied) => refused(denied),
        },
    }
}

fn refused(denied: Denied) -> Verdict {
    Verdict::Refused { card: cards::refused(&denied), denied }
}

/// Whether somebody may run a command, and by which role. A dry run takes the same right as the real one.
fn permitted(catalog: &Catalog, asker: &Asker, standing: Standing, command: &Command) -> Result<Option<Allowed>, Denied> {
    match (command.spec().right, command) {
        (Right::Anyone, _) => Ok(None),
        // To ask when a digest comes or how loud it is takes less than to change it.
        (Right::Subscribe | Right::Dj, command) if command.reads_only() => catalog.decide(asker, standing, Wish::Read).map(|_| None),
        (Right::Write(permission), Command::Deploy(deploy)) => {
            let environment = EnvironmentName::new(&deploy.environment);
            let may = |service: &str| may_change(catalog, asker, standing, permission, &ServiceName::new(service), &environment);
            let allowed = may(&deploy.service)?;
            // Of several, whoever may not deploy the last one begins with none.
            deploy.then.iter().try_for_each(|further| may(&further.service).map(|_| ()))?;
            Ok(Some(allowed))
        }
        (Right::Write(permission), Command::Release(release)) => may_release(catalog, asker, standing, permission, release),
        (Right::Subscribe, _) => catalog.decide(asker, standing, Wish::Subscribe).map(Some),
        (Right::Dj, _) => catalog.decide(asker, standing, Wish::Dj).map(Some),
        (Right::Respond, command) => may_respond(catalog, asker, standing, command),
        (Right::Write(permission), Command::Build(Build::Retry { pipeline, .. } | Build::Decide { pipeline, .. })) => {
            may_act_on(catalog, asker, standing, permission, &PipelineName::new(pipeline)).map(Some)
        }
        // Whose a host is, is known only once Systems Manager was asked; then it is judged.
        (Right::Write(permission), Command::Hosts(hosts)) => match hosts.place() {
            Some((service, environment)) => {
                may_change(catalog, asker, standing, permission, &ServiceName::new(service), &EnvironmentName::new(environment)).map(Some)
            }
            None => catalog.decide(asker, standing, Wish::Read).map(|_| None),
        },
        (Right::Read | Right::Own | Right::TakePart | Right::Write(_), _) => catalog.decide(asker, standing, Wish::Read).map(|_| None),
    }
}

/// What is decided on a deployment is judged once that is known, and the end of a lock once it is known whose it is.
fn may_release(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    release: &Release,
) -> Result<Option<Allowed>, Denied> {
    match release {
        Release::Rollback { service, environment, .. } | Release::Promote { service, to: environment, .. } => {
            let (service, environment) = (ServiceName::new(service), EnvironmentName::new(environment));
            may_change(catalog, asker, standing, permission, &service, &environment).map(Some)
        }
        Release::Lock { place, .. } => {
            let service = place.service.as_ref().map(ServiceName::new);
            let scope = LockScope { kind: LockKind::Lock, environment: EnvironmentName::new(&place.environment), service };
            may_everywhere(catalog, asker, standing, permission, &scope).map(Some)
        }
        Release::Freeze { environment, .. } => {
            let scope = LockScope { kind: LockKind::Freeze, environment: EnvironmentName::new(environment), service: None };
            may_everywhere(catalog, asker, standing, permission, &scope).map(Some)
        }
        Release::Approve { .. }
        | Release::Reject { .. }
        | Release::Override { .. }
        | Release::Unlock { .. }
        | Release::Unfreeze { .. }
        | Release::Locks => catalog.decide(asker, standing, Wish::Read).map(|_| None),
    }
}

/// Whether somebody may hold up all that a lock is on: the service, or every service of the environment.
pub fn may_everywhere(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    scope: &LockScope,
) -> Result<Allowed, Denied> {
    let verdicts: Result<Vec<Allowed>, Denied> = verdicts(catalog, asker, standing, permission, scope).into_iter().collect();
    // What nothing runs in is of no service.
    verdicts?.into_iter().next().ok_or(Denied::NoRole)
}

/// Whether somebody may change something of what a lock is on: the service, or any service of the environment.
pub fn may_somewhere(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    scope: &LockScope,
) -> Result<Allowed, Denied> {
    let mut verdicts = verdicts(catalog, asker, standing, permission, scope);
    match verdicts.iter().position(Result::is_ok) {
        Some(at) => verdicts.swap_remove(at),
        // What nothing runs in is of no service.
        None => verdicts.into_iter().next().unwrap_or(Err(Denied::NoRole)),
    }
}

fn verdicts(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    scope: &LockScope,
) -> Vec<Result<Allowed, Denied>> {
    let may = |service: &ServiceName| may_change(catalog, asker, standing, permission, service, &scope.environment);
    if let Some(service) = &scope.service {
        return vec![may(service)];
    }
    let there = catalog.services.iter().filter(|(_, service)| service.environments.contains_key(&scope.environment));
    there.map(|(name, _)| may(name)).collect()
}

/// Whether somebody may run a command that takes the permission to respond. Which service and environment an incident is about is known
/// only once it is read, so what is done about one is judged again then; here it takes the permission for any of them.
fn may_respond(catalog: &Catalog, asker: &Asker, standing: Standing, command: &Command) -> Result<Option<Allowed>, Denied> {
    let everywhere = Wish::Respond { service: None, environment: None };
    match command {
        Command::Mon(Mon::Silence { what: Quiet::Alarms(matches), .. }) => {
            let wish = Wish::Respond { service: matches.service.as_ref(), environment: matches.environment.as_ref() };
            catalog.decide(asker, standing, wish).map(Some)
        }
        Command::Mon(Mon::Override { .. }) => catalog.decide(asker, standing, everywhere).map(Some),
        _ if responds_somewhere(catalog, asker, standing) => Ok(None),
        _ => catalog.decide(asker, standing, everywhere).map(|_| None),
    }
}

/// Whether somebody may respond to the incidents of any service in any environment.
pub fn responds_somewhere(catalog: &Catalog, asker: &Asker, standing: Standing) -> bool {
    let may = |service, environment| catalog.decide(asker, standing, Wish::Respond { service, environment }).is_ok();
    let services = || std::iter::once(None).chain(catalog.services.keys().map(Some));
    let environments = || std::iter::once(None).chain(catalog.environments.keys().map(Some));
    services().any(|service| environments().any(|environment| may(service, environment)))
}

/// Whether somebody may act on a pipeline: as on the service and environment whose it is, where the catalog says so.
pub fn may_act_on(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    pipeline: &PipelineName,
) -> Result<Allowed, Denied> {
    let wish = match catalog.target_of_pipeline(pipeline) {
        Some(found) => Wish::Change { permission, service: found.service_name, environment: found.environment_name },
        None => Wish::Pipeline { permission, pipeline },
    };
    catalog.decide(asker, standing, wish)
}

/// Whether somebody may change a service in an environment.
pub fn may_change(
    catalog: &Catalog,
    asker: &Asker,
    standing: Standing,
    permission: Permission,
    service: &ServiceName,
    environment: &EnvironmentName,
) -> Result<Allowed, Denied> {
    catalog.decide(asker, standing, Wish::Change { permission, service, environment })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        serde_json::from_str(
            r#"{"workspace": {"team": "T1"}, "environments": {"staging": {}, "production": {}},
                "services": {"api": {"environments": {"staging": {"pipeline": "api-staging"}, "production": {"pipeline": "api-production"}}}},
                "roles": {"sre": {"grants": [{"allow": ["read", "respond"]}]}, "reader": {"grants": [{"allow": ["read"]}]},
                          "tester": {"grants": [{"allow": ["respond"], "environments": ["staging"]}]},
                          "dj": {"grants": [{"allow": ["dj"]}]}, "editor": {"grants": [{"allow": ["subscribe"]}]}},
                "people": {"USRE": {"name": "Sre", "roles": ["sre"]}, "UREADER": {"name": "Reader", "roles": ["reader"]},
                           "UTESTER": {"name": "Tester", "roles": ["tester"]},
                           "UDJ": {"name": "Dj", "roles": ["dj"]}, "UEDITOR": {"name": "Editor", "roles": ["editor"]}},
                "rooms": {}}"#,
        )
        .unwrap()
    }

    /// `yes` by a role, `later` where it is judged once the incident is known, or the rule that denies.
    fn judged(person: &str, line: &str) -> String {
        let asker = Asker { person: person.into(), team: "T1".into(), channel: "CANY".into() };
        match judge(&catalog(), &asker, Standing::Member, line) {
            Verdict::Run { allowed: Some(allowed), .. } => allowed.role.to_string(),
            Verdict::Run { allowed: None, .. } => "later".to_owned(),
            Verdict::Refused { denied, .. } => denied.to_string(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn responding_takes_the_permission_and_what_is_known_is_judged_at_once() {
        let cases = [
            ("USRE", "mon ack i-1", "later"),
            ("UTESTER", "mon ack i-1", "later"),
            ("UREADER", "mon open", "later"),
            ("USRE", "mon silence name:api-* for 2h", "sre"),
            ("UTESTER", "mon silence env=staging for 2h", "tester"),
            ("USRE", "mon override me until 4h", "sre"),
        ];
        for (person, line, expected) in cases {
            assert_eq!(judged(person, line), expected, "{person}: {line}");
        }
        for (person, line) in [
            ("UREADER", "mon ack i-1"),
            ("UREADER", "mon silence env=staging for 2h"),
            ("UTESTER", "mon silence env=production for 2h"),
            ("UTESTER", "mon silence name:* for 2h"),
            ("UTESTER", "mon override me until 4h"),
        ] {
            let denied = judged(person, line);
            assert!(denied.contains("allows to respond"), "{person}: {line}: {denied}");
        }
        assert!(judged("USRE", "mon route add name:* to:here").contains("allows to subscribe"));
    }

    #[test]
    fn what_holds_up_a_whole_environment_takes_a_right_on_all_of_it() {
        let catalog: Catalog = serde_json::from_str(
            r#"{"workspace": {"team": "T1"}, "environments": {"staging": {}, "production": {}},
                "services": {"api": {"environments": {"staging": {"pipeline": "api-staging"}, "production": {"pipeline": "api-production"}}},
                             "web": {"environments": {"production": {"pipeline": "web-production"}}}},
                "roles": {"all": {"grants": [{"allow": ["deploy", "override"]}]},
                          "api": {"grants": [{"allow": ["deploy", "override"], "services": ["api"]}]},
                          "web": {"grants": [{"allow": ["deploy"], "services": ["web"]}]}},
                "people": {"UALL": {"name": "All", "roles": ["all"]}, "UAPI": {"name": "Api", "roles": ["api"]},
                           "UBOTH": {"name": "Both", "roles": ["api", "web"]}},
                "rooms": {"CANY": {"name": "any", "allow": ["deploy", "override"]}}}"#,
        )
        .unwrap();
        let may = |person: &str, line: &str| {
            let asker = Asker { person: person.into(), team: "T1".into(), channel: "CANY".into() };
            matches!(judge(&catalog, &asker, Standing::Member, line), Verdict::Run { .. })
        };
        for (line, all, api, both) in [
            ("lock production", true, false, true),
            ("lock production --steal --reason now", true, false, true),
            ("lock production on api", true, true, true),
            ("lock staging", true, true, true),
            ("freeze production --for 2h --reason fair", true, false, false),
            ("freeze staging --for 2h --reason fair", true, true, true),
        ] {
            assert_eq!((may("UALL", line), may("UAPI", line), may("UBOTH", line)), (all, api, both), "{line}");
        }
    }

    #[test]
    fn taking_part_takes_a_role_and_running_a_room_its_permission() {
        let anybody = [
            "bytes catchup",
            "bytes top 10 7d #rust",
            "bytes search tokio",
            "bytes mine",
            "bytes save https://a.example",
            "bytes hide https://a.example",
            "bytes digest",
            "bytes digest me",
            "bytes digest me daily 9:00",
            "dj play hello",
            "dj queue",
            "dj np",
            "dj up 2",
            "dj skip",
            "dj remove 1",
            "dj volume",
            "dj history",
            "dj top",
        ];
        for line in anybody {
            assert_eq!(judged("UREADER", line), "later", "{line}");
            assert!(judged("UNOBODY", line).contains("no role"), "{line}");
        }
        for line in ["bytes on", "bytes off", "bytes digest daily 9:00", "bytes digest off"] {
            assert_eq!(judged("UEDITOR", line), "editor", "{line}");
            assert!(judged("UDJ", line).contains("allows to subscribe"), "{line}");
        }
        for line in ["dj volume 40", "dj volume -10", "dj stop", "dj resume", "dj ban np", "dj unban hello"] {
            assert_eq!(judged("UDJ", line), "dj", "{line}");
            assert_eq!(judged("UREADER", line), "none of your roles (reader) allows to dj the music", "{line}");
        }
    }

    #[test]
    fn what_somebody_keeps_for_themselves_is_not_shown_to_all() {
        let asker = Asker { person: "USRE".into(), team: "T1".into(), channel: "CANY".into() };
        let shown = |line: &str| {
            let verdict = judge(&catalog(), &asker, Standing::Member, line);
            (verdict.changes_something(), verdict.is_for_all_to_see())
        };
        for (line, expected) in [
            ("bytes save https://a.example", (true, false)),
            ("bytes digest me daily 9:00", (true, false)),
            ("bytes digest me", (false, false)),
            ("bytes hide https://a.example", (true, true)),
            ("dj play hello", (true, true)),
            ("dj queue", (false, false)),
            ("gh link octocat", (true, true)),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn terms_name_what_the_catalog_knows() {
        let asker = Asker { person: "USRE".into(), team: "T1".into(), channel: "CANY".into() };
        let verdict = judge(&catalog(), &asker, Standing::Member, "mon silence service=apii env=staging for 2h");
        let Verdict::Mistaken(card) = verdict else { panic!("{verdict:?}") };
        assert!(format!("{card:?}").contains("mon silence service=api env=staging for 2h"), "{card:?}");
    }
}
