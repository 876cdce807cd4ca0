//! The door for webhooks: a push of GitHub, of the usual size and of about a megabyte.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Role, Scenario, services};
use crate::signature::sign_as_github;
use crate::stub::{Call, Stub};

/// One size of push.
pub struct WebhookIngress {
    name: &'static str,
    commits: usize,
}

impl WebhookIngress {
    /// One commit: about a kilobyte.
    pub const SMALL: Self = Self { name: "opsroom-webhook-ingress", commits: 1 };
    /// As many as make a megabyte: more than the queue takes, so that it is trimmed.
    pub const LARGE: Self = Self { name: "opsroom-webhook-ingress (1 MB)", commits: 1900 };

    /// "push", "Webhook events and payloads", GitHub Docs.
    fn push(&self, number: u64) -> Value {
        let commit = |i: usize| {
            json!({
                "id": format!("{number:020x}{i:020x}"), "tree_id": format!("{i:040x}"), "distinct": true,
                "message": format!("Count what is counted, part {i}\n\n{}", "It was counted twice when it came twice. ".repeat(4)),
                "timestamp": "2026-11-20T10:00:00+01:00",
                "url": format!("https://github.com/example/api/commit/{number:020x}{i:020x}"),
                "author": {"name": "Octo Cat", "email": "octocat@example.com", "username": "octocat"},
                "added": [], "removed": [], "modified": ["src/count.rs", "tests/count.rs"],
            })
        };
        let commits: Vec<Value> = (0..self.commits).map(commit).collect();
        let after = commits.last().map_or(Value::Null, |commit| commit["id"].clone());
        json!({
            "ref": "refs/heads/main", "before": format!("{:040x}", number), "after": after,
            "created": false, "deleted": false, "forced": false, "compare": "https://github.com/example/api/compare/1...2",
            "head_commit": commits.last(), "commits": commits,
            "repository": {
                "id": 1, "name": "api", "full_name": "example/api", "html_url": "https://github.com/example/api", "default_branch": "main",
            },
            "pusher": {"name": "octocat", "email": "octocat@example.com"},
            "sender": {"login": "octocat", "id": 2, "type": "User"},
        })
    }
}

impl Scenario for WebhookIngress {
    fn binary(&self) -> &'static str {
        "opsroom-webhook-ingress"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn role(&self) -> Role {
        Role::Door
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    /// "Request payload format" (version 2.0), "Invoking Lambda function URLs", AWS Lambda Developer Guide.
    fn event(&self, number: u64, now: Timestamp) -> Value {
        let body = self.push(number).to_string();
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/github",
            "rawQueryString": "",
            "headers": {
                "accept": "*/*",
                "content-type": "application/json",
                "host": "benchmark.lambda-url.eu-west-1.on.aws",
                "user-agent": "GitHub-Hookshot/benchmark",
                "x-github-event": "push",
                "x-github-delivery": format!("00000000-0000-4000-a000-{number:012}"),
                "x-hub-signature-256": sign_as_github(services::WEBHOOK_SECRET, &body),
            },
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "benchmark",
                "domainName": "benchmark.lambda-url.eu-west-1.on.aws",
                "domainPrefix": "benchmark",
                "http": {"method": "POST", "path": "/github", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "GitHub-Hookshot/benchmark"},
                "requestId": format!("00000000-0000-4000-a000-{number:012}"),
                "routeKey": "$default",
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.as_millisecond(),
            },
            "body": body,
            "isBase64Encoded": false,
        })
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        match call.action() {
            "SendMessage" => services::acknowledged(call),
            _ => services::secrets(call),
        }
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("SendMessage")
    }

    fn accepts(&self, answer: &Value) -> bool {
        answer["statusCode"] == 202
    }
}
