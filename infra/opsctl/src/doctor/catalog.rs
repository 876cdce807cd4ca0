//! Is a catalog in force, and does it still hold?

use aws_config::SdkConfig;
use opsroom_aws_table::CatalogTable;
use opsroom_domain::catalog::Catalog;

use super::findings::Findings;
use crate::stack::{Stack, output};

/// Reads the catalog in force and checks it by today's rules: it may have been applied by an older version of this program.
pub(super) async fn check(config: &SdkConfig, stack: &Stack, found: &mut Findings) -> Option<Catalog> {
    let table = found.unless_failed("catalog", stack.output(output::CATALOG_TABLE))?;
    let Some(stored) = found.unless_failed("catalog", CatalogTable::new(config, table).read().await)? else {
        found.wrong("catalog: none was applied", "opsctl catalog apply catalog.yaml (start from infra/catalog.example.yaml)");
        return None;
    };
    let problems = stored.catalog.problems();
    if problems.is_empty() {
        found.good(format!("catalog: version {} is in force and valid", stored.version));
    }
    for problem in problems {
        found.wrong(
            format!("catalog, version {}: {problem}", stored.version),
            "correct it in the file and apply it again: opsctl catalog apply",
        );
    }
    Some(stored.catalog)
}
