//! Pull requests, issues and discussions: one card a channel, and words below it for those who want them.

use opsroom_domain::author::Author;
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, Login, MessageKey};
use opsroom_domain::repository::conversation::{
    CheckResult, CheckState, Conversation, ConversationKind, Given, Remark, RemarkChange, Snapshot, Verdict,
};
use opsroom_domain::repository::news::{Act, ChecksNews, ConversationNews, RepositoryNews};
use opsroom_domain::room_message::Destination;
use opsroom_domain::subscription::{Facts, Feature, Subscription};

use super::{Reporter, Subscriptions, Told, to_channel};
use crate::cards::repository as cards;
use crate::failure::Failure;
use crate::people::People;
use crate::ports::{Change, Commit, DeliveryQueue, MessageChange, RepositoryStore, Store, SubscriptionStore};
use crate::progress::ATTEMPTS;

/// The feature under which a conversation itself is shown.
pub(super) fn feature_of(kind: ConversationKind) -> Feature {
    match kind {
        ConversationKind::Pull => Feature::Pulls,
        ConversationKind::Issue => Feature::Issues,
        ConversationKind::Discussion => Feature::Discussions,
    }
}

/// What is decided on for a conversation, or for something about it that `by` did.
pub(super) fn facts<'a>(feature: Feature, by: &'a Author, snapshot: &'a Snapshot) -> Facts<'a> {
    Facts {
        feature,
        by,
        branch: snapshot.change.as_ref().map(|change| change.base.as_str()),
        default_branch: None,
        labels: Some(&snapshot.labels),
        paths: None,
        run: None,
    }
}

/// A word below the card.
struct Reply<'a> {
    /// Tells it apart from other words below the same card.
    what: String,
    card: Card,
    /// Who wants to see it; the card's own feature where everybody does who sees the card.
    feature: Feature,
    by: &'a Author,
    /// Whether it may come where nothing of it was before.
    is_new: bool,
}

impl<S, D> Reporter<'_, S, D>
where
    S: Store + SubscriptionStore + RepositoryStore,
    D: DeliveryQueue,
{
    pub(super) async fn conversation(&self, news: &RepositoryNews, told: &ConversationNews) -> Result<Told, Failure> {
        let subscriptions = self.subscriptions(&news.repository.name).await?;
        for _ in 0..ATTEMPTS {
            let known = self.store.conversation(&told.snapshot.key).await?;
            // Cards that are there are kept true, also where nobody is subscribed any more.
            if subscriptions.is_empty() && known.as_ref().is_none_or(|known| known.shown_in.is_empty()) {
                return Ok(Told::Nobody);
            }
            let people = People::of(self.catalog, self.store, concerned(&told.act)).await?;
            let before = known.clone();
            let mut next = known.unwrap_or_else(|| Conversation::first_seen(told.snapshot.clone()));
            next.learn(&told.snapshot);
            if let Act::Reviewed(Remark { by: Author { login: Some(login), .. }, verdict: Some(verdict), at, .. }) = &told.act {
                next.review(&Login::new(login.as_str()), Given { verdict: *verdict, at: *at });
            }
            let reply = reply(&told.act, news, &next, &people);
            let messages = self.messages(&mut next, before.as_ref(), &told.act, reply, &subscriptions, &people);
            if before.as_ref() == Some(&next) && messages.is_empty() {
                return Ok(Told::Kept);
            }
            let shown = if messages.is_empty() { Told::Kept } else { Told::Shown };
            match self.write(Change { conversations: vec![next], messages, ..Change::default() }).await? {
                Commit::Done | Commit::AlreadyDone => return Ok(shown),
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("#{} of {}", told.snapshot.key.number, news.repository.name)))
    }

    fn messages(
        &self,
        next: &mut Conversation,
        before: Option<&Conversation>,
        act: &Act,
        reply: Option<Reply<'_>>,
        subscriptions: &Subscriptions,
        people: &People,
    ) -> Vec<MessageChange> {
        let key = next.snapshot.key.clone();
        let feature = feature_of(key.kind);
        let wants = |one: &Subscription, feature: Feature, by: &Author| one.decide(&facts(feature, by, &next.snapshot), self.now).is_ok();
        let author = next.snapshot.author.clone();
        let wants_reply =
            |one: &Subscription, reply: &Reply<'_>| wants(one, reply.feature, if reply.feature == feature { &author } else { reply.by });
        let opens = makes_a_card(act);
        let channels = subscriptions.iter().filter(|(channel, one)| {
            let is_there = next.shown_in.contains(channel);
            is_there
                || (opens && wants(one, feature, &author))
                || reply.as_ref().is_some_and(|reply| reply.is_new && wants_reply(one, reply))
        });
        let joined: Vec<ChannelId> =
            channels.map(|(channel, _)| channel.clone()).filter(|channel| !next.shown_in.contains(channel)).collect();
        let card = cards::conversation(next, people);
        let is_as_shown = before.is_some_and(|before| cards::conversation(before, people) == card);
        let place = |channel: &ChannelId| to_channel(MessageKey::conversation(&key, channel), channel, card.clone());
        let mut messages: Vec<MessageChange> = next.shown_in.iter().filter(|_| !is_as_shown).chain(&joined).map(place).collect();
        if let Some(reply) = reply {
            let was_told = next.told.contains(&reply.what);
            let quiet = |channel: &ChannelId| subscriptions.get(channel).is_none_or(|one| !wants_reply(one, &reply));
            let below: Vec<MessageChange> = next
                .shown_in
                .iter()
                .chain(&joined)
                .filter(|channel| (reply.is_new || was_told) && !quiet(channel))
                .map(|channel| MessageChange {
                    key: MessageKey::remark(&key, &reply.what, channel),
                    destination: Destination::Under { channel: channel.clone(), parent: MessageKey::conversation(&key, channel) },
                    card: reply.card.clone(),
                })
                .collect();
            if !below.is_empty() {
                messages.extend(below);
                next.tell(reply.what);
            }
        }
        next.shown_in.extend(joined);
        messages
    }

    pub(super) async fn checks(&self, news: &RepositoryNews, checks: &ChecksNews) -> Result<Told, Failure> {
        for _ in 0..ATTEMPTS {
            let pulls = self.store.pulls_at(&news.repository.name, &checks.sha).await?;
            let remembered = self.remembered(news, checks).await?;
            if pulls.is_empty() && remembered.is_none() {
                return Ok(Told::Nobody);
            }
            let failed = checks.results.iter().any(|result| result.state == CheckState::Failed);
            let subscriptions = if failed { self.subscriptions(&news.repository.name).await? } else { Subscriptions::new() };
            let people = People::of(self.catalog, self.store, []).await?;
            let mut change = Change::default();
            for before in pulls {
                let mut next = before.clone();
                if !next.check(&checks.sha, &checks.results) {
                    continue;
                }
                let card = cards::conversation(&next, &people);
                let key = next.snapshot.key.clone();
                if card != cards::conversation(&before, &people) {
                    let place = |channel: &ChannelId| to_channel(MessageKey::conversation(&key, channel), channel, card.clone());
                    change.messages.extend(next.shown_in.iter().map(place));
                }
                for result in checks.results.iter().filter(|result| newly_failed(result, &before)) {
                    let facts = facts(Feature::Checks, &next.snapshot.author, &next.snapshot);
                    let wanted = |channel: &&ChannelId| subscriptions.get(*channel).is_some_and(|one| one.decide(&facts, self.now).is_ok());
                    let what = format!("check/{}/{}/{}", checks.sha, result.name, result.at.as_second());
                    change.messages.extend(next.shown_in.iter().filter(wanted).map(|channel| MessageChange {
                        key: MessageKey::remark(&key, &what, channel),
                        destination: Destination::Under { channel: channel.clone(), parent: MessageKey::conversation(&key, channel) },
                        card: cards::check_failed(result),
                    }));
                }
                change.conversations.push(next);
            }
            change.checks = remembered.map(Box::new);
            if change.conversations.is_empty() && change.checks.is_none() {
                return Ok(Told::Kept);
            }
            let shown = if change.messages.is_empty() { Told::Kept } else { Told::Shown };
            match self.write(change).await? {
                Commit::Done | Commit::AlreadyDone => return Ok(shown),
                Commit::Stale | Commit::SlotTaken(_) | Commit::LoginTaken(_) => {}
            }
        }
        Err(Failure::Contended(format!("checks of {}", checks.sha)))
    }
}

