//! What a new catalog changes, entry by entry, so that whoever applies it sees whether it is what they meant.

use std::fmt::Display;

use indexmap::IndexMap;
use opsroom_domain::catalog::Catalog;

/// One line per entry that was added, removed or changed.
pub(crate) fn between(before: &Catalog, after: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    if before.workspace != after.workspace {
        lines.push(format!("~ workspace: {} -> {}", before.workspace.team, after.workspace.team));
    }
    entries(&mut lines, "environment", &before.environments, &after.environments);
    entries(&mut lines, "service", &before.services, &after.services);
    entries(&mut lines, "role", &before.roles, &after.roles);
    entries(&mut lines, "person", &before.people, &after.people);
    if before.members != after.members {
        lines.push("~ members".to_owned());
    }
    entries(&mut lines, "room", &before.rooms, &after.rooms);
    for (what, differs) in [
        ("operators", before.operators != after.operators),
        ("builds", before.builds != after.builds),
        ("monit", before.monit != after.monit),
        ("hosts", before.hosts != after.hosts),
        ("bytes", before.bytes != after.bytes),
        ("dj", before.dj != after.dj),
    ] {
        if differs {
            lines.push(format!("~ {what}"));
        }
    }
    if lines.is_empty() {
        // They differ, or this would not be asked: what is left is the order of entries, which people see.
        lines.push("~ order of entries".to_owned());
    }
    lines
}

fn entries<K, V>(lines: &mut Vec<String>, what: &str, before: &IndexMap<K, V>, after: &IndexMap<K, V>)
where
    K: Display + Eq + std::hash::Hash,
    V: PartialEq,
{
    for (name, entry) in after {
        match before.get(name) {
            None => lines.push(format!("+ {what} {name}")),
            Some(was) if was != entry => lines.push(format!("~ {what} {name}")),
            Some(_) => {}
        }
    }
    lines.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("- {what} {name}")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::check;

    const BEFORE: &str = include_str!("../../../catalog.example.yaml");

    #[test]
    fn names_every_entry_that_differs() {
        let cases = [
            ("aliases: [backend]", "aliases: [backend, core]", vec!["~ service api"]),
            ("  C0GITHUB: { name: github }\n", "", vec!["- room C0GITHUB"]),
            ("  C0GITHUB: {", "  C0CODE: {", vec!["+ room C0CODE", "- room C0GITHUB"]),
            (
                "U0READER: { name: Robin Reader, roles: [reader] }",
                "U0READER: { name: Robin Reader, roles: [operator] }",
                vec!["~ person U0READER"],
            ),
            ("members:\n  roles: [reader]", "members:\n  roles: []", vec!["~ members"]),
            ("masks: [", "masks: [\"x{9}\", ", vec!["~ hosts"]),
            ("hide_after: 2", "hide_after: 3", vec!["~ bytes"]),
            ("cap: 5", "cap: 6", vec!["~ dj"]),
            ("team: T0LOCAL", "team: T0OTHER", vec!["~ workspace: T0LOCAL -> T0OTHER"]),
        ];
        let before = check::read(BEFORE).unwrap();
        for (from, to, expected) in cases {
            assert!(BEFORE.contains(from), "{from}");
            let after = check::read(&BEFORE.replacen(from, to, 1)).unwrap();
            assert_eq!(between(&before, &after), expected, "{from} -> {to}");
        }
    }
}
