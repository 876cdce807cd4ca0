//! What a channel gets to see: `gh …`, `build watch …`, and Undo.
//!
//! Each change is one transaction: the subscription as it was read, the claim, the audit record, and one message to the channel that
//! says what holds from now on. Whoever was slower reads again and decides again.

mod edit;
mod link;
mod park;

use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::Card;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::rights::Wish;
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{Subject, Subscription, Terms};
use opsroom_grammar::{Build, Gh};

use super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{CatalogStore as _, Change, Commit, Directory as _, MessageChange, Store as _, SubscriptionStore as _};
use crate::progress::ATTEMPTS;
use crate::repository_news::explain;
use crate::request::Press;
use edit::{added, replaced, without};
pub(crate) use park::parked;

impl Press {
    /// What a press asks for, for the audit log.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::RetryStage { run, stage } => format!("retry {stage} of {}", run.pipeline),
            Self::UndoSubscription { subject, .. } => format!("undo {subject}"),
            Self::StopOperation { operation } => format!("cancel {operation}"),
            Self::Reboot { host, service, environment } => format!("reboot {host} {service} {environment}"),
            Self::Override { deployment } => format!("override {deployment}"),
            Self::RollBack { deployment } => format!("roll back {deployment}"),
            Self::Promote { deployment } => format!("promote {deployment}"),
            Self::Unlock { scope, .. } => format!("un{} {scope}", scope.kind.as_str()),
        }
    }
}