fn newly_failed(result: &CheckResult, before: &Conversation) -> bool {
    result.state == CheckState::Failed
        && before.current_checks().find(|known| known.name == result.name).is_none_or(|known| known.state != CheckState::Failed)
}

/// Whom an act concerns so much that they are called, if they are linked.
fn concerned(act: &Act) -> Option<&Author> {
    match act {
        Act::ReviewRequested { of } => of.as_ref(),
        Act::Assigned { to } => Some(to),
        _ => None,
    }
}

/// Acts that are worth a card where there is none. What changes little changes only cards that are there.
fn makes_a_card(act: &Act) -> bool {
    match act {
        Act::Opened | Act::Closed | Act::Reopened | Act::ReadyForReview | Act::ReviewRequested { .. } | Act::Assigned { .. } => true,
        Act::Edited | Act::Removed | Act::Reviewed(_) | Act::Commented(_) => false,
    }
}

fn reply<'a>(act: &'a Act, news: &'a RepositoryNews, next: &Conversation, people: &People) -> Option<Reply<'a>> {
    let feature = feature_of(next.snapshot.key.kind);
    // Named by the host's time, so that the same request told twice is one, and the next one another.
    let called = |kind: &str, whom: &Author| format!("{kind}/{}/{}", whom.shown(), news.at.as_second());
    match act {
        Act::ReviewRequested { of: Some(of) } if people.person(of).is_some() && *of != news.by => {
            let card = cards::review_requested(of, &news.by, &next.snapshot, people);
            Some(Reply { what: called("asked", of), card, feature, by: &news.by, is_new: true })
        }
        Act::Assigned { to } if people.person(to).is_some() && *to != news.by => {
            let card = cards::assigned(to, &news.by, &next.snapshot, people);
            Some(Reply { what: called("assigned", to), card, feature, by: &news.by, is_new: true })
        }
        // The wrapping of comments on lines, which are told themselves.
        Act::Reviewed(remark) if remark.verdict == Some(Verdict::Commented) && remark.text.trim().is_empty() => None,
        Act::Reviewed(remark) => Some(said("review", Feature::Reviews, remark, people)),
        Act::Commented(remark) => Some(said("comment", Feature::Comments, remark, people)),
        _ => None,
    }
}

fn said<'a>(kind: &str, feature: Feature, remark: &'a Remark, people: &People) -> Reply<'a> {
    Reply {
        what: format!("{kind}/{}", remark.id),
        card: cards::remark(remark, people),
        feature,
        by: &remark.by,
        is_new: remark.change == RemarkChange::Made,
    }
}
