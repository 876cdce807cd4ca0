//! The real tables keep the same contract as the ones in memory.
//!
//! Runs only with the feature `contract-tests`, against the endpoint in `OPSROOM_TEST_AWS_ENDPOINT`, which must be a local
//! cloud: each test makes tables of its own. `OPSROOM_TEST_AWS_ACCESS_KEY_ID` and `OPSROOM_TEST_AWS_SECRET_ACCESS_KEY` are
//! needed where the endpoint checks them.
#![cfg(feature = "contract-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what makes a table for a test is part of the test")]

mod tables;

use jiff::Timestamp;
use opsroom_application::ports::{CatalogStore as _, PortErrorKind};
use opsroom_aws_table::CatalogTable;
use opsroom_domain::catalog::{Catalog, Environment};
use opsroom_domain::ids::EnvironmentName;
use opsroom_memory::contract::samples::at;

opsroom_memory::store_contract!(tables::records().await);
opsroom_memory::monit_contract!(tables::records().await);
opsroom_memory::operations_contract!(tables::records().await);
opsroom_memory::bytes_contract!(tables::records().await);
opsroom_memory::dj_contract!(tables::records().await);

fn catalog(team: &str) -> Catalog {
    let mut catalog: Catalog = serde_json::from_value(
        serde_json::json!({"workspace": {"team": team}, "environments": {}, "services": {}, "roles": {}, "people": {}}),
    )
    .unwrap();
    for name in ["staging", "production", "a-later-one"] {
        catalog.environments.insert(name.into(), Environment::default());
    }
    catalog
}

#[tokio::test]
async fn the_catalog_keeps_its_order_and_counts_its_versions() {
    let (config, name) = tables::catalog().await;
    let table = CatalogTable::new(&config, name.as_str());
    assert_eq!(table.catalog().await.unwrap(), None);
    assert_eq!(table.apply_catalog(&catalog("T1"), "U1", at(1)).await.unwrap(), 1);
    let first = table.catalog().await.unwrap().unwrap();
    assert_eq!((first.version, &first.catalog), (1, &catalog("T1")));
    let names: Vec<&str> = first.catalog.environments.keys().map(EnvironmentName::as_str).collect();
    assert_eq!(names, ["staging", "production", "a-later-one"]);

    assert_eq!(table.apply_catalog(&catalog("T2"), "U2", at(2)).await.unwrap(), 2);
    assert_eq!(table.catalog().await.unwrap().unwrap().version, 1, "a minute old at most, but kept that long");
    let elsewhere = CatalogTable::new(&config, name);
    assert_eq!(elsewhere.catalog().await.unwrap().unwrap().catalog, catalog("T2"));
    let versions = elsewhere.catalog_versions(10).await.unwrap();
    let summary: Vec<(u64, &str, Timestamp)> = versions.iter().map(|v| (v.version, v.applied_by.as_str(), v.at)).collect();
    assert_eq!(summary, [(2, "U2", at(2)), (1, "U1", at(1))]);
}

#[tokio::test]
async fn of_two_catalogs_at_once_one_is_applied_and_the_other_is_told() {
    let (config, name) = tables::catalog().await;
    let table = CatalogTable::new(&config, name);
    let (one, other) = (catalog("T1"), catalog("T2"));
    let (first, second) = tokio::join!(table.apply_catalog(&one, "U1", at(1)), table.apply_catalog(&other, "U2", at(1)));
    let winner = if first.is_ok() { &one } else { &other };
    let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
    match lost {
        // They may well have come one after the other.
        Ok(version) => assert_eq!((won.unwrap(), version), (1, 2)),
        Err(error) => {
            assert_eq!(error.kind, PortErrorKind::Conflict);
            assert_eq!(&table.catalog().await.unwrap().unwrap().catalog, winner);
        }
    }
}
