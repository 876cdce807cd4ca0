//! Recognising a request: which operation of which service it is, and what it says.
//!
//! Sources: "AWS JSON 1.0 protocol" of the Smithy documentation (`X-Amz-Target` names the operation), and "Using the
//! Slack Web API" (the path names the method; arguments as JSON or as a form).

use hyper::body::Bytes;
use hyper::http::request::Parts;
use serde_json::{Value, json};

/// A host that functions call. A function that takes one endpoint for all of AWS calls them all at the tables' host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// The tables.
    DynamoDb,
    /// The queues.
    Sqs,
    /// The secrets.
    Ssm,
    /// The pipelines.
    CodePipeline,
    /// Slack's Web API.
    Slack,
}

impl Host {
    /// All hosts.
    pub const ALL: [Self; 5] = [Self::DynamoDb, Self::Sqs, Self::Ssm, Self::CodePipeline, Self::Slack];
}

/// A request to a service.
#[derive(Debug)]
pub struct Call {
    /// The host it was sent to.
    pub host: Host,
    /// The operation, such as `DynamoDB_20120810.PutItem` or `chat.postMessage`.
    pub operation: String,
    /// What it says; a body that is no JSON is one string.
    pub body: Value,
}

impl Call {
    /// Recognises a request.
    pub fn read(host: Host, head: &Parts, body: &Bytes) -> Self {
        let operation = head
            .headers
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok())
            .or_else(|| head.uri.path().rsplit('/').next())
            .unwrap_or_default()
            .to_owned();
        let body = serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
        Self { host, operation, body }
    }

    /// The operation without the name and version of its service.
    pub fn action(&self) -> &str {
        match self.host {
            Host::Slack => &self.operation,
            _ => self.operation.rsplit('.').next().unwrap_or(&self.operation),
        }
    }

    /// The table a `DynamoDB` call is about.
    pub fn table(&self) -> &str {
        self.body["TableName"].as_str().unwrap_or_default()
    }

    /// What a service says to an operation it does not know.
    pub fn refusal(&self) -> Value {
        match self.host {
            Host::Slack => json!({"ok": false, "error": "unknown_method"}),
            _ => json!({
                "__type": "com.amazon.coral.service#UnknownOperationException",
                "message": format!("the benchmark's scenario has no answer to {}", self.operation),
            }),
        }
    }

    /// The content type of the answer.
    pub fn content_type(&self) -> &'static str {
        match self.operation.split('.').next() {
            _ if self.host == Host::Slack => "application/json; charset=utf-8",
            Some("AmazonSSM" | "CodePipeline_20150709") => "application/x-amz-json-1.1",
            _ => "application/x-amz-json-1.0",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(path: &str, target: Option<&str>) -> Parts {
        let mut request = hyper::Request::builder().uri(path);
        if let Some(target) = target {
            request = request.header("X-Amz-Target", target);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn an_aws_call_is_named_by_its_target() {
        let body = Bytes::from_static(br#"{"TableName": "state"}"#);
        let head = head("/", Some("DynamoDB_20120810.PutItem"));
        let call = Call::read(Host::DynamoDb, &head, &body);
        assert_eq!(call.action(), "PutItem");
        assert_eq!(call.table(), "state");
    }

    #[test]
    fn a_slack_call_is_named_by_its_path() {
        let body = Bytes::from_static(b"channel=C0OPS");
        let call = Call::read(Host::Slack, &head("/api/chat.postMessage", None), &body);
        assert_eq!(call.action(), "chat.postMessage");
        assert_eq!(call.body, "channel=C0OPS");
    }
}
