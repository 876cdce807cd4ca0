//! What a channel is subscribed to, in words.

use jiff::Timestamp;
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Text, Tone};
use opsroom_domain::ids::{Login, PersonId};
use opsroom_domain::subscription::{
    BuildTarget, Filters, Labels, ParkedBecause, RepositoryTerms, Subject, Subscription, Terms, WatchTerms,
};

/// What was done to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Made or changed.
    Subscribed,
    /// Ended, or made smaller.
    Unsubscribed,
    /// Muted, or no longer.
    Muted,
    /// The last change was taken back.
    Undone,
}

/// What holds from now on, who said so, and a way back.
pub fn subscription_changed(subscription: &Subscription, change: Change, by: &PersonId, now: Timestamp) -> Card {
    let subject = subject(&subscription.subject);
    let who = Text::empty().person(by);
    let muted = subscription.muted_until.filter(|until| *until > now);
    let title = match (change, &subscription.terms, muted) {
        (Change::Subscribed, ..) => who.then(" subscribed this channel to ").and(subject),
        (Change::Unsubscribed, None, _) => who.then(" unsubscribed this channel from ").and(subject),
        (Change::Unsubscribed, Some(_), _) => who.then(" unsubscribed this channel from a part of ").and(subject),
        (Change::Muted, _, Some(until)) => who.then(" muted ").and(subject).then(" here until ").moment(until),
        (Change::Muted, _, None) => and_subject(subject, " is no longer muted here, says ").and(who),
        (Change::Undone, None, _) => who.then(" undid the last change: this channel is no longer subscribed to ").and(subject),
        (Change::Undone, Some(_), _) => who.then(" undid the last change of the subscription to ").and(subject),
    };
    let mut card = Card::line(Tone::Plain, title);
    if change == Change::Muted {
        if muted.is_some() {
            card = card.with(Part::Context(
                Text::plain("Cards that are here stay true. ").code(format!("/ops gh mute {} off", subscription.subject)).then(" ends it."),
            ));
        }
        return card;
    }
    if let Some(terms) = &subscription.terms {
        card = card.with(Part::Fields(fields(terms)));
    }
    if let Some(until) = muted {
        card = card.with(Part::Context(Text::plain("It is muted until ").moment(until)));
    }
    let undo = ButtonAction::UndoSubscription { subject: subscription.subject.clone(), version: subscription.version + 1 };
    card.with(Part::Buttons(vec![Button { label: "Undo".to_owned(), action: undo, style: ButtonStyle::Plain, confirm: None }]))
}

fn and_subject(subject: Text, after: &str) -> Text {
    subject.then(after)
}

fn subject(subject: &Subject) -> Text {
    match subject {
        Subject::Repositories(pattern) => Text::empty().bold(pattern.to_string()),
        Subject::Builds(BuildTarget::All) => Text::empty().bold("every build"),
        Subject::Builds(BuildTarget::Repository(pattern)) => Text::plain("the builds of ").bold(pattern.to_string()),
        Subject::Builds(BuildTarget::Pipeline(name)) => Text::plain("the pipeline ").bold(name.as_str()),
    }
}

/// What is shown, and what of it.
fn fields(terms: &Terms) -> Vec<(String, Text)> {
    let (shown, filters) = match terms {
        Terms::Repository(terms) => (features(terms), filters(&terms.filters)),
        Terms::Watch(terms) => (occasions(terms), globs("branch:", &terms.branches).into_iter().collect()),
    };
    let mut fields = vec![("Shown".to_owned(), Text::plain(shown))];
    if !filters.is_empty() {
        let mut text = Text::empty();
        for (n, filter) in filters.into_iter().enumerate() {
            text = text.then(if n == 0 { "" } else { " " }).code(filter);
        }
        fields.push(("Only".to_owned(), text));
    }
    fields
}

fn features(terms: &RepositoryTerms) -> String {
    terms.features.iter().map(|feature| feature.name()).collect::<Vec<_>>().join(", ")
}

fn occasions(terms: &WatchTerms) -> String {
    terms.on.iter().map(|occasion| occasion.name()).collect::<Vec<_>>().join(", ")
}

fn globs(name: &str, globs: &[String]) -> Option<String> {
    (!globs.is_empty()).then(|| format!("{name}{}", globs.join(",")))
}

/// The filters as they would be typed.
fn filters(filters: &Filters) -> Vec<String> {
    let Filters { branches, labels: Labels { with, without }, without_authors, without_bots, paths, workflows } = filters;
    let mut words: Vec<String> = globs("branches:", branches).into_iter().collect();
    words.extend(with.iter().map(|label| format!("+label:{label}")));
    words.extend(without.iter().map(|label| format!("-label:{label}")));
    words.extend(without_authors.iter().map(|author| format!("-author:{author}")));
    words.extend(without_bots.then(|| "-bots".to_owned()));
    words.extend(globs("path:", paths));
    let mut runs = Vec::new();
    for (name, values) in [("name", &workflows.names), ("branch", &workflows.branches), ("event", &workflows.events)] {
        if !values.is_empty() {
            runs.push(format!("{name}:{}", values.join("|")));
        }
    }
    runs.extend(workflows.only_failures.then(|| "only:failures".to_owned()));
    if !runs.is_empty() {
        words.push(format!("workflows:{{{}}}", runs.join(",")));
    }
    words
}

