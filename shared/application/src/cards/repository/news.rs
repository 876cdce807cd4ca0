//! Pushes, branches and tags, releases, deployments.

use opsroom_domain::author::Author;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::repository::news::{
    CameOrWent, Commit, HostedDeployment, Push, ReferenceChange, ReferenceKind, Release, ReleaseState, Repository,
};

use super::{COMMITS_SHOWN, commit_id, counted};
use crate::people::People;

fn place(repository: &Repository) -> Text {
    Text::empty().link(&repository.url, repository.name.as_str())
}

/// One message for a push: where, who, the newest commits, and how many more.
pub fn push(repository: &Repository, push: &Push, by: &Author, people: &People) -> Card {
    let mut title = place(repository).then(" · ").code(&push.branch).then(" · ").and(people.name(by));
    title = match (push.forced, push.total) {
        (true, 0) => title.bold(" moved the branch by force"),
        (true, total) => title.bold(format!(" force-pushed {}", counted(total, "commit"))),
        (false, total) if push.created => title.then(format!(" pushed a new branch with {}", counted(total, "commit"))),
        (false, total) => title.then(format!(" pushed {}", counted(total, "commit"))),
    };
    if push.forced {
        title = title.then(" over ").and(commit_id(&push.before, None));
    }
    let tone = if push.forced { Tone::Warning } else { Tone::Plain };
    let mut card = Card::line(tone, title);
    let shown: Vec<Text> = push.commits.iter().rev().take(COMMITS_SHOWN).map(|commit| entry(commit, by, people)).collect();
    let more = push.total.saturating_sub(shown.len());
    if !shown.is_empty() {
        card = card.with(Part::List(shown));
    }
    let mut end = Text::empty();
    if more > 0 {
        end = end.then(format!("and {more} more"));
    }
    if let Some(compare) = push.compare.as_ref().filter(|_| push.total != 1) {
        end = if end.is_empty() { end } else { end.then(" · ") }.link(compare, "Compare");
    }
    if end.is_empty() { card } else { card.with(Part::Context(end)) }
}

/// A commit, with its author where that is not who pushed it.
fn entry(commit: &Commit, pushed_by: &Author, people: &People) -> Text {
    let text = commit_id(&commit.sha, commit.url.as_deref()).then("  ").then(&commit.title);
    let same = commit.author.login.is_some() && commit.author.login == pushed_by.login;
    if same || commit.author == Author::default() { text } else { text.then(" – ").and(people.name(&commit.author)) }
}

/// A branch or a tag came or went.
pub fn reference(repository: &Repository, change: &ReferenceChange, by: &Author, people: &People) -> Card {
    let kind = match change.kind {
        ReferenceKind::Branch => "branch",
        ReferenceKind::Tag => "tag",
    };
    let (verb, before_id) = match change.change {
        CameOrWent::Created => ("created", " at "),
        CameOrWent::Moved => ("moved", " to "),
        CameOrWent::Deleted => ("deleted", ", it was at "),
    };
    let text = place(repository).then(" · ").and(people.name(by)).then(format!(" {verb} the {kind} ")).code(&change.name);
    let text = match &change.sha {
        Some(sha) => text.then(before_id).and(commit_id(sha, Some(&format!("{}/commit/{sha}", repository.url)))),
        None => text,
    };
    Card::line(if change.change == CameOrWent::Moved { Tone::Warning } else { Tone::Plain }, text)
}

/// A release.
pub fn release(repository: &Repository, release: &Release, people: &People) -> Card {
    let name = match &release.title {
        Some(title) if title.contains(&release.tag) => title.clone(),
        Some(title) => format!("{} – {title}", release.tag),
        None => release.tag.clone(),
    };
    let (word, tone) = match release.state {
        ReleaseState::Published => ("Released ", Tone::Good),
        ReleaseState::Prerelease => ("Pre-released ", Tone::Working),
        ReleaseState::Draft => ("Drafted ", Tone::Muted),
        ReleaseState::Deleted => ("Took back the release ", Tone::Muted),
    };
    let title = place(repository).then(" · ").bold(word).link(&release.url, name).then(" by ").and(people.name(&release.author));
    let card = Card::line(tone, title);
    match &release.notes {
        Some(notes) if release.state != ReleaseState::Deleted => card.with(Part::Text(Text::plain(notes))),
        _ => card,
    }
}

/// A deployment recorded at the host.
pub fn deployment(repository: &Repository, deployment: &HostedDeployment, people: &People) -> Card {
    let (word, tone) = match deployment.state.as_str() {
        "success" => ("Deployed ", Tone::Good),
        "failure" | "error" => ("Failed to deploy ", Tone::Bad),
        "waiting" => ("Waiting to deploy ", Tone::Warning),
        _ => ("Deploying ", Tone::Working),
    };
    let title = place(repository).then(" · ").bold(word).code(&deployment.reference).then(" to ").bold(&deployment.environment);
    let mut small = commit_id(&deployment.sha, Some(&format!("{}/commit/{}", repository.url, deployment.sha)));
    small = small.then(" · by ").and(people.name(&deployment.author));
    if let Some(url) = &deployment.url {
        small = small.then(" · ").link(url, "Details");
    }
    Card::line(tone, title).with(Part::Context(small))
}

/// The repository was archived, or is alive again.
pub fn archived(repository: &Repository, by: &Author, is_alive: bool, people: &People) -> Card {
    let verb = if is_alive { " took it out of the archive" } else { " archived it: nobody can change it any more" };
    Card::line(Tone::Warning, place(repository).then(" · ").and(people.name(by)).then(verb))
}
