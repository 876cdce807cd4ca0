//! Looks how an operation stands: because Systems Manager has told that something moved, or because the clock says that it is time.

use jiff::SignedDuration;
use opsroom_domain::ids::{CommandId, OperationId};
use opsroom_domain::operation::{Event, HostReport, HostTarget, Operation, Sight, What, Work};

use super::SOON;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Change, Commit, Hosts, OperationStore, OwnDocument, PortErrorKind, Store};
use crate::request::Request;

/// However many hosts tell something at the same moment, they are looked at together, and once in this time.
const TOGETHER: SignedDuration = SignedDuration::from_secs(1);

/// A new command can't be found at once: Systems Manager is eventually consistent.
const UNSEEN: SignedDuration = SignedDuration::from_secs(60);

/// A log that is followed is read each few seconds by looks that follow upon one another. If none came for so long, they have broken off.
const BROKEN_OFF: SignedDuration = SignedDuration::from_secs(20);

/// How long a host waits for a first new line of a journal that is followed.
const WAIT_SECONDS: u32 = 5;
/// How far several hosts' journals are read back in a round: their clocks differ from ours, and a quiet one may have been quiet for long.
const LEAST_SECONDS: i64 = 30;
const MOST_SECONDS: i64 = 600;

/// How many hosts' whole output is read in one look.
const READ_AT_ONCE: usize = 20;

