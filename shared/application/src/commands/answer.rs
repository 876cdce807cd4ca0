//! Answers to the person who asked, each exactly once.

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{EnvironmentName, EventKey, MessageKey, ServiceName};
use opsroom_domain::rights::{Asker, Denied};
use opsroom_domain::room_message::Destination;

use super::{Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, MessageChange, Store};
use crate::request::{Reply, Request};

impl<W: Ports> Commander<'_, W> {
    /// Answers where it was asked: who mentions the app in a channel is answered in the thread, for all to read.
    pub(super) async fn answer(&self, context: Context<'_>, card: Card) -> Result<Worked, Failure> {
        self.answer_to(context, card, false).await
    }

    /// The same, or for the person's eyes only.
    pub(super) async fn answer_to(&self, context: Context<'_>, card: Card, private: bool) -> Result<Worked, Failure> {
        let message = MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: destination(context, private),
            card: context.explained(card),
        };
        let change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![message],
            ..Change::default()
        };
        self.write_answer(context.request, change).await
    }

    /// Answers for the person's eyes only.
    pub(super) async fn answer_privately(&self, context: Context<'_>, card: Card) -> Result<Worked, Failure> {
        self.commit_answer(context, card, true, Vec::new()).await
    }

    /// Refuses, tells by which rule, and records it.
    pub(super) async fn refuse(&self, context: Context<'_>, denied: &Denied) -> Result<Worked, Failure> {
        let record = self.refusal(context.request, context.asker, context.line, denied.rule(), denied.to_string());
        self.commit_answer(context, cards::refused(denied), true, vec![record]).await.map(|_| Worked::Refused)
    }

    /// Refuses what was asked about something that has a message: whoever reads the log finds it by that.
    pub(super) async fn refuse_about(&self, context: Context<'_>, denied: &Denied, about: MessageKey) -> Result<Worked, Failure> {
        let mut record = self.refusal(context.request, context.asker, context.line, denied.rule(), denied.to_string());
        record.message = Some(about);
        self.commit_answer(context, cards::refused(denied), true, vec![record]).await.map(|_| Worked::Refused)
    }

    /// Refuses because of how things stand, tells so, and records it.
    pub(super) async fn turn_down(
        &self,
        context: Context<'_>,
        card: Card,
        rule: &str,
        about: (Option<&ServiceName>, &EnvironmentName),
    ) -> Result<Worked, Failure> {
        self.turn_down_about(context, card, rule, about, None).await
    }

    /// The same, about something that may have a message.
    pub(super) async fn turn_down_about(
        &self,
        context: Context<'_>,
        card: Card,
        rule: &str,
        about: (Option<&ServiceName>, &EnvironmentName),
        message: Option<MessageKey>,
    ) -> Result<Worked, Failure> {
        let mut record = self.refusal(context.request, context.asker, context.line, rule, rule.to_owned());
        (record.service, record.environment) = (about.0.cloned(), Some(about.1.clone()));
        record.message = message;
        self.commit_answer(context, card, true, vec![record]).await.map(|_| Worked::Refused)
    }

    /// Refuses what was left lying too long. A `response_url` no longer works then.
    pub(super) async fn expire(&self, context: Context<'_>) -> Result<Worked, Failure> {
        let record = self.refusal(context.request, context.asker, context.line, "expired", "it was left lying too long".to_owned());
        let destination = Destination::Private {
            channel: context.asker.channel.clone(),
            person: context.asker.person.clone(),
            thread: context.reply.thread().map(str::to_owned),
        };
        let claim = Some(context.request.event.clone());
        self.commit_message(context.request, claim, destination, cards::expired(context.line, context.at), vec![record])
            .await
            .map(|_| Worked::Refused)
    }

    /// Tells that a request can't be done, without claiming it: whoever mends the cause can have it worked on again.
    pub(super) async fn tell_failure(&self, context: Context<'_>) -> Result<(), Failure> {
        let card = cards::failed(context.line, &context.request.correlation);
        self.commit_message(context.request, None, destination(context, true), card, Vec::new()).await.map(|_| ())
    }

    /// Records a refusal that the door has already told.
    pub(super) async fn record_refusal(&self, request: &Request, asker: &Asker, line: &str, denied: &Denied) -> Result<Worked, Failure> {
        let record = self.refusal(request, asker, line, denied.rule(), denied.to_string());
        match self.store.commit(Change { claim: Some(request.event.clone()), audit: vec![record], ..Change::default() }).await? {
            Commit::AlreadyDone => Ok(Worked::Before),
            _ => Ok(Worked::Refused),
        }
    }

    pub(super) fn refusal(&self, request: &Request, asker: &Asker, line: &str, rule: &str, why: String) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: asker.person.clone(),
            channel: asker.channel.clone(),
            request: line.chars().take(500).collect(),
            service: None,
            environment: None,
            outcome: Outcome::Refused { rule: rule.to_owned(), why },
            correlation: request.correlation.clone(),
            approvers: Vec::new(),
            message: None,
        }
    }

    /// Answers for the person's eyes only, with a record of its own.
    pub(super) async fn answer_recorded(&self, context: Context<'_>, card: Card, record: AuditRecord) -> Result<Worked, Failure> {
        self.commit_answer(context, card, true, vec![record]).await
    }

    async fn commit_answer(&self, context: Context<'_>, card: Card, private: bool, audit: Vec<AuditRecord>) -> Result<Worked, Failure> {
        let claim = Some(context.request.event.clone());
        self.commit_message(context.request, claim, destination(context, private), context.explained(card), audit).await
    }

    /// Writes the answer to a request in one go with its claim and its records, and nudges.
    pub(super) async fn commit_message(
        &self,
        request: &Request,
        claim: Option<EventKey>,
        destination: Destination,
        card: Card,
        audit: Vec<AuditRecord>,
    ) -> Result<Worked, Failure> {
        self.commit_keyed(request, MessageKey::answer(&request.event), claim, destination, card, audit).await
    }

    /// The same, for a message that has a key of its own.
    pub(super) async fn commit_keyed(
        &self,
        request: &Request,
        key: MessageKey,
        claim: Option<EventKey>,
        destination: Destination,
        card: Card,
        audit: Vec<AuditRecord>,
    ) -> Result<Worked, Failure> {
        let message = MessageChange { key, destination, card };
        self.write_answer(request, Change { claim, messages: vec![message], audit, ..Change::default() }).await
    }

    async fn write_answer(&self, request: &Request, change: Change) -> Result<Worked, Failure> {
        let keys = lanes(&change);
        let worked = match self.store.commit(change).await? {
            Commit::AlreadyDone => Worked::Before,
            _ => Worked::Done,
        };
        // Also when it had been written before: the nudge may be what was lost.
        self.nudge(&request.correlation, &keys).await;
        Ok(worked)
    }
}

pub(super) fn destination(context: Context<'_>, private: bool) -> Destination {
    let channel = context.asker.channel.clone();
    match context.reply {
        Reply::ResponseUrl { url, .. } => Destination::Response { channel, url: url.clone(), replaces: false },
        Reply::Mention { thread, .. } if private => {
            Destination::Private { channel, person: context.asker.person.clone(), thread: thread.clone() }
        }
        Reply::Private { thread } => Destination::Private { channel, person: context.asker.person.clone(), thread: thread.clone() },
        Reply::Mention { ts, thread } => Destination::Channel { channel, thread: Some(thread.as_ref().unwrap_or(ts).clone()) },
    }
}