/// A subscription in a line.
pub(crate) fn in_a_line(one: &Subscription, now: Timestamp) -> Text {
    let mut text = subject(&one.subject);
    if let Some(terms) = &one.terms {
        for (n, (_, words)) in fields(terms).into_iter().enumerate() {
            text = text.then(if n == 0 { ": " } else { " · only " }).and(words);
        }
    }
    text = text.then(" · by ").person(&one.by).then(" ").moment(one.at);
    if let Some(until) = one.muted_until.filter(|until| *until > now) {
        text = text.bold(" · muted until ").moment(until);
    }
    match &one.parked {
        Some(parked) => text.bold(" · parked: ").then(because(&parked.why)),
        None => text,
    }
}

fn because(why: &ParkedBecause) -> String {
    match why {
        ParkedBecause::Channel { error } => format!("Slack refused the channel ({error})"),
        ParkedBecause::RepositoryRenamed { to } => format!("the repository is {to} now"),
        ParkedBecause::RepositoryDeleted => "the repository is gone".to_owned(),
    }
}

fn list(all: &[Subscription], title: &str, none: &str, example: &str, now: Timestamp, fits: impl Fn(&Subject) -> bool) -> Card {
    let mut mine: Vec<&Subscription> = all.iter().filter(|one| one.terms.is_some() && fits(&one.subject)).collect();
    mine.sort_by(|a, b| a.subject.cmp(&b.subject));
    if mine.is_empty() {
        return Card::line(Tone::Plain, Text::plain(none)).with(Part::Context(Text::empty().code(example).then(" changes that.")));
    }
    Card::line(Tone::Plain, Text::empty().bold(title)).with(Part::List(mine.into_iter().map(|one| in_a_line(one, now)).collect()))
}

/// What a channel is subscribed to of repositories.
pub fn subscriptions(all: &[Subscription], now: Timestamp) -> Card {
    let none = "This channel is subscribed to no repository.";
    list(all, "This channel is subscribed to", none, "/ops gh subscribe acme/api", now, |subject| {
        matches!(subject, Subject::Repositories(_))
    })
}

/// What a channel watches.
pub fn watches(all: &[Subscription], now: Timestamp) -> Card {
    let none = "This channel watches no builds.";
    list(all, "This channel watches", none, "/ops build watch *", now, |subject| matches!(subject, Subject::Builds(_)))
}

/// There is nothing to end or to mute.
pub fn not_subscribed(of: &Subject) -> Card {
    Card::line(Tone::Warning, Text::plain("This channel isn't subscribed to ").and(subject(of)).then("; nothing was changed."))
}

/// An Undo button that came too late.
pub fn changed_since(subscription: &Subscription) -> Card {
    let text = Text::plain("This was changed since, by ").person(&subscription.by).then(" ").moment(subscription.at);
    Card::line(Tone::Warning, text.then("; nothing was undone."))
}

/// Who somebody is at GitHub, as far as the catalog says.
pub fn who_at_github(known: Option<&str>) -> Card {
    match known {
        Some(login) => Card::line(Tone::Plain, Text::plain("By the catalog, you are ").code(login).then(" at GitHub.")),
        None => Card::line(Tone::Plain, Text::plain("The catalog doesn't say who you are at GitHub. "))
            .with(Part::Context(Text::empty().code("/ops gh link <login>").then(" says it."))),
    }
}

/// The catalog has decided already.
pub fn login_of_catalog(login: &Login, holder: &PersonId, asker: &PersonId) -> Card {
    let text = Text::plain("By the catalog, ").code(login.as_str()).then(" is ");
    if holder == asker {
        return Card::line(Tone::Plain, text.then("you already; nothing was changed."));
    }
    Card::line(Tone::Warning, text.person(holder).then("; nothing was changed."))
}

/// Somebody else has the login.
pub fn login_taken(login: &Login, holder: &PersonId) -> Card {
    let text = Text::empty()
        .code(login.as_str())
        .then(" is linked to ")
        .person(holder)
        .then(" already; nothing was changed. They can take it off with ");
    Card::line(Tone::Warning, text.code(format!("/ops gh link {login} --remove")).then("."))
}

/// It is done.
pub fn linked(login: &Login, removed: bool) -> Card {
    let login = Text::empty().code(login.as_str());
    if removed {
        return Card::line(Tone::Plain, login.then(" is no longer you; nobody is mentioned for it."));
    }
    Card::line(Tone::Good, login.then(" is you from now on: you are mentioned when a review is asked of you, something is assigned to you, or your commit breaks a build."))
}

/// What rests, why, and what can be done about it; `all` are of one channel.
pub fn parked(all: &[Subscription], why: &ParkedBecause) -> Card {
    let mut title = Text::plain("Nothing more can be shown ");
    if let Some(first) = all.first() {
        title = title.then("in ").channel(&first.channel);
    }
    let todo = match why {
        ParkedBecause::Channel { .. } => Text::plain("Invite the app again, or make the channel alive again; then subscribe anew."),
        ParkedBecause::RepositoryRenamed { to } => {
            let follows = |one: &Subscription| match one.subject {
                Subject::Repositories(_) => format!("/ops gh subscribe {to}"),
                Subject::Builds(_) => format!("/ops build watch {to}"),
            };
            let joined = |text: Text, line: String| if text.is_empty() { text.code(line) } else { text.then(" and ").code(line) };
            let verb = if all.len() == 1 { " in that channel follows it." } else { " in that channel follow it." };
            all.iter().map(follows).fold(Text::empty(), joined).then(verb)
        }
        ParkedBecause::RepositoryDeleted => Text::plain("If it comes back, subscribe anew."),
    };
    let entries = all.iter().map(|one| subject(&one.subject).then(", subscribed by ").person(&one.by)).collect();
    Card::line(Tone::Warning, title.then(format!(": {}.", because(why)))).with(Part::List(entries)).with(Part::Context(todo))
}