impl<W: Ports> Commander<'_, W> {
    /// Systems Manager has told that a command moved.
    pub(in crate::commands) async fn command_moved(
        &self,
        request: &Request,
        command: &CommandId,
        document: &str,
    ) -> Result<Worked, Failure> {
        if self.hosts.document(OwnDocument::Dj) == document {
            return Box::pin(self.player_moved(request, command)).await;
        }
        let (id, round) = match self.store.operation_of(command).await? {
            Some(id) => (id, None),
            None => match self.named_by(command, document).await? {
                Some((id, round)) => (id, Some(round)),
                None => return Ok(Worked::Before),
            },
        };
        let Some(operation) = self.store.operation(&id).await? else { return Ok(Worked::Before) };
        if operation.phase.is_final() || operation.command.as_ref().is_some_and(|current| current != command) {
            return Ok(Worked::Before);
        }
        // A late word of a round before is none of this one: a command that is known is that of the round in which it was sent.
        if operation.command.is_none() && round != Some(operation.round) {
            return Ok(Worked::Before);
        }
        if operation.command.is_none() {
            // It was told before whoever has sent it could write that down.
            self.was_sent(request, &operation, command.clone()).await?;
        }
        if operation.looking_until.is_some_and(|until| until > self.now) {
            return Ok(Worked::Before);
        }
        let until = self.now.saturating_add(TOGETHER).unwrap_or(self.now);
        let Some(moved) = self.move_operation(request, &id, None, &[], |_| vec![Event::LookPlanned(until)]).await? else {
            return Ok(Worked::Before);
        };
        self.look_later(request, &id, false, TOGETHER).await;
        self.take_in_sight(request, &moved.now, command).await?;
        Ok(Worked::Done)
    }

    /// The operation that a command's comment speaks of, and its round, if its document is one that Opsroom runs.
    async fn named_by(&self, command: &CommandId, document: &str) -> Result<Option<(OperationId, u32)>, Failure> {
        let own = [OwnDocument::RestartService, OwnDocument::CheckHost, OwnDocument::ReadJournal, OwnDocument::FollowJournal];
        let is_own = own.into_iter().any(|which| self.hosts.document(which) == document);
        let is_runbook = || async {
            let catalog = self.catalog.catalog().await?;
            Ok::<bool, Failure>(
                catalog.is_some_and(|catalog| catalog.catalog.hosts.runbooks.values().any(|one| one.document() == document)),
            )
        };
        if !is_own && !is_runbook().await? {
            return Ok(None);
        }
        let comment = self.hosts.comment(command).await?;
        Ok(comment.as_deref().and_then(Operation::named_in))
    }

    /// A look that was planned. `tick` says that it is one of those by which a log is followed.
    pub(in crate::commands) async fn look_at_operation(&self, request: &Request, id: &OperationId, tick: bool) -> Result<Worked, Failure> {
        let Some(operation) = self.store.operation(id).await? else { return Ok(Worked::Before) };
        if operation.is_settled() {
            return Ok(Worked::Before);
        }
        if operation.follows() && !operation.phase.is_final() {
            let is_group = matches!(operation.work, Work::LogGroup { .. });
            let last = operation.log.as_ref().filter(|_| is_group).map_or(operation.attempted_at, |log| log.read_until);
            let waits_for_its_tick = is_group || operation.is_over_on_hosts();
            if waits_for_its_tick && !tick && self.now.duration_since(last) < BROKEN_OFF {
                return Ok(Worked::Before);
            }
            if operation.is_over_on_hosts() {
                return self.next_round(request, &operation).await;
            }
        }
        self.go_on_with(request, id, false).await?;
        Ok(Worked::Done)
    }

    /// The clock's look: plans the next one before this one, so that whatever goes wrong here is not the end of looking.
    pub(in crate::commands) async fn look_because_due(&self, request: &Request, id: &OperationId) -> Result<Worked, Failure> {
        let Some(operation) = self.store.operation(id).await? else { return Ok(Worked::Before) };
        // The first of these looks comes half a minute after it was asked for, whether it has ended by then or not.
        self.tell_if_unseen(request, &operation).await?;
        if operation.is_settled() {
            return Ok(Worked::Before);
        }
        let plan = Change { claim: Some(request.event.clone()), due: vec![operation.next_look(self.now)], ..Change::default() };
        let worked = match self.store.commit(plan).await? {
            Commit::AlreadyDone => Worked::Before,
            _ => Worked::Done,
        };
        let looked = self.look_at_operation(request, id, false).await;
        let is_unknown = matches!(&looked, Err(error) if error.is_retryable());
        if self.now > operation.deadline && !operation.phase.is_final() {
            self.give_up_operation(request, &operation, is_unknown).await?;
        }
        match looked {
            // Asking a service five times as often that is down or throttles helps nobody.
            Err(error) if error.is_retryable() => {
                tracing::warn!(%error, operation = %id, "left to the next look");
                Ok(worked)
            }
            looked => looked.map(|_| worked),
        }
    }

    /// Gives up what takes too long. Of what changes something nobody says that it is over because Systems Manager doesn't answer.
    async fn give_up_operation(&self, request: &Request, operation: &Operation, is_unknown: bool) -> Result<(), Failure> {
        if is_unknown && operation.what.changes_something() {
            return Ok(());
        }
        let given_up = self.move_operation(request, &operation.id, None, &[], |_| vec![Event::GivenUp]).await?;
        let Some(moved) = given_up.filter(|moved| moved.now.given_up_at.is_some()) else { return Ok(()) };
        match self.stop_command(request, &moved.now).await {
            // The next look asks again.
            Err(error) => {
                tracing::warn!(%error, operation = %operation.id, "it can't be stopped");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Asks Systems Manager how a command stands, and lets the operation follow.
    pub(super) async fn take_in_sight(&self, request: &Request, operation: &Operation, command: &CommandId) -> Result<(), Failure> {
        let seen = match (&operation.work, &operation.target) {
            (Work::Automation, HostTarget::Hosts(hosts)) => match hosts.first() {
                Some(host) => self.hosts.reboot_sight(command, host).await,
                None => return Err(Failure::Bug(format!("{} reboots no host", operation.id))),
            },
            _ => self.hosts.sight(command).await,
        };
        let mut sight = match seen {
            Ok(sight) => sight,
            Err(error) if error.kind == PortErrorKind::NotFound => {
                if self.now.duration_since(operation.attempted_at) > UNSEEN {
                    self.move_operation(request, &operation.id, None, &[], |_| vec![Event::Vanished]).await?;
                }
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if sight.hosts.iter().any(|host| host.note.is_some()) {
            let masks = self.log_masks().await?;
            for host in &mut sight.hosts {
                // What a unit said before it failed is a line of its log, wherever it is shown.
                host.note = host.note.take().map(|note| masks.apply(note));
            }
        }
        if matches!(operation.what, What::Run { .. }) {
            self.read_reports(operation, command, &mut sight).await?;
        }
        let read = match &operation.what {
            What::Logs(wish) if sight.over && !operation.is_over_on_hosts() => {
                Some(self.read_journals(operation, command, &sight, wish).await?)
            }
            _ => None,
        };
        let is_last = operation.follows_until().is_none_or(|until| self.now >= until);
        let events = |now: &Operation| {
            // Somebody may have taken it a round further.
            if now.command.as_ref() != Some(command) && !now.phase.is_final() {
                return Vec::new();
            }
            let mut events = vec![Event::Seen(&sight)];
            if let Some(read) = read.as_ref().filter(|_| !now.is_over_on_hosts()) {
                events.push(Event::Read(read.clone()));
                if is_last {
                    events.push(Event::ReadAll);
                }
            }
            events
        };
        let Some(moved) = self.move_operation(request, &operation.id, None, &[], events).await? else { return Ok(()) };
        if moved.has_ended() {
            return self.just_ended(request, &moved.now).await;
        }
        // Whoever saw the round end lets the next one begin.
        if moved.now.follows() && moved.now.is_over_on_hosts() && !moved.before.is_over_on_hosts() {
            self.look_later(request, &operation.id, true, SOON).await;
        }
        Ok(())
    }

    /// What a runbook's tool says stands at the end of its output, which a list of invocations doesn't show.
    async fn read_reports(&self, operation: &Operation, command: &CommandId, sight: &mut Sight) -> Result<(), Failure> {
        let is_known = |id| operation.hosts.iter().any(|host| &host.id == id && host.status.is_final() && host.report.is_some());
        let unread: Vec<_> = sight
            .hosts
            .iter()
            .filter(|seen| seen.status.is_final() && seen.report.is_none() && !is_known(&seen.id))
            .map(|seen| seen.id.clone())
            .take(READ_AT_ONCE)
            .collect();
        if unread.is_empty() {
            return Ok(());
        }
        for (host, printed) in self.hosts.printed(command, &unread).await? {
            if let Some(seen) = sight.hosts.iter_mut().find(|seen| seen.id == host) {
                seen.report = HostReport::read(&printed.output);
            }
        }
        Ok(())
    }

    /// Lets a log that is followed on hosts be read once more.
    async fn next_round(&self, request: &Request, operation: &Operation) -> Result<Worked, Failure> {
        let round = operation.round;
        if operation.follows_until().is_some_and(|until| self.now >= until) {
            let Some(moved) = self.move_operation(request, &operation.id, None, &[], |_| vec![Event::ReadAll]).await? else {
                return Ok(Worked::Before);
            };
            self.just_ended(request, &moved.now).await?;
            return Ok(Worked::Done);
        }
        let next = |now: &Operation| {
            if now.round == round && now.is_over_on_hosts() { vec![Event::NextRound(self.since_last(now))] } else { Vec::new() }
        };
        let Some(moved) = self.move_operation(request, &operation.id, None, &[], next).await? else { return Ok(Worked::Before) };
        if moved.before.round == moved.now.round {
            return Ok(Worked::Before);
        }
        self.send_operation(request, &moved.now, true).await?;
        Ok(Worked::Done)
    }

    /// A document that is asked for what is new only. One host's journal is read on where it ended; of several, each has
    /// its own place, and a command has the same parameters for all: they are asked for the last seconds, and what is known is passed over.
    fn since_last(&self, operation: &Operation) -> Work {
        let mut work = operation.work.clone();
        let cursor = operation.log.as_ref().and_then(|log| log.cursor.clone()).filter(|_| operation.hosts.len() == 1);
        let last = operation.log.as_ref().and_then(|log| log.last.values().min().copied()).unwrap_or(operation.asked.at);
        if let Work::Document { name, parameters, .. } = &mut work {
            if let Some(cursor) = cursor {
                *name = self.hosts.document(OwnDocument::FollowJournal);
                parameters.remove("Since");
                parameters.insert("Cursor".to_owned(), vec![cursor]);
                parameters.insert("WaitSeconds".to_owned(), vec![WAIT_SECONDS.to_string()]);
            } else {
                let seconds = self.now.duration_since(last).as_secs().clamp(LEAST_SECONDS, MOST_SECONDS);
                parameters.insert("Since".to_owned(), vec![format!("{seconds}s")]);
            }
        }
        work
    }
}
