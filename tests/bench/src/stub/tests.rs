//! The stub as a client sees it: trusted through the bundle, counted, and firm with what it does not know.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::scenarios::Role;

/// Knows one operation.
struct OneTable;

impl Scenario for OneTable {
    fn binary(&self) -> &'static str {
        "one-table"
    }

    fn role(&self) -> Role {
        Role::Worker
    }

    fn environment(&self, _: &Stub) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn event(&self, _: u64, _: jiff::Timestamp) -> Value {
        Value::Null
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        (call.action() == "GetItem").then(|| json!({"Item": {"table": {"S": call.table()}}}))
    }

    fn crucial_call(&self) -> Option<&'static str> {
        None
    }

    fn accepts(&self, _: &Value) -> bool {
        true
    }
}

async fn connect(stub: &Stub, authority: &Authority, host: Host) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let bundle = CertificateDer::pem_file_iter(&authority.bundle).expect("a bundle");
    roots.add_parsable_certificates(bundle.map(|certificate| certificate.expect("a certificate")));
    let client = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = stub.endpoint(host).strip_prefix("https://").expect("an https URL");
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    TlsConnector::from(Arc::new(client)).connect(name, stream).await.expect("a trusted server")
}

async fn say(stream: &mut TlsStream<TcpStream>, action: &str) -> String {
    let body = r#"{"TableName":"state"}"#;
    let request = format!(
        "POST / HTTP/1.1\r\nhost: dynamodb\r\nx-amz-target: DynamoDB_20120810.{action}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let read = stream.read_buf(&mut answer).await.expect("an answer");
        assert!(read > 0, "broke off after {}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn calls_are_answered_and_counted_over_a_kept_connection() {
    let directory = tempfile::tempdir().expect("a directory");
    let authority = Authority::establish(directory.path()).expect("an authority");
    let stub = Stub::start(&authority, Arc::new(OneTable)).await.expect("a stub");
    let mut stream = connect(&stub, &authority, Host::DynamoDb).await;
    for _ in 0..2 {
        let answer = say(&mut stream, "GetItem").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with(r#"{"Item":{"table":{"S":"state"}}}"#), "{answer}");
    }
    let tally = stub.take();
    assert_eq!((tally.connections, tally.aws_calls, tally.slack_calls), (1, 2, 0));
    assert_eq!(tally.hosts.len(), 1);
    assert_eq!(stub.take().aws_calls, 0, "a tally is taken once");
}

#[tokio::test]
async fn an_unknown_operation_is_refused_and_remembered() {
    let directory = tempfile::tempdir().expect("a directory");
    let authority = Authority::establish(directory.path()).expect("an authority");
    let stub = Stub::start(&authority, Arc::new(OneTable)).await.expect("a stub");
    let mut stream = connect(&stub, &authority, Host::DynamoDb).await;
    let answer = say(&mut stream, "Scan").await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    assert_eq!(stub.take().unanswered, [r#"DynamoDB_20120810.Scan {"TableName":"state"}"#]);
}
