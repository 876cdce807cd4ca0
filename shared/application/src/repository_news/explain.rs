//! `gh explain`: why something did or did not show in a channel. The decision is made again, from what is known.

use jiff::Timestamp;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::ids::ChannelId;
use opsroom_domain::repository::conversation::Conversation;
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::subscription::{Facts, Feature, Hidden, Subject, Subscription, Terms};

use super::conversations::{facts, feature_of};
use super::link::Linked;
use crate::cards;
use crate::failure::Failure;
use crate::ports::{RememberedPush, RepositoryStore, SubscriptionStore};

/// Pushes that are looked through for a commit.
const PUSHES: usize = 50;

/// Says why, or why not, or that nothing of it has ever arrived.
pub(crate) async fn explain<S>(store: &S, channel: &ChannelId, address: &str, now: Timestamp) -> Result<Card, Failure>
where
    S: SubscriptionStore + RepositoryStore,
{
    let linked: Linked = match address.parse() {
        Ok(linked) => linked,
        Err(wrong) => return Ok(Card::line(Tone::Warning, Text::sentence(&format!("{wrong}.")))),
    };
    let repository = match &linked {
        Linked::Conversation(key) => &key.repository,
        Linked::Commit { repository, .. } | Linked::Run { repository, .. } => repository,
    };
    let mine = subscription(store, channel, repository).await?;
    let Some(mine) = mine else { return Ok(nobody(repository, address)) };
    let card = match &linked {
        Linked::Conversation(key) => {
            let known = store.conversation(key).await?;
            known.map_or_else(|| never_heard(address), |known| of_conversation(&known, channel, &mine, now))
        }
        Linked::Commit { sha, .. } => {
            let pushes = store.pushes(repository, PUSHES).await?;
            let holds = |push: &&RememberedPush| push.commits.iter().any(|commit| commit.sha.starts_with(sha.as_str()));
            pushes.iter().find(holds).map_or_else(|| never_heard(address), |push| of_push(push, &mine, now))
        }
        Linked::Run { .. } => of_runs(&mine, now),
    };
    Ok(card.with(Part::Context(Text::plain("The subscription: ").and(cards::in_a_line(&mine, now)))))
}

/// The one that counts in a channel: the exact one, else that of the owner.
async fn subscription<S: SubscriptionStore>(
    store: &S,
    channel: &ChannelId,
    repository: &RepositoryName,
) -> Result<Option<Subscription>, Failure> {
    for pattern in RepositoryPattern::matching(repository) {
        let found = store.subscription(channel, &Subject::Repositories(pattern)).await?;
        if let Some(found) = found.filter(|one| matches!(one.terms, Some(Terms::Repository(_)))) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn nobody(repository: &RepositoryName, address: &str) -> Card {
    let text = Text::empty()
        .link(address, "This")
        .then(" isn't shown here: this channel is not subscribed to ")
        .bold(repository.as_str())
        .then(".");
    Card::line(Tone::Plain, text).with(Part::Context(Text::empty().code(format!("/ops gh subscribe {repository}")).then(" changes that.")))
}

fn never_heard(address: &str) -> Card {
    let text = Text::plain("Nothing of ").link(address, "this").then(" has reached Opsroom since somebody subscribed to its repository.");
    let hint = "See the webhook's recent deliveries at GitHub: whether it is there, and what it was answered.";
    Card::line(Tone::Warning, text).with(Part::Text(Text::plain(hint)))
}

fn hidden(what: Text, why: &Hidden) -> Card {
    let why = match why {
        Hidden::Muted(until) => Text::plain("it is muted until ").moment(*until),
        other => Text::sentence(&other.to_string()),
    };
    Card::line(Tone::Plain, what.then(" isn't shown here because ").and(why).then("."))
}

fn of_conversation(known: &Conversation, channel: &ChannelId, mine: &Subscription, now: Timestamp) -> Card {
    let snapshot = &known.snapshot;
    let what = Text::empty().link(&snapshot.url, format!("#{}", snapshot.key.number));
    let feature = feature_of(snapshot.key.kind);
    match (known.shown_in.contains(channel), mine.decide(&facts(feature, &snapshot.author, snapshot), now)) {
        (true, Ok(())) => Card::line(Tone::Good, what.then(" is shown here, and its card is kept current.")),
        (true, Err(_)) => Card::line(Tone::Good, what.then(" has a card here from before, which is kept current; it would get none now.")),
        (false, Err(why)) => hidden(what, &why),
        (false, Ok(())) => {
            let text =
                what.then(" would be shown here. It has no card because nothing worth one has happened since the channel subscribed: ");
            Card::line(
                Tone::Plain,
                text.then("opening, closing, review requests and assignments make one; edits and labels only change one."),
            )
        }
    }
}

fn of_push(push: &RememberedPush, mine: &Subscription, now: Timestamp) -> Card {
    let what = Text::plain("The push to ").code(&push.branch).then(" with this commit");
    let by = push.commits.last().map(|commit| commit.author.clone()).unwrap_or_default();
    let facts = Facts {
        feature: Feature::Commits,
        by: &by,
        branch: Some(&push.branch),
        default_branch: None,
        labels: None,
        paths: None,
        run: None,
    };
    match mine.decide(&facts, now) {
        Ok(()) => Card::line(
            Tone::Good,
            what.then(" came ")
                .moment(push.at)
                .then(" and fits what this channel wants; filters on files and on the default branch decide besides."),
        ),
        Err(why) => hidden(what, &why),
    }
}

fn of_runs(mine: &Subscription, now: Timestamp) -> Card {
    let wants = match &mine.terms {
        Some(Terms::Repository(terms)) => terms.features.contains(&Feature::Workflows),
        _ => false,
    };
    let what = Text::plain("This run");
    match (mine.is_awake(now), wants) {
        (true, true) => Card::line(
            Tone::Plain,
            what.then(" is shown here if it fits ").code("workflows:{…}").then("; ").code("/ops build watches").then(" says what else is."),
        ),
        (true, false) => hidden(what, &Hidden::Feature(Feature::Workflows)),
        (false, _) => hidden(what, &mine.muted_until.map_or(Hidden::Parked, Hidden::Muted)),
    }
}
