//! Whether news is shown in a channel, and if not, why not: `gh explain` tells the reason.

use jiff::Timestamp;

use super::{Feature, Filters, Occasion, Subscription, Terms};
use crate::author::Author;

/// What is decided on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The feature the news belong to.
    pub feature: Feature,
    /// Who did it.
    pub by: &'a Author,
    /// The branch pushed to, or that a pull request goes into; `None` where there is none.
    pub branch: Option<&'a str>,
    /// The repository's default branch.
    pub default_branch: Option<&'a str>,
    /// Labels of the pull request or issue; `None` where there can't be any.
    pub labels: Option<&'a [String]>,
    /// Files that are touched; `None` where the sender doesn't tell.
    pub paths: Option<&'a [&'a str]>,
    /// Of a workflow's run.
    pub run: Option<RunFactsForTerms<'a>>,
}

/// What is decided on for a run of a pipeline or workflow.
#[derive(Debug, Clone, Copy)]
pub struct RunFactsForTerms<'a> {
    /// The workflow's name.
    pub name: &'a str,
    /// Its branch.
    pub branch: Option<&'a str>,
    /// What triggered it.
    pub event: Option<&'a str>,
    /// Whether it failed.
    pub failed: bool,
}

/// Why something isn't shown, in words that go on from "hidden because".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Hidden {
    /// There is no subscription any more.
    #[error("it was unsubscribed")]
    Ended,
    /// It rests.
    #[error("the subscription is parked")]
    Parked,
    /// It is muted.
    #[error("it is muted until {0}")]
    Muted(Timestamp),
    /// The feature isn't wanted.
    #[error("the subscription doesn't include `{}`", .0.name())]
    Feature(Feature),
    /// The occasion isn't wanted.
    #[error("the watch doesn't include `on:{}`", .0.name())]
    Occasion(Occasion),
    /// Another branch.
    #[error("branch `{branch}` isn't among `branches:{wanted}`")]
    Branch {
        /// The branch.
        branch: String,
        /// The globs.
        wanted: String,
    },
    /// None of the labels.
    #[error("it has none of the labels {0}")]
    LabelMissing(String),
    /// A label that isn't wanted.
    #[error("it has the label of `-label:{0}`")]
    LabelUnwanted(String),
    /// The author isn't wanted.
    #[error("its author is the one of `-author:{0}`")]
    AuthorUnwanted(String),
    /// Apps aren't wanted.
    #[error("an app did it, and the subscription says `-bots`")]
    Bot,
    /// Other files.
    #[error("it touches no file of `path:{0}`")]
    Path(String),
    /// Other workflows.
    #[error("the run doesn't fit `workflows:{{…}}`: {0}")]
    Run(String),
}

impl Subscription {
    /// Decides whether news of a repository is shown.
    pub fn decide(&self, facts: &Facts<'_>, now: Timestamp) -> Result<(), Hidden> {
        self.awake(now)?;
        let Some(Terms::Repository(terms)) = &self.terms else { return Err(Hidden::Ended) };
        if !terms.features.contains(&facts.feature) {
            return Err(Hidden::Feature(facts.feature));
        }
        terms.filters.decide(facts)
    }

    /// Decides whether a run is shown for an occasion.
    pub fn decide_run(&self, occasion: Occasion, branch: Option<&str>, now: Timestamp) -> Result<(), Hidden> {
        self.awake(now)?;
        let Some(Terms::Watch(terms)) = &self.terms else { return Err(Hidden::Ended) };
        if !terms.on.contains(&occasion) {
            return Err(Hidden::Occasion(occasion));
        }
        on_branch(&terms.branches, branch)
    }

    fn awake(&self, now: Timestamp) -> Result<(), Hidden> {
        match (&self.terms, &self.parked, self.muted_until) {
            (None, ..) => Err(Hidden::Ended),
            (_, Some(_), _) => Err(Hidden::Parked),
            (_, _, Some(until)) if until > now => Err(Hidden::Muted(until)),
            _ => Ok(()),
        }
    }
}

impl Filters {
    fn decide(&self, facts: &Facts<'_>) -> Result<(), Hidden> {
        if self.without_bots && facts.by.is_bot {
            return Err(Hidden::Bot);
        }
        let login = facts.by.login.as_ref().map(|login| login.as_str().to_lowercase());
        if let Some(login) = login.filter(|login| self.without_authors.contains(login)) {
            return Err(Hidden::AuthorUnwanted(login));
        }
        self.decide_labels(facts.labels)?;
        match facts.feature {
            Feature::Commits if self.branches.is_empty() => {
                let default: Vec<String> = facts.default_branch.map(str::to_owned).into_iter().collect();
                on_branch(&default, facts.branch)?;
            }
            Feature::Commits | Feature::Pulls | Feature::Reviews | Feature::Comments | Feature::Checks | Feature::Branches => {
                on_branch(&self.branches, facts.branch)?;
            }
            Feature::Issues | Feature::Releases | Feature::Deployments | Feature::Workflows | Feature::Discussions => {}
        }
        if let Some(paths) = facts.paths
            && !self.paths.is_empty()
            && !paths.iter().any(|path| matches_any(&self.paths, path))
        {
            return Err(Hidden::Path(self.paths.join(",")));
        }
        facts.run.map_or(Ok(()), |run| self.decide_workflow(run))
    }

    fn decide_labels(&self, labels: Option<&[String]>) -> Result<(), Hidden> {
        let Some(labels) = labels else { return Ok(()) };
        let labels: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
        if let Some(unwanted) = labels.iter().find(|label| self.labels.without.contains(*label)) {
            return Err(Hidden::LabelUnwanted(unwanted.clone()));
        }
        if self.labels.with.is_empty() || labels.iter().any(|label| self.labels.with.contains(label)) {
            return Ok(());
        }
        Err(Hidden::LabelMissing(self.labels.with.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")))
    }

    fn decide_workflow(&self, run: RunFactsForTerms<'_>) -> Result<(), Hidden> {
        let wanted = &self.workflows;
        let other = |what: &str, is: &str| Err(Hidden::Run(format!("its {what} is `{is}`")));
        if !wanted.names.is_empty() && !matches_any(&wanted.names, run.name) {
            return other("name", run.name);
        }
        if !wanted.branches.is_empty() && !run.branch.is_some_and(|branch| matches_any(&wanted.branches, branch)) {
            return other("branch", run.branch.unwrap_or("unknown"));
        }
        if !wanted.events.is_empty() && !run.event.is_some_and(|event| wanted.events.iter().any(|wanted| wanted == event)) {
            return other("event", run.event.unwrap_or("unknown"));
        }
        if wanted.only_failures && !run.failed {
            return Err(Hidden::Run("it didn't fail, and only failures are wanted".to_owned()));
        }
        Ok(())
    }
}

fn on_branch(wanted: &[String], branch: Option<&str>) -> Result<(), Hidden> {
    let Some(branch) = branch else { return Ok(()) };
    if wanted.is_empty() || matches_any(wanted, branch) {
        return Ok(());
    }
    Err(Hidden::Branch { branch: branch.to_owned(), wanted: wanted.join(",") })
}

/// `*` matches within a segment, `**` across; a glob that can't be read matches only itself.
fn matches_any(globs: &[String], text: &str) -> bool {
    globs.iter().any(|glob| glob == text || fast_glob::glob_match(glob, text))
}
