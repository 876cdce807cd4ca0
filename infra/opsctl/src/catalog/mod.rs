//! `opsctl catalog`: check, apply, show, versions.

mod changes;
mod check;
mod source;

use std::fmt::Write as _;
use std::path::Path;

use aws_config::SdkConfig;
use opsroom_application::alarms::plan_summary;
use opsroom_application::ports::StoredCatalog;
use opsroom_aws_table::{CatalogTable, Records};
use opsroom_domain::catalog::Catalog;

use crate::Report;
use crate::clock;
use crate::failure::{Failure, root_cause};
use crate::stack::{Stack, output};

/// How many versions a list shows.
const LISTED: usize = 20;

/// What is done with the table, once everything that can be checked without it was.
pub(crate) enum Step {
    /// Put a catalog in force.
    Apply {
        /// The checked catalog.
        catalog: Box<Catalog>,
        /// Who applies it, if not the caller's identity.
        applied_by: Option<String>,
    },
    /// Print one.
    Show {
        /// This version; `None` for the one in force.
        number: Option<u64>,
    },
    /// List the latest.
    Versions,
}

/// Checks a file and reports.
pub(crate) fn check_file(path: &Path) -> Result<Report, Failure> {
    Ok(match read_file(path)? {
        Ok(catalog) => format!("{}: valid; {}\n", path.display(), size(&catalog)).into(),
        Err(report) => report,
    })
}

/// Reads and checks a file. The inner error is the report on what is wrong with it.
pub(crate) fn read_file(path: &Path) -> Result<Result<Catalog, Report>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::new(format!("can't read {}: {error}", path.display())))?;
    Ok(check::read(&text).map_err(|faults| {
        let mut text = String::new();
        // Writing to a String can't fail.
        for fault in &faults {
            let _ = writeln!(text, "{}:{fault}", path.display());
        }
        let _ = writeln!(text, "{}", if faults.len() == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.len()) });
        Report { text, healthy: false }
    }))
}

/// Does what takes the table.
pub(crate) async fn run(config: &SdkConfig, stack: &Stack, step: Step) -> Result<String, Failure> {
    let table = CatalogTable::new(config, stack.output(output::CATALOG_TABLE)?);
    match step {
        Step::Apply { catalog, applied_by } => {
            let records = Records::new(config, stack.output(output::STATE_TABLE)?, stack.output(output::AUDIT_TABLE)?);
            let mut text = apply(config, &table, &catalog, applied_by).await?;
            // Also when it was in force before: the last time may have ended in between.
            let planned = Box::pin(plan_summary(&records, &catalog, clock::now())).await;
            let at =
                planned.map_err(|error| Failure::new(format!("{text}but its daily summary isn't planned: {error}; apply it again")))?;
            if let Some(at) = at {
                // Writing to a String can't fail.
                let _ = writeln!(text, "the next daily summary comes at {}", at.strftime("%Y-%m-%d %H:%M UTC"));
            }
            Ok(text)
        }
        Step::Show { number } => show(&table, number).await,
        Step::Versions => versions(&table).await,
    }
}

async fn apply(config: &SdkConfig, table: &CatalogTable, catalog: &Catalog, applied_by: Option<String>) -> Result<String, Failure> {
    let before = table.read().await?;
    if let Some(StoredCatalog { version, catalog: in_force }) = &before
        && says_the_same(in_force, catalog)
    {
        return Ok(format!("version {version} is in force and says the same; nothing was changed\n"));
    }
    let who = match applied_by {
        Some(who) => who,
        None => caller(config).await?,
    };
    let version = table.apply_catalog(catalog, &who, clock::now()).await?;
    let mut text = format!("version {version} is in force, applied by {who}; {}\n", size(catalog));
    if let Some(before) = before {
        for line in changes::between(&before.catalog, catalog) {
            let _ = writeln!(text, "  {line}");
        }
    }
    Ok(text)
}

/// Compared as text: the order of entries is what people are shown, and the maps themselves are equal in any order.
fn says_the_same(one: &Catalog, other: &Catalog) -> bool {
    matches!((serde_json::to_string(one), serde_json::to_string(other)), (Ok(one), Ok(other)) if one == other)
}

/// Who calls, as AWS sees it.
async fn caller(config: &SdkConfig) -> Result<String, Failure> {
    let answer = aws_sdk_sts::Client::new(config).get_caller_identity().send().await;
    let answer = answer.map_err(|error| Failure::new(format!("can't tell who you are: {}; pass --as", root_cause(&error))))?;
    answer.arn.ok_or_else(|| Failure::new("AWS doesn't say who you are; pass --as"))
}

async fn show(table: &CatalogTable, number: Option<u64>) -> Result<String, Failure> {
    let stored = match number {
        None => table.read().await?.ok_or_else(|| Failure::new("no catalog was applied yet; do: opsctl catalog apply FILE"))?,
        Some(number) => table
            .read_version(number)
            .await?
            .ok_or_else(|| Failure::new(format!("there is no version {number}; opsctl catalog versions lists those there are")))?,
    };
    let yaml =
        serde_saphyr::to_string(&stored.catalog).map_err(|error| Failure::new(format!("the catalog can't be written as YAML: {error}")))?;
    Ok(format!("# version {}\n{yaml}", stored.version))
}

async fn versions(table: &CatalogTable) -> Result<String, Failure> {
    let versions = table.catalog_versions(LISTED).await?;
    if versions.is_empty() {
        return Ok("no catalog was applied yet; do: opsctl catalog apply FILE\n".to_owned());
    }
    let mut text = String::new();
    for applied in versions {
        let _ = writeln!(text, "{:>4}  {}  {}", applied.version, applied.at.strftime("%Y-%m-%d %H:%M UTC"), applied.applied_by);
    }
    Ok(text)
}

fn size(catalog: &Catalog) -> String {
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    [
        counted(catalog.services.len(), "service", "services"),
        counted(catalog.environments.len(), "environment", "environments"),
        counted(catalog.people.len(), "person", "people"),
        counted(catalog.roles.len(), "role", "roles"),
        counted(catalog.rooms.len(), "room", "rooms"),
    ]
    .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_show_prints_can_be_applied_again() {
        let catalog = check::read(include_str!("../../../catalog.example.yaml")).unwrap();
        let shown = serde_saphyr::to_string(&catalog).unwrap();
        let again = check::read(&shown).unwrap();
        assert!(says_the_same(&again, &catalog), "{shown}");
    }
}
