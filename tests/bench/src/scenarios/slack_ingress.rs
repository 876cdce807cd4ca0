//! The door: a signed slash command, answered at once and queued.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Role, Scenario, services, world};
use crate::signature::sign;
use crate::stub::{Call, Stub};

pub struct SlackIngress;

impl Scenario for SlackIngress {
    fn binary(&self) -> &'static str {
        "opsroom-slack-ingress"
    }

    fn role(&self) -> Role {
        Role::Door
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    /// "Request payload format" (version 2.0), "Invoking Lambda function URLs", AWS Lambda Developer Guide. Form bodies
    /// arrive in base 64.
    fn event(&self, number: u64, now: Timestamp) -> Value {
        let body = format!(
            "command=%2Fops&text=deploy+api+to+staging&team_id=T0LOCAL&team_domain=local&channel_id=C0OPS&channel_name=ops&\
             user_id=U0DEPLOYER&user_name=dana&api_app_id=A0OPSROOM&is_enterprise_install=false&trigger_id=1000.2000.{number:032x}&\
             response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT0LOCAL%2F{number}%2Fbenchmark"
        );
        let timestamp = now.as_second();
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/commands",
            "rawQueryString": "",
            "headers": {
                "accept": "application/json,*/*",
                "content-type": "application/x-www-form-urlencoded",
                "host": "benchmark.lambda-url.eu-west-1.on.aws",
                "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                "x-forwarded-for": "198.51.100.7",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https",
                "x-slack-request-timestamp": timestamp.to_string(),
                "x-slack-signature": sign(services::SIGNING_SECRET, timestamp, &body),
            },
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "benchmark",
                "domainName": "benchmark.lambda-url.eu-west-1.on.aws",
                "domainPrefix": "benchmark",
                "http": {
                    "method": "POST",
                    "path": "/commands",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "198.51.100.7",
                    "userAgent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                },
                "requestId": format!("00000000-0000-4000-a000-{number:012}"),
                "routeKey": "$default",
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.as_millisecond(),
            },
            "body": BASE64_STANDARD.encode(&body),
            "isBase64Encoded": true,
        })
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        match call.action() {
            "GetItem" if call.table() == services::CATALOG_TABLE => Some(json!({"Item": services::item(&world::stored_catalog())})),
            "SendMessage" => services::acknowledged(call),
            _ => services::secrets(call),
        }
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("SendMessage")
    }

    /// A command that was queued is shown in the channel; a refusal would be private.
    fn accepts(&self, answer: &Value) -> bool {
        answer["statusCode"] == 200 && answer["body"].as_str().is_some_and(|body| body.contains("in_channel"))
    }
}
