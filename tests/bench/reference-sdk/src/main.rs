//! The measure of the comparison: verifies a signature and stores one item, which is the least that a door of this
//! system could do with a table. Its client is built as the functions build theirs.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use hmac::{Hmac, KeyInit, Mac};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

#[derive(Debug, Deserialize)]
struct Request {
    timestamp: String,
    signature: String,
    body: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    stored: bool,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "two variables need no configuration of their own")]
async fn main() -> Result<(), Error> {
    let secret = std::env::var("SIGNING_SECRET")?;
    let table = std::env::var("TABLE")?;
    let client = Client::new(&opsroom_aws_session::from_environment()?);
    run(service_fn(async |event: LambdaEvent<Request>| {
        let request = event.payload;
        if !genuine(&secret, &request)? {
            return Ok::<Answer, Error>(Answer { stored: false });
        }
        store(&client, &table, request).await?;
        Ok(Answer { stored: true })
    }))
    .await
}

fn genuine(secret: &str, request: &Request) -> Result<bool, Error> {
    let Some(signature) = request.signature.strip_prefix("v0=") else {
        return Ok(false);
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(format!("v0:{}:{}", request.timestamp, request.body).as_bytes());
    Ok(mac.verify_slice(&hex::decode(signature)?).is_ok())
}

async fn store(client: &Client, table: &str, request: Request) -> Result<(), Error> {
    let item = HashMap::from([
        ("pk".to_owned(), AttributeValue::S(request.signature)),
        ("timestamp".to_owned(), AttributeValue::N(request.timestamp)),
        ("body".to_owned(), AttributeValue::S(request.body)),
    ]);
    client.put_item().table_name(table).set_item(Some(item)).send().await?;
    Ok(())
}
