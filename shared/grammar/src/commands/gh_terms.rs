//! Features and filters, as people type them behind `gh subscribe`.

use opsroom_domain::subscription::{Feature, Filters, RunFilter};

use crate::mistake::{Mistake, nearest};

/// More globs, labels or authors of a kind are a mistake, not a wish.
const MOST: usize = 20;
const LONGEST: usize = 100;
const FILTERS: [&str; 6] = ["branches:", "+label:", "-label:", "-author:", "path:", "workflows:"];

/// What a line wants.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub features: Vec<Feature>,
    pub filters: Filters,
    pub add: bool,
}

/// Reads features and filters in any order.
pub(super) fn wanted(words: &[String]) -> Result<Wanted, Mistake> {
    let mut wanted = Wanted::default();
    for word in joined(words) {
        take(&word, &mut wanted)?;
    }
    let Filters { labels, .. } = &wanted.filters;
    if let Some(both) = labels.with.intersection(&labels.without).next() {
        return Err(Mistake::new(format!("`+label:{both}` and `-label:{both}` together show nothing")));
    }
    if wanted.filters.workflows != RunFilter::default() {
        add_feature(&mut wanted.features, Feature::Workflows);
    }
    if !wanted.filters.paths.is_empty() && !wanted.features.is_empty() {
        add_feature(&mut wanted.features, Feature::Commits);
    }
    Ok(wanted)
}

/// `workflows:{name:CI, branch:main}` with spaces in it is one word all the same.
fn joined(words: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match out.last_mut().filter(|last| last.contains('{') && !last.contains('}')) {
            Some(open) => *open = format!("{open} {word}"),
            None => out.push(word.clone()),
        }
    }
    out
}

fn take(word: &str, wanted: &mut Wanted) -> Result<(), Mistake> {
    let filters = &mut wanted.filters;
    let lower = word.to_lowercase();
    match lower.as_str() {
        "--add" | "add" => wanted.add = true,
        "-bots" | "--bots" | "-bot" => filters.without_bots = true,
        _ => match lower.split_once(':').map(|(name, _)| name) {
            Some("branches" | "branch") => filters.branches = list(word)?,
            Some("path" | "paths") => filters.paths = list(word)?,
            Some("+label" | "label" | "+labels") => filters.labels.with.extend(list(&lower)?),
            Some("-label" | "--label" | "-labels") => filters.labels.without.extend(list(&lower)?),
            Some("-author" | "--author" | "-authors") => {
                filters.without_authors.extend(list(&lower)?.into_iter().map(|author| author.trim_start_matches('@').to_owned()));
            }
            Some("workflows" | "workflow") => filters.workflows = runs(word)?,
            _ => {
                for name in lower.split(',').filter(|name| !name.is_empty()) {
                    add_feature(&mut wanted.features, feature(name)?);
                }
            }
        },
    }
    Ok(())
}

fn add_feature(features: &mut Vec<Feature>, feature: Feature) {
    if !features.contains(&feature) {
        features.push(feature);
    }
}

fn feature(name: &str) -> Result<Feature, Mistake> {
    Feature::named(name).ok_or_else(|| {
        let names = || Feature::ALL.map(Feature::name);
        let near = nearest(name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Mistake::new(format!("`{name}` is neither a feature nor a filter{near}"))
            .valid(names().into_iter().chain(FILTERS).chain(["-bots", "--add"]))
    })
}

/// The values behind the colon.
fn list(word: &str) -> Result<Vec<String>, Mistake> {
    let (name, values) = word.split_once(':').unwrap_or((word, ""));
    let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
    if values.is_empty() {
        return Err(Mistake::new(format!("`{name}:` needs a value, without a space behind the colon")));
    }
    if values.len() > MOST || values.iter().any(|value| value.chars().count() > LONGEST) {
        return Err(Mistake::new(format!("`{name}:` takes {MOST} values of {LONGEST} characters at most")));
    }
    Ok(values)
}

/// `workflows:{name:CI|Release,branch:main,event:push,only:failures}`; the braces may be left out. Several values stand apart by `|`.
fn runs(word: &str) -> Result<RunFilter, Mistake> {
    let inner = word.split_once(':').map_or("", |(_, inner)| inner);
    let inner = inner.trim().trim_start_matches('{').trim_end_matches('}');
    let mut filter = RunFilter::default();
    for part in inner.split(',').map(|part| part.replace('"', "")).filter(|part| !part.trim().is_empty()) {
        let part = part.trim();
        let (name, values) = part.split_once(':').unwrap_or((part, ""));
        let values: Vec<String> = values.split('|').map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
        if values.len() > MOST || values.iter().any(|value| value.chars().count() > LONGEST) {
            return Err(Mistake::new(format!("`{name}:` takes {MOST} values of {LONGEST} characters at most")));
        }
        match (name.trim().to_lowercase().as_str(), values.first().map(|value| value.to_lowercase()).as_deref()) {
            ("name" | "names", Some(_)) => filter.names.extend(values),
            ("branch" | "branches", Some(_)) => filter.branches.extend(values),
            ("event" | "events", Some(_)) => filter.events.extend(values.into_iter().map(|value| value.to_lowercase())),
            ("only", Some("failures" | "failure" | "failed")) | ("only failures" | "failures", None) => filter.only_failures = true,
            _ => {
                return Err(Mistake::new(format!("`{part}` isn't understood within `workflows:{{…}}`")).valid([
                    "name:CI",
                    "branch:main",
                    "event:push",
                    "only:failures",
                ]));
            }
        }
    }
    if filter == RunFilter::default() {
        return Err(Mistake::new("`workflows:{…}` is empty; for all runs, write the feature `workflows`"));
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Wanted, Mistake> {
        wanted(&line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn features_and_filters_in_any_order() {
        let wanted = read("-bots pulls,Reviews branches:main,release/* -author:@Renovate +label:bug commit --add path:a/**").unwrap();
        assert_eq!(wanted.features, [Feature::Pulls, Feature::Reviews, Feature::Commits]);
        assert!(wanted.add && wanted.filters.without_bots);
        assert_eq!(wanted.filters.branches, ["main", "release/*"]);
        assert_eq!(wanted.filters.without_authors.into_iter().collect::<Vec<_>>(), ["renovate"]);
        assert_eq!(wanted.filters.labels.with.into_iter().collect::<Vec<_>>(), ["bug"]);
        assert_eq!(read("").unwrap(), Wanted::default());
    }

    #[test]
    fn a_filter_on_workflows_asks_for_workflows() {
        for line in [
            "workflows:{name:CI|Release,branch:main,event:push,only:failures}",
            "workflows:{name:CI|Release, branch:main, event:push, only failures}",
        ] {
            let wanted = read(line).unwrap();
            assert_eq!(wanted.features, [Feature::Workflows], "{line}");
            assert_eq!(wanted.filters.workflows.names, ["CI", "Release"]);
            assert!(wanted.filters.workflows.only_failures);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("pullz", "`pullz` is neither a feature nor a filter; did you mean `pulls`?"),
            ("branches: main", "`branches:` needs a value, without a space behind the colon"),
            ("+label:x -label:X", "`+label:x` and `-label:x` together show nothing"),
            ("workflows:{}", "`workflows:{…}` is empty; for all runs, write the feature `workflows`"),
            ("workflows:{colour:red}", "`colour:red` isn't understood within `workflows:{…}`"),
        ];
        for (line, message) in cases {
            assert_eq!(read(line).unwrap_err().message, message, "{line}");
        }
        assert!(read(&format!("path:{}", "a,".repeat(21))).is_err());
    }
}
