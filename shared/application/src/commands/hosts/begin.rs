//! Writes an operation down, with everything that shows and guards it, before anything is sent.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use opsroom_domain::audit::Outcome;
use opsroom_domain::catalog::Resolved;
use opsroom_domain::ids::{EnvironmentName, OperationId, ServiceName};
use opsroom_domain::operation::{Asked, Attachment, Batch, Hold, HostRun, HostTarget, LogState, MOST_HOSTS, Operation, Phase, What, Work};
use opsroom_grammar::On;

use super::{hosts_of, message, record};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, HostInfo, Hosts as _, OperationChange, OperationStore, OwnDocument, PortErrorKind, Store};
use crate::progress::ATTEMPTS;
use crate::request::Reply;

/// How long a unit must stay up to count as back, where the catalog doesn't say.
const SETTLE_SECONDS: u16 = 5;
/// What ends the document on a host (`restart-service.yaml`, `timeoutSeconds`).
const RESTART: SignedDuration = SignedDuration::from_secs(180);
/// The same of `check-host.yaml` and `read-journal.yaml`.
pub(super) const LOOK: SignedDuration = SignedDuration::from_secs(60);
/// What reaching a host takes at most (`SendCommand`, `TimeoutSeconds`), and telling of it.
const PER_HOST: SignedDuration = SignedDuration::from_secs(60 + 60);
/// What anything may take at least before it is given up.
const AT_LEAST: SignedDuration = SignedDuration::from_mins(10);

/// Hosts that were found, and whose they are.
pub(super) struct Found<'a> {
    pub(super) place: Resolved<'a>,
    pub(super) target: HostTarget,
    pub(super) hosts: Vec<HostInfo>,
}

/// What is to be begun.
pub(super) struct Plan {
    pub(super) what: What,
    pub(super) work: Work,
    pub(super) log: Option<LogState>,
    /// How long it may take at most on one host.
    pub(super) on_a_host: SignedDuration,
    /// On how many hosts at once.
    pub(super) at_once: usize,
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn restart_service(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        (service, environment): (&str, &str),
        batch: Batch,
        role: Option<String>,
    ) -> Result<Worked, Failure> {
        let on = On::Service { service: service.to_owned(), environment: environment.to_owned() };
        let found = match self.find_hosts(context, catalog, &on).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        let settle = hosts_of(&found.place).and_then(|hosts| hosts.settle_seconds).unwrap_or(SETTLE_SECONDS);
        let unit = found.place.target.unit(found.place.service_name).to_owned();
        let parameters = [("Unit".to_owned(), vec![unit.clone()]), ("SettleSeconds".to_owned(), vec![settle.to_string()])];
        let plan = Plan {
            what: What::Restart { unit, batch },
            work: Work::Document {
                name: self.hosts.document(OwnDocument::RestartService),
                parameters: parameters.into(),
                concurrency: batch.to_string(),
                errors: "0".to_owned(),
            },
            log: None,
            on_a_host: RESTART,
            at_once: at_once(batch, found.hosts.len()),
        };
        self.begin_operation(context, &found, plan, role).await
    }

    pub(super) async fn check_hosts(&self, context: Context<'_>, catalog: &Catalog, on: &On) -> Result<Worked, Failure> {
        let found = match self.find_hosts(context, catalog, on).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        let unit = found.place.target.unit(found.place.service_name).to_owned();
        let plan = Plan {
            what: What::Check,
            work: Work::Document {
                name: self.hosts.document(OwnDocument::CheckHost),
                parameters: BTreeMap::from([("Unit".to_owned(), vec![unit])]),
                concurrency: "100%".to_owned(),
                errors: "100%".to_owned(),
            },
            log: None,
            on_a_host: LOOK,
            at_once: MOST_HOSTS,
        };
        self.begin_operation(context, &found, plan, None).await
    }

