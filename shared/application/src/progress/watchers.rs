//! Who wants to see a run, and when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use opsroom_domain::author::Author;
use opsroom_domain::catalog::{Catalog, Service};
use opsroom_domain::ids::{ChannelId, ServiceName};
use opsroom_domain::pipeline_execution::health::Transition;
use opsroom_domain::pipeline_execution::{BuildSystem, PipelineExecution, RunStatus};
use opsroom_domain::repository::{RepositoryName, RepositoryPattern};
use opsroom_domain::subscription::{BuildTarget, Facts, Feature, Occasion, RunFactsForTerms, Subject, Subscription, Terms};

/// The service whose run it is: whose pipeline, or whose repository.
pub(crate) fn service_of<'c>(catalog: Option<&'c Catalog>, run: &PipelineExecution) -> Option<(&'c ServiceName, &'c Service)> {
    let catalog = catalog?;
    let by_pipeline = catalog.target_of_pipeline(&run.key.pipeline).filter(|_| run.key.system == BuildSystem::CodePipeline);
    if let Some(found) = by_pipeline {
        return Some((found.service_name, found.service));
    }
    let repository = run.facts.repository.as_ref()?;
    let is_its = |service: &Service| service.repository.as_deref().is_some_and(|name| RepositoryName::new(name) == *repository);
    catalog.services.iter().find(|(_, service)| is_its(service))
}

/// Everything under which a run can be watched. One look-up each, however many watch.
pub(crate) fn subjects(catalog: Option<&Catalog>, run: &PipelineExecution) -> Vec<Subject> {
    let pipeline = BuildTarget::Pipeline(run.key.pipeline.as_str().to_lowercase());
    let mut subjects = vec![Subject::Builds(pipeline), Subject::Builds(BuildTarget::All)];
    // A name with a `/`, such as that of a job in a folder, is taken for a repository's when it is typed.
    let typed = Subject::Builds(BuildTarget::typed(run.key.pipeline.as_str()));
    if !subjects.contains(&typed) {
        subjects.push(typed);
    }
    let of_service = || service_of(catalog, run).and_then(|(_, service)| service.repository.as_deref()).map(RepositoryName::new);
    let Some(repository) = run.facts.repository.clone().or_else(of_service) else { return subjects };
    for pattern in RepositoryPattern::matching(&repository) {
        let of_repository = Subject::Builds(BuildTarget::Repository(pattern.clone()));
        if !subjects.contains(&of_repository) {
            subjects.push(of_repository);
        }
        if run.key.system == BuildSystem::GithubActions {
            subjects.push(Subject::Repositories(pattern));
        }
    }
    subjects
}

/// What channels want to see of a run now. One that is muted wants nothing now.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    by_channel: BTreeMap<ChannelId, BTreeSet<Occasion>>,
    /// Whether anybody watches it, be it muted or only at other moments.
    pub(crate) anybody: bool,
}

impl Wishes {
    /// Reads them from subscriptions. Of several watches of a channel the most exact one counts.
    pub(crate) fn of(subscriptions: &[Subscription], run: &PipelineExecution, now: Timestamp) -> Self {
        let mut exact: BTreeMap<(&ChannelId, bool), &Subscription> = BTreeMap::new();
        let mut wishes = Self::default();
        for subscription in subscriptions.iter().filter(|subscription| tells_of_runs(subscription)) {
            wishes.anybody |= subscription.parked.is_none();
            let of_repository = matches!(subscription.subject, Subject::Repositories(_));
            let known = exact.entry((&subscription.channel, of_repository)).or_insert(subscription);
            if breadth(&subscription.subject) < breadth(&known.subject) {
                *known = subscription;
            }
        }
        for ((channel, _), subscription) in exact {
            wishes.by_channel.entry(channel.clone()).or_default().extend(occasions(subscription, run, now));
        }
        wishes
    }

    /// Whether a channel wants to see an occasion.
    pub(crate) fn include(&self, channel: &ChannelId, occasion: Occasion) -> bool {
        self.by_channel.get(channel).is_some_and(|on| on.contains(&occasion))
    }

