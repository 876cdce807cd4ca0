//! Tables as in `template.yaml`, made for one test.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use opsroom_aws_session::{SdkConfig, from_variables};
use opsroom_aws_table::Records;

fn config() -> SdkConfig {
    #[allow(clippy::disallowed_methods, reason = "whoever runs the tests says where the local cloud is")]
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let endpoint = set("OPSROOM_TEST_AWS_ENDPOINT")
        .expect("OPSROOM_TEST_AWS_ENDPOINT must be the address of a local cloud, such as http://127.0.0.1:4566");
    from_variables(|name| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        "AWS_REGION" => Some(set("OPSROOM_TEST_AWS_REGION").unwrap_or_else(|| "us-east-1".into())),
        "AWS_ACCESS_KEY_ID" => Some(set("OPSROOM_TEST_AWS_ACCESS_KEY_ID").unwrap_or_else(|| "test".into())),
        "AWS_SECRET_ACCESS_KEY" => Some(set("OPSROOM_TEST_AWS_SECRET_ACCESS_KEY").unwrap_or_else(|| "test".into())),
        _ => None,
    })
    .unwrap()
}

fn unique(kind: &str) -> String {
    format!("opsroom-contract-{kind}-{:016x}", fastrand::u64(..))
}

struct Index {
    name: &'static str,
    pk: &'static str,
    sk: &'static str,
    projection: ProjectionType,
}

async fn create(config: &SdkConfig, name: &str, indexes: &[Index]) {
    let key = |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let mut attributes = vec!["pk", "sk"];
    attributes.extend(indexes.iter().flat_map(|index| [index.pk, index.sk]));
    attributes.sort_unstable();
    attributes.dedup();
    let definition =
        |name: &&str| AttributeDefinition::builder().attribute_name(*name).attribute_type(ScalarAttributeType::S).build().unwrap();
    let global = indexes.iter().map(|index| {
        GlobalSecondaryIndex::builder()
            .index_name(index.name)
            .key_schema(key(index.pk, KeyType::Hash))
            .key_schema(key(index.sk, KeyType::Range))
            .projection(Projection::builder().projection_type(index.projection.clone()).build())
            .build()
            .unwrap()
    });
    Client::new(config)
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .set_attribute_definitions(Some(attributes.iter().map(definition).collect()))
        .set_global_secondary_indexes(Some(global.collect::<Vec<_>>()).filter(|indexes| !indexes.is_empty()))
        .send()
        .await
        .unwrap();
}

/// A state table and an audit table.
pub async fn records() -> Records {
    let (config, state, audit) = (config(), unique("state"), unique("audit"));
    let by_index1 = Index { name: "by_index1", pk: "gsi1pk", sk: "gsi1sk", projection: ProjectionType::All };
    let outbox = Index { name: "outbox", pk: "outbox_shard", sk: "outbox_since", projection: ProjectionType::KeysOnly };
    create(&config, &state, &[by_index1, outbox]).await;
    let by_actor = Index { name: "by_actor", pk: "actor", sk: "sk", projection: ProjectionType::All };
    let by_service = Index { name: "by_service", pk: "service", sk: "sk", projection: ProjectionType::All };
    create(&config, &audit, &[by_actor, by_service]).await;
    Records::new(&config, state, audit)
}

/// A catalog table.
pub async fn catalog() -> (SdkConfig, String) {
    let (config, name) = (config(), unique("catalog"));
    create(&config, &name, &[]).await;
    (config, name)
}
