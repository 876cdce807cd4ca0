//! How terms are replaced, added to, and taken from.

use opsroom_domain::subscription::{Feature, Filters, RepositoryTerms, RunFilter};

/// Terms that stand for themselves; without features, the default ones.
pub(super) fn replaced(features: &[Feature], filters: &Filters) -> RepositoryTerms {
    let features = if features.is_empty() { Feature::DEFAULT.into() } else { features.iter().copied().collect() };
    RepositoryTerms { features, filters: filters.clone() }
}

/// Features join what is there. So do labels and authors; of the other filters, a new one takes the place of the old one of its kind.
pub(super) fn added(known: &RepositoryTerms, features: &[Feature], filters: &Filters) -> RepositoryTerms {
    let mut next = known.clone();
    next.features.extend(features);
    let mine = &mut next.filters;
    mine.labels.with.extend(filters.labels.with.iter().cloned());
    mine.labels.without.extend(filters.labels.without.iter().cloned());
    mine.without_authors.extend(filters.without_authors.iter().cloned());
    mine.without_bots |= filters.without_bots;
    // A label that was asked for last is meant.
    mine.labels.without.retain(|label| !filters.labels.with.contains(label));
    mine.labels.with.retain(|label| !filters.labels.without.contains(label));
    if !filters.branches.is_empty() {
        mine.branches.clone_from(&filters.branches);
    }
    if !filters.paths.is_empty() {
        mine.paths.clone_from(&filters.paths);
    }
    if filters.workflows != RunFilter::default() {
        mine.workflows.clone_from(&filters.workflows);
    }
    next
}

/// What is left without these features; `None` if that is nothing, or if none were named.
pub(super) fn without(known: &RepositoryTerms, features: &[Feature]) -> Option<RepositoryTerms> {
    let mut next = known.clone();
    next.features.retain(|feature| !features.contains(feature));
    if !next.features.contains(&Feature::Workflows) {
        next.filters.workflows = RunFilter::default();
    }
    (!features.is_empty() && !next.features.is_empty()).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_joins_and_what_is_meant_last_counts() {
        let known = replaced(&[Feature::Pulls], &Filters { branches: vec!["main".into()], ..Filters::default() });
        let mut filters = Filters::default();
        filters.labels.with.insert("bug".into());
        let with = added(&known, &[Feature::Reviews], &filters);
        assert_eq!(with.features, [Feature::Pulls, Feature::Reviews].into());
        assert_eq!(with.filters.branches, ["main"]);
        let mut filters = Filters { branches: vec!["release/*".into()], ..Filters::default() };
        filters.labels.without.insert("bug".into());
        let with = added(&with, &[], &filters);
        assert_eq!(with.filters.branches, ["release/*"]);
        assert!(with.filters.labels.with.is_empty() && with.filters.labels.without.contains("bug"));
    }

    #[test]
    fn what_is_taken_from_until_nothing_is_left_has_ended() {
        let known = replaced(&[Feature::Pulls, Feature::Reviews], &Filters::default());
        assert_eq!(without(&known, &[Feature::Reviews]).map(|terms| terms.features), Some([Feature::Pulls].into()));
        assert_eq!(without(&known, &[Feature::Reviews, Feature::Pulls]), None);
        assert_eq!(without(&known, &[]), None);
    }
}