    /// The channels that should have a message of the run.
    pub(super) fn channels(&self, run: &PipelineExecution, news: &News<'_>) -> BTreeSet<ChannelId> {
        self.by_channel.iter().filter(|(channel, on)| news.concern(run, channel, on)).map(|(channel, _)| channel.clone()).collect()
    }

    /// The channels that want to know of failures, and of nothing else that ends.
    pub(super) fn only_of_failures(&self) -> impl Iterator<Item = &ChannelId> {
        let only =
            |on: &BTreeSet<Occasion>| on.contains(&Occasion::Fail) && !on.contains(&Occasion::Start) && !on.contains(&Occasion::Success);
        self.by_channel.iter().filter(move |(_, on)| only(on)).map(|(channel, _)| channel)
    }
}

/// What is new about a run.
pub(super) struct News<'a> {
    /// Whether its status is another one.
    pub(super) status_changed: bool,
    /// What that means for its branch.
    pub(super) transition: Transition,
    /// Where the failures have their message.
    pub(super) streak_shown_in: &'a [ChannelId],
}

impl News<'_> {
    fn concern(&self, run: &PipelineExecution, channel: &ChannelId, on: &BTreeSet<Occasion>) -> bool {
        let from_start = on.contains(&Occasion::Start);
        let every = from_start || on.contains(&Occasion::Success);
        match run.status.map(|seen| seen.status) {
            None | Some(RunStatus::InProgress) => from_start || (on.contains(&Occasion::Approval) && run.waiting_approval().is_some()),
            Some(RunStatus::Failed) => {
                let first = on.contains(&Occasion::Fail) && self.transition == Transition::FirstFailure;
                self.status_changed && (every || first)
            }
            Some(RunStatus::Succeeded) => {
                let fixed =
                    on.contains(&Occasion::Fixed) && self.transition == Transition::Fixed && !self.streak_shown_in.contains(channel);
                self.status_changed && (every || fixed)
            }
            Some(RunStatus::Stopping | RunStatus::Stopped | RunStatus::Superseded) => false,
        }
    }
}

fn tells_of_runs(subscription: &Subscription) -> bool {
    match &subscription.terms {
        Some(Terms::Watch(_)) => true,
        Some(Terms::Repository(terms)) => terms.features.contains(&Feature::Workflows),
        None => false,
    }
}

fn breadth(subject: &Subject) -> u8 {
    match subject {
        Subject::Builds(BuildTarget::Pipeline(_)) => 0,
        Subject::Builds(BuildTarget::Repository(RepositoryPattern::One(_))) | Subject::Repositories(RepositoryPattern::One(_)) => 1,
        Subject::Builds(BuildTarget::Repository(RepositoryPattern::AllOf(_))) | Subject::Repositories(RepositoryPattern::AllOf(_)) => 2,
        Subject::Builds(BuildTarget::All) => 3,
    }
}

fn occasions(subscription: &Subscription, run: &PipelineExecution, now: Timestamp) -> Vec<Occasion> {
    let branch = run.facts.branch.as_deref();
    if matches!(subscription.subject, Subject::Builds(_)) {
        let wanted = |occasion: &Occasion| subscription.decide_run(*occasion, branch, now).is_ok();
        return Occasion::ALL.into_iter().filter(wanted).collect();
    }
    // A subscription to a repository's workflows shows every run; with `only:failures` what a watch shows by default.
    let nobody = Author::default();
    let pipeline = run.key.pipeline.as_str();
    let shown = |failed| {
        let run_facts = RunFactsForTerms {
            name: pipeline.split_once(": ").map_or(pipeline, |(_, name)| name),
            branch,
            event: run.facts.trigger.as_deref(),
            failed,
        };
        let facts = Facts {
            feature: Feature::Workflows,
            by: run.facts.author.as_ref().unwrap_or(&nobody),
            branch,
            default_branch: None,
            labels: None,
            paths: None,
            run: Some(run_facts),
        };
        subscription.decide(&facts, now).is_ok()
    };
    match (shown(false), shown(true)) {
        (true, _) => vec![Occasion::Start, Occasion::Success, Occasion::Fail, Occasion::Fixed],
        (false, true) => vec![Occasion::Fail, Occasion::Fixed],
        (false, false) => Vec::new(),
    }
}
