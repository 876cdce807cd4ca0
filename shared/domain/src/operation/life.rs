//! An operation's life: a pure function from (state, event) to (state, effects).
//!
//! `sending -> running -> succeeded | failed | cancelled`, by way of `cancelling` where somebody asks for it. An end is final.

use jiff::Timestamp;

use super::host::{self, Sight};
use super::log::Addition;
use super::{Attachment, HostStatus, Operation, Phase, What, Work};
use crate::api_call::ApiCall;
use crate::ids::{CommandId, PersonId};

/// A list of hosts that is longer is put into a file, too.
pub const HOSTS_SHOWN: usize = 30;

/// What can happen to an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// It is about to be tried to be sent.
    Attempted,
    /// Systems Manager took it.
    Sent {
        /// Under this id.
        command: CommandId,
        /// By this call.
        call: ApiCall,
    },
    /// Systems Manager refused it for good.
    NotSent {
        /// In these words.
        why: String,
        /// To this call.
        call: ApiCall,
    },
    /// This is how it stands.
    Seen(&'a Sight),
    /// This was read of a log.
    Read(Addition),
    /// What was read of a log is all there is to be.
    ReadAll,
    /// A look is planned for then: whoever hears something before leaves it to that.
    LookPlanned(Timestamp),
    /// A log that is followed is to be read once more, by this: however often it is tried, it asks for the same.
    NextRound(Work),
    /// Somebody asked to stop it.
    CancelRequested {
        /// Who.
        by: PersonId,
    },
    /// Systems Manager was asked to stop it.
    CancelSent {
        /// By this call.
        call: ApiCall,
    },
    /// Systems Manager doesn't know it (any more).
    Vanished,
    /// It has taken too long. What changes something on hosts is asked to stop, and over once that is seen.
    GivenUp,
    /// Slack has the long form of what came of it, under this id.
    Uploaded(String),
    /// The long form is in the thread.
    Shared,
    /// Slack doesn't take the long form.
    NotShared,
}

/// What has to be done because of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Ask Systems Manager to stop it.
    StopCommand,
    /// It has ended: let others in, say so, record it.
    Ended,
}

impl Operation {
    /// Decides what an event makes of it, and what has to be done then.
    pub fn on(mut self, event: Event<'_>, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut effects = Vec::new();
        match event {
            Event::LookPlanned(until) => self.looking_until = Some(until),
            Event::Attempted if !self.phase.is_final() && self.command.is_none() => self.attempted_at = now,
            Event::Sent { command, call } if !self.phase.is_final() && self.command.is_none() => {
                self.remember(call);
                self.command = Some(command);
                self.phase = if self.cancelled_by.is_some() { Phase::Cancelling } else { Phase::Running };
                if self.cancelled_by.is_some() {
                    effects.push(Effect::StopCommand);
                }
            }
            Event::NotSent { why, call } if !self.phase.is_final() && self.command.is_none() => {
                self.remember(call);
                self.end(Phase::Failed { why: Some(why) }, now, &mut effects);
            }
            Event::Seen(sight) => {
                self.seen(sight, now, &mut effects);
            }
            Event::Read(addition) => {
                if let Some(log) = &mut self.log {
                    log.add(addition);
                }
            }
            Event::ReadAll if !self.phase.is_final() && self.log.is_some() => {
                let phase = self.read_all();
                self.end(phase, now, &mut effects);
            }
            Event::NextRound(work) if !self.phase.is_final() && self.cancelled_by.is_none() && self.follows() => {
                self.round += 1;
                self.work = work;
                self.command = None;
                self.attempted_at = now;
                self.phase = Phase::Running;
                for host in &mut self.hosts {
                    *host = host::HostRun::waiting(host.id.clone(), &host.name);
                }
            }
            Event::CancelRequested { by } if !self.phase.is_final() && self.cancelled_by.is_none() => {
                self.cancelled_by = Some(by);
                match (&self.work, &self.command) {
                    // Nothing of it is anywhere but here.
                    (Work::LogGroup { .. }, _) => self.end(Phase::Cancelled, now, &mut effects),
                    (_, Some(_)) => {
                        self.phase = Phase::Cancelling;
                        effects.push(Effect::StopCommand);
                    }
                    // While it is being sent there is nothing to stop yet; `Sent` sees the wish and stops it then. A round that has not
                    // begun needs none.
                    (_, None) if self.round > 0 => self.end(Phase::Cancelled, now, &mut effects),
                    (_, None) => {}
                }
            }
            Event::CancelSent { call } => self.remember(call),
            Event::Vanished if !self.phase.is_final() => {
                let why = "Systems Manager doesn't know this command any more, so nobody knows how it ended".to_owned();
                self.end(Phase::Failed { why: Some(why) }, now, &mut effects);
            }
            // It may be at it still, so it is stopped, and its place kept until it is seen to be over.
            Event::GivenUp if !self.phase.is_final() && self.command.is_some() && self.what.changes_something() => {
                if self.given_up_at.is_none() {
                    self.given_up_at = Some(now);
                    self.phase = Phase::Cancelling;
                    effects.push(Effect::StopCommand);
                }
            }
            Event::GivenUp if !self.phase.is_final() => {
                let why = "nothing was heard of its end for too long; look at the hosts before you try again".to_owned();
                self.end(Phase::Failed { why: Some(why) }, now, &mut effects);
            }
            Event::Uploaded(file) if self.attachment == Attachment::Wanted => self.attachment = Attachment::Uploaded { file },
            Event::Shared if matches!(self.attachment, Attachment::Uploaded { .. }) => self.attachment = Attachment::Shared,
            Event::NotShared if matches!(self.attachment, Attachment::Wanted | Attachment::Uploaded { .. }) => {
                self.attachment = Attachment::Refused;
            }
            Event::Attempted
            | Event::Sent { .. }
            | Event::NotSent { .. }
            | Event::ReadAll
            | Event::NextRound(_)
            | Event::CancelRequested { .. }
            | Event::Vanished
            | Event::GivenUp
            | Event::Uploaded(_)
            | Event::Shared
            | Event::NotShared => {}
        }
        (self, effects)
    }

