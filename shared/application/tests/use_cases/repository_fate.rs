//! A repository that is renamed: what was subscribed to it rests, and those concerned are told once.

use crate::builds_world::*;
use opsroom_application::repository_news::{Reporter, Told};
use opsroom_domain::author::Author;
use opsroom_domain::ids::{ChannelId, CorrelationId};
use opsroom_domain::repository::news::{Fate, Repository, RepositoryNews, What};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::subscription::{Feature, Filters, RepositoryTerms, Subject, Terms};

async fn renamed(world: &World) -> Told {
    let correlation = CorrelationId::new("c-1");
    let reporter = Reporter {
        store: &world.store,
        delivery: &world.delivery,
        catalog: Some(&world.catalog),
        now: world.now,
        correlation: &correlation,
    };
    let news = RepositoryNews {
        repository: Repository { name: RepositoryName::new("acme/core"), url: "https://github.com/acme/core".into(), default_branch: None },
        by: Author::login("dana"),
        at: world.now,
        what: What::Fate(Fate::Renamed { from: RepositoryName::new("acme/api") }),
    };
    Box::pin(reporter.take_in(&news)).await.unwrap()
}

fn parked(world: &World, channel: &str) -> Vec<(Subject, bool)> {
    let mine = |channel: &str| {
        world.store.look(|state| {
            let of = state.subscriptions.values().filter(|one| one.channel == ChannelId::from(channel));
            of.map(|one| (one.subject.clone(), one.parked.is_some())).collect::<Vec<_>>()
        })
    };
    mine(channel)
}

#[tokio::test]
async fn what_watches_its_builds_rests_too_and_a_channel_with_both_is_told_in_one() {
    let world = World::new();
    let repository = Subject::Repositories(RepositoryPattern::One(RepositoryName::new("acme/api")));
    world
        .subscribe(
            "CBOTH",
            repository,
            Terms::Repository(RepositoryTerms { features: [Feature::Commits].into(), filters: Filters::default() }),
            None,
        )
        .await;
    world.watch("CBOTH", "acme/api", &[]).await;
    world.watch("CBUILDS", "acme/api", &[]).await;
    world.watch("CALL", "acme/*", &[]).await;
    assert_eq!(renamed(&world).await, Told::Shown);
    assert!(parked(&world, "CBOTH").iter().chain(&parked(&world, "CBUILDS")).all(|(_, parked)| *parked));
    assert!(parked(&world, "CALL").iter().all(|(_, parked)| !parked), "the others of the owner are still there");
    let told = world.keys();
    assert_eq!(told.len(), 2, "{told:?}");
    // Told again, it is nothing new.
    assert_eq!(renamed(&world).await, Told::Kept);
    assert_eq!(world.keys().len(), 2);
}