    /// Finds the hosts that are meant, and answers where there are none.
    pub(super) async fn find_hosts<'c>(
        &self,
        context: Context<'_>,
        catalog: &'c Catalog,
        on: &On,
    ) -> Result<Result<Found<'c>, Worked>, Failure> {
        match on {
            On::Service { service, environment } => {
                let Ok(place) = catalog.catalog.target(service, environment) else {
                    return Err(Failure::Bug(format!("{service} in {environment} was found and then wasn't")));
                };
                let Some(hosts) = hosts_of(&place) else {
                    let card = cards::no_hosts_known(place.service_name, place.environment_name);
                    return self.answer_privately(context, card).await.map(Err);
                };
                let target = HostTarget::Tags(hosts.tags.clone());
                let hosts = match self.hosts.describe(&target).await {
                    Ok(hosts) => hosts,
                    Err(error) if error.kind == PortErrorKind::Denied => {
                        tracing::error!(%error, "hosts can't be listed");
                        return self.answer_privately(context, cards::hosts_not_to_be_seen()).await.map(Err);
                    }
                    Err(error) => return Err(error.into()),
                };
                if hosts.is_empty() || hosts.len() > MOST_HOSTS {
                    let card = cards::no_such_hosts(place.service_name, place.environment_name, &target, hosts.len());
                    return self.answer_privately(context, card).await.map(Err);
                }
                Ok(Ok(Found { place, target, hosts }))
            }
            On::Host(host) => self.find_host(context, catalog, host).await,
        }
    }

    /// Finds one host, and by the tags that it has, whose it is.
    pub(super) async fn find_host<'c>(
        &self,
        context: Context<'_>,
        catalog: &'c Catalog,
        host: &str,
    ) -> Result<Result<Found<'c>, Worked>, Failure> {
        let places: Vec<Resolved<'c>> = catalog.catalog.with_hosts().collect();
        let tags: Vec<BTreeMap<String, String>> =
            places.iter().filter_map(|place| hosts_of(place).map(|hosts| hosts.tags.clone())).collect();
        match self.hosts.find_host(host, &tags).await? {
            Some((place, info)) => match places.get(place) {
                Some(place) => Ok(Ok(Found { place: *place, target: HostTarget::Hosts(vec![info.id.clone()]), hosts: vec![info] })),
                None => Err(Failure::Bug("a host was found at a place that isn't there".to_owned())),
            },
            None => self.answer_privately(context, cards::no_such_host(host)).await.map(Err),
        }
    }

    /// Writes the operation down and sends it. Nothing else of the service's hosts may be changed meanwhile.
    pub(super) async fn begin_operation(
        &self,
        context: Context<'_>,
        found: &Found<'_>,
        plan: Plan,
        role: Option<String>,
    ) -> Result<Worked, Failure> {
        let operation = self.planned_operation(context, found, plan);
        let audit = role.map(|role| {
            let outcome = Outcome::Allowed { role, started: operation.id.to_string() };
            let mut entry = record(&operation, context.request, self.now, outcome);
            entry.request = context.line.chars().take(500).collect();
            entry
        });
        for _ in 0..ATTEMPTS {
            let hold = if operation.what.changes_something() {
                match self.hold_for(&operation).await? {
                    Ok(hold) => Some(hold),
                    Err(holder) => {
                        return self
                            .turn_down(context, cards::held(&holder), "busy", (Some(&operation.service), &operation.environment))
                            .await;
                    }
                }
            } else {
                None
            };
            let change = Change {
                claim: Some(context.request.event.clone()),
                habit: context.habit.cloned(),
                operations: OperationChange { operation: Some(Box::new(operation.clone())), hold: hold.map(Box::new) },
                messages: vec![message(&operation)],
                due: vec![operation.next_look(self.now)],
                audit: audit.iter().cloned().collect(),
                ..Change::default()
            };
            let keys = lanes(&change);
            let committed = self.store.commit(change).await?;
            let worked = match committed {
                Commit::Done => Worked::Done,
                // It was worked on before and may have been left in the middle.
                Commit::AlreadyDone => Worked::Before,
                Commit::Stale if self.store.operation(&operation.id).await?.is_some() => Worked::Before,
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => continue,
            };
            self.nudge(&context.request.correlation, &keys).await;
            self.go_on_with(context.request, &operation.id, worked == Worked::Done).await?;
            return Ok(worked);
        }
        Err(Failure::Contended(format!("operation {}", operation.id)))
    }

    fn planned_operation(&self, context: Context<'_>, found: &Found<'_>, plan: Plan) -> Operation {
        let rounds = found.hosts.len().div_ceil(plan.at_once.max(1));
        let per_round = plan.on_a_host + PER_HOST;
        let needed = per_round.checked_mul(i32::try_from(rounds.max(1)).unwrap_or(i32::MAX)).unwrap_or(SignedDuration::MAX);
        Operation {
            id: OperationId::derived_from(&context.request.event),
            what: plan.what,
            service: found.place.service_name.clone(),
            environment: found.place.environment_name.clone(),
            target: found.target.clone(),
            work: plan.work,
            asked: Asked {
                by: context.asker.person.clone(),
                at: self.now,
                channel: context.asker.channel.clone(),
                thread: context.reply.thread().map(str::to_owned),
                answer_to: match context.reply {
                    Reply::ResponseUrl { url, .. } => Some(url.clone()),
                    Reply::Mention { .. } | Reply::Private { .. } => None,
                },
            },
            phase: Phase::Sending,
            hosts: found.hosts.iter().map(|host| HostRun::waiting(host.id.clone(), &host.name)).collect(),
            log: plan.log,
            round: 0,
            attempted_at: self.now,
            command: None,
            cancelled_by: None,
            attachment: Attachment::None,
            looking_until: None,
            deadline: self.now.saturating_add(needed.max(AT_LEAST)).unwrap_or(self.now),
            given_up_at: None,
            ended_at: None,
            calls: Vec::new(),
            version: 0,
        }
    }

    /// The hold as it will be, or who has it.
    async fn hold_for(&self, operation: &Operation) -> Result<Result<Hold, Hold>, Failure> {
        let (service, environment): (&ServiceName, &EnvironmentName) = (&operation.service, &operation.environment);
        let wanted = |version| Hold {
            service: service.clone(),
            environment: environment.clone(),
            operation: Some(operation.id.clone()),
            by: operation.asked.by.clone(),
            since: self.now,
            version,
        };
        Ok(match self.store.hold(service, environment).await? {
            None => Ok(wanted(0)),
            Some(hold) if hold.operation.as_ref().is_none_or(|id| *id == operation.id) => Ok(wanted(hold.version)),
            Some(hold) => Err(hold),
        })
    }
}

/// How many hosts a batch is, as SSM rounds a share: down, but never to nothing.
pub(super) fn at_once(batch: Batch, hosts: usize) -> usize {
    match batch {
        Batch::Hosts(batch) => usize::from(batch),
        Batch::Percent(share) => (hosts * usize::from(share) / 100).max(1),
    }
}