    fn seen(&mut self, sight: &Sight, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.command.is_none() && !self.phase.is_final() {
            return;
        }
        host::see(&mut self.hosts, &sight.hosts, !self.phase.is_final(), now);
        if !sight.over || self.phase.is_final() {
            return;
        }
        let cancelled = self.cancelled_by.is_some() || self.given_up_at.is_some();
        for host in &mut self.hosts {
            host.settle(cancelled, now);
        }
        // What a log's command brought has to be read first, and one that is followed goes on.
        if matches!(self.what, What::Logs(_)) && !cancelled {
            return;
        }
        let phase = self.outcome();
        self.end(phase, now, effects);
    }

    /// How it ended, once it has on every host.
    fn outcome(&self) -> Phase {
        let all = |fits: fn(HostStatus) -> bool| self.hosts.iter().all(|host| fits(host.status));
        if self.hosts.is_empty() {
            return Phase::Failed { why: Some("Systems Manager found no host to send it to".to_owned()) };
        }
        if all(|status| status == HostStatus::Succeeded) {
            return Phase::Succeeded;
        }
        if self.given_up_at.is_some() && self.cancelled_by.is_none() {
            let why = "it took longer than it may, so it was stopped; look at the hosts before you try again".to_owned();
            return Phase::Failed { why: Some(why) };
        }
        if self.cancelled_by.is_none() && all(|status| status == HostStatus::Skipped) {
            return Phase::Failed { why: Some("Systems Manager sent it to none of these hosts".to_owned()) };
        }
        if self.cancelled_by.is_some() && !self.hosts.iter().any(|host| host.status.is_bad()) {
            return Phase::Cancelled;
        }
        Phase::Failed { why: None }
    }

    /// A log was read from as many hosts as answered; only if none did, there is none.
    fn read_all(&self) -> Phase {
        let of_hosts = matches!(self.work, Work::Document { .. });
        if self.cancelled_by.is_some() {
            return Phase::Cancelled;
        }
        if of_hosts && !self.hosts.iter().any(|host| host.status == HostStatus::Succeeded) {
            return Phase::Failed { why: None };
        }
        Phase::Succeeded
    }

    fn end(&mut self, phase: Phase, now: Timestamp, effects: &mut Vec<Effect>) {
        let cancelled = self.cancelled_by.is_some();
        for host in &mut self.hosts {
            host.settle(cancelled, now);
        }
        self.phase = phase;
        self.ended_at = Some(now.max(self.asked.at));
        if self.has_a_long_form() {
            self.attachment = Attachment::Wanted;
        }
        effects.push(Effect::Ended);
    }

    /// Whether there is more to say than a message holds.
    fn has_a_long_form(&self) -> bool {
        match &self.what {
            // Of a log that was followed on hosts only the last round could be read once more.
            What::Logs(_) if self.follows() && !matches!(self.work, Work::LogGroup { .. }) => false,
            What::Logs(_) => self.log.as_ref().is_some_and(super::LogState::is_longer_than_shown),
            What::Run { .. } => self.command.is_some() && self.hosts.iter().any(|host| host.began_at.is_some()),
            What::Restart { .. } | What::Reboot | What::Check => self.hosts.len() > HOSTS_SHOWN,
        }
    }
}