/// What becomes of a subscription, or why nothing does.
enum Edit {
    /// It is this from now on; the verb for the message.
    To(Box<Subscription>, cards::Change),
    /// Nothing changes; what the person is told.
    Nothing(Card),
}

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn gh(&self, context: Context<'_>, catalog: &Catalog, gh: &Gh, role: String) -> Result<Worked, Failure> {
        match gh {
            Gh::Subscribe { pattern, features, filters, add } => {
                let edit = |known: Subscription| {
                    let known_terms = match &known.terms {
                        Some(Terms::Repository(terms)) if *add => Some(terms),
                        _ => None,
                    };
                    let terms = match known_terms {
                        Some(terms) => added(terms, features, filters),
                        None => replaced(features, filters),
                    };
                    self.with_terms(context, known, Some(Terms::Repository(terms)), cards::Change::Subscribed)
                };
                self.edit(context, role, &Subject::Repositories(pattern.clone()), edit).await
            }
            Gh::Unsubscribe { pattern, features } => {
                let subject = Subject::Repositories(pattern.clone());
                let edit = |known: Subscription| match &known.terms {
                    Some(Terms::Repository(terms)) => {
                        let terms = without(terms, features).map(Terms::Repository);
                        self.with_terms(context, known, terms, cards::Change::Unsubscribed)
                    }
                    _ => Edit::Nothing(cards::not_subscribed(&known.subject)),
                };
                self.edit(context, role, &subject, edit).await
            }
            Gh::Mute { pattern, span } => {
                let until = span.and_then(|span| self.now.checked_add(span).ok());
                let edit = |known: Subscription| {
                    if known.terms.is_none() {
                        return Edit::Nothing(cards::not_subscribed(&known.subject));
                    }
                    Edit::To(Box::new(Subscription { muted_until: until, ..known }), cards::Change::Muted)
                };
                self.edit(context, role, &Subject::Repositories(pattern.clone()), edit).await
            }
            Gh::List => {
                let all = self.store.subscriptions_of(&context.asker.channel).await?;
                self.answer(context, cards::subscriptions(&all, self.now)).await
            }
            Gh::Link { login, remove } => self.link(context, catalog, login.as_ref(), *remove).await,
            Gh::Explain { url } => {
                let card = explain::explain(self.store, &context.asker.channel, url, self.now).await?;
                self.answer(context, card).await
            }
        }
    }

    pub(super) async fn watch(&self, context: Context<'_>, build: &Build, role: String) -> Result<Worked, Failure> {
        match build {
            Build::Watch { target, terms } => {
                let edit =
                    |known: Subscription| self.with_terms(context, known, Some(Terms::Watch(terms.clone())), cards::Change::Subscribed);
                self.edit(context, role, &Subject::Builds(target.clone()), edit).await
            }
            Build::Unwatch { target } => {
                let edit = |known: Subscription| match &known.terms {
                    Some(_) => self.with_terms(context, known, None, cards::Change::Unsubscribed),
                    None => Edit::Nothing(cards::not_subscribed(&known.subject)),
                };
                self.edit(context, role, &Subject::Builds(target.clone()), edit).await
            }
            Build::Watches => {
                let all = self.store.subscriptions_of(&context.asker.channel).await?;
                self.answer(context, cards::watches(&all, self.now)).await
            }
            Build::Status { .. } | Build::Logs { .. } | Build::Retry { .. } | Build::Decide { .. } => {
                Err(Failure::Bug("this is no command about what is watched".to_owned()))
            }
        }
    }

    /// A press of Undo. The right is that of the moment, and only the change that the button stands on is undone.
    pub(super) async fn undo(&self, context: Context<'_>, subject: &Subject, version: u64) -> Result<Worked, Failure> {
        let Some(catalog) = self.catalog.catalog().await? else { return self.answer(context, cards::no_catalog()).await };
        let standing = self.slack.standing(&context.asker.person).await?;
        let role = match catalog.catalog.decide(context.asker, standing, Wish::Subscribe) {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let edit = |known: Subscription| {
            if known.version != version {
                return Edit::Nothing(cards::changed_since(&known));
            }
            let terms = known.before.clone();
            self.with_terms(context, known, terms, cards::Change::Undone)
        };
        self.edit(context, role, subject, edit).await
    }

    fn with_terms(&self, context: Context<'_>, known: Subscription, terms: Option<Terms>, change: cards::Change) -> Edit {
        let next = Subscription { before: known.terms, terms, by: context.asker.person.clone(), at: self.now, parked: None, ..known };
        Edit::To(Box::new(next), change)
    }

    /// Changes a subscription. `role` is the one that allows it.
    async fn edit(
        &self,
        context: Context<'_>,
        role: String,
        subject: &Subject,
        edit: impl Fn(Subscription) -> Edit,
    ) -> Result<Worked, Failure> {
        let channel = &context.asker.channel;
        for _ in 0..ATTEMPTS {
            let known = self.store.subscription(channel, subject).await?;
            let known = known.unwrap_or_else(|| Subscription {
                channel: channel.clone(),
                subject: subject.clone(),
                terms: None,
                before: None,
                by: context.asker.person.clone(),
                at: self.now,
                muted_until: None,
                parked: None,
                version: 0,
            });
            let (next, what) = match edit(known) {
                Edit::To(next, what) => (*next, what),
                Edit::Nothing(card) => return self.answer_privately(context, card).await,
            };
            let message = MessageChange {
                key: MessageKey::answer(&context.request.event),
                destination: Destination::Channel { channel: channel.clone(), thread: context.reply.thread().map(str::to_owned) },
                card: context.explained(cards::subscription_changed(&next, what, &context.asker.person, self.now)),
            };
            let record = self.allowed_here(context, role.clone(), subject.to_string());
            let change = Change {
                claim: Some(context.request.event.clone()),
                habit: context.habit.cloned(),
                subscriptions: vec![next],
                messages: vec![message],
                audit: vec![record],
                ..Change::default()
            };
            let keys = lanes(&change);
            match self.store.commit(change).await? {
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
                done => {
                    self.nudge(&context.request.correlation, &keys).await;
                    return Ok(if done == Commit::AlreadyDone { Worked::Before } else { Worked::Done });
                }
            }
        }
        Err(Failure::Contended(format!("the subscription of {channel} to {subject}")))
    }

    /// What was allowed in a channel, for no service in particular.
    fn allowed_here(&self, context: Context<'_>, role: String, started: String) -> AuditRecord {
        AuditRecord {
            at: self.now,
            actor: context.asker.person.clone(),
            channel: context.asker.channel.clone(),
            request: context.line.chars().take(500).collect(),
            service: None,
            environment: None,
            outcome: Outcome::Allowed { role, started },
            correlation: context.request.correlation.clone(),
            approvers: Vec::new(),
            message: None,
        }
    }
}
