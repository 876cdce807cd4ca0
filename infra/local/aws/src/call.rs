//! Which service and operation a request is for, as its signature and its protocol say.

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::{Map, Value, json};

use crate::cbor;
use crate::signature::{self, Claim};

/// A request's meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The signing name of the service (`dynamodb`, `sqs` …), in lower case.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The access key it is signed with.
    pub access_key: Option<String>,
    /// How its errors look.
    pub protocol: Protocol,
}

/// The wire form of a service's errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON with a target header, or REST with JSON.
    Json,
    /// XML with `ErrorResponse` around the error.
    Query,
    /// S3's bare `Error`.
    S3,
    /// Smithy's RPC v2 with CBOR.
    Cbor,
}

impl Call {
    /// Reads a request's head, and its body for the query protocol's `Action`.
    pub fn of(parts: &Parts, body: &[u8], claim: Option<&Claim>) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        let presigned = parameter(query, "X-Amz-Credential").and_then(|credential| signature::credential_scope(&credential));
        let access_key = claim.map(|claim| claim.access_key.clone()).or_else(|| presigned.as_ref().map(|scope| scope.0.clone()));
        let signed_for = claim.map(|claim| claim.service.clone()).or_else(|| presigned.map(|scope| scope.2));
        let path = parts.uri.path();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());

        if let Some((prefix, operation)) = target.and_then(|target| target.rsplit_once('.')) {
            let service = match (prefix, signed_for) {
                ("CodePipeline_20150709", _) => "codepipeline".to_owned(),
                (_, Some(service)) => service.to_ascii_lowercase(),
                (prefix, None) => prefix.to_ascii_lowercase(),
            };
            return Call { service, operation: operation.to_owned(), access_key, protocol: Protocol::Json };
        }
        if path.starts_with("/_aws/lambda-url/") || host(parts).contains(".lambda-url.") {
            return Call::named("lambda-url", "Invoke", access_key, Protocol::Json);
        }
        let Some(service) = signed_for.map(|service| service.to_ascii_lowercase()) else {
            let service = if path.starts_with("/_ministack") { "ministack" } else { "unsigned" };
            return Call::named(service, &format!("{} {path}", parts.method), access_key, Protocol::Json);
        };
        if service == "s3" {
            let operation = s3_operation(&parts.method, path, query);
            return Call { service, operation, access_key, protocol: Protocol::S3 };
        }
        // /service/<the model's name of the service>/operation/<operation>
        if let Some((_, operation)) = path.strip_prefix("/service/").and_then(|path| path.split_once("/operation/")) {
            return Call { service, operation: operation.to_owned(), access_key, protocol: Protocol::Cbor };
        }
        let form = std::str::from_utf8(body).unwrap_or_default();
        let is_form =
            parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let action = parameter(query, "Action").or_else(|| is_form.then(|| parameter(form, "Action")).flatten());
        if let Some(operation) = action {
            return Call { service, operation, access_key, protocol: Protocol::Query };
        }
        let operation = if service == "lambda" { lambda_operation(&parts.method, path) } else { format!("{} {path}", parts.method) };
        Call { service, operation, access_key, protocol: Protocol::Json }
    }

    /// What is asked, as JSON would have it, in any protocol but S3's. Lists of the query protocol are read if their members are plain.
    pub fn members(&self, body: &[u8]) -> Value {
        match self.protocol {
            Protocol::Cbor => cbor::read(body).unwrap_or_default(),
            Protocol::Json | Protocol::S3 => serde_json::from_slice(body).unwrap_or_default(),
            Protocol::Query => {
                let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
                let mut members = Map::new();
                for (name, value) in fields {
                    match name.split_once(".member.") {
                        Some((list, _)) => {
                            if let Value::Array(items) = members.entry(list).or_insert_with(|| json!([])) {
                                items.push(json!(value));
                            }
                        }
                        None => {
                            members.insert(name, json!(value));
                        }
                    }
                }
                Value::Object(members)
            }
        }
    }

    fn named(service: &str, operation: &str, access_key: Option<String>, protocol: Protocol) -> Self {
        Call { service: service.to_owned(), operation: operation.to_owned(), access_key, protocol }
    }
}

fn host(parts: &Parts) -> &str {
    parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default()
}

fn parameter(form: &str, name: &str) -> Option<String> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(form).ok()?;
    fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

/// The common operations by their names; the rest by method and subresource.
fn s3_operation(method: &Method, path: &str, query: &str) -> String {
    let object = path.trim_matches('/').contains('/');
    let sub = query.split('&').next().unwrap_or_default().split('=').next().unwrap_or_default();
    let name = match (method.as_str(), object, sub) {
        ("POST", true, "uploads") => "CreateMultipartUpload",
        ("POST", true, "uploadId") => "CompleteMultipartUpload",
        (_, _, "uploads" | "versioning" | "policy" | "location" | "acl" | "tagging" | "encryption") => {
            return format!("{method} ?{sub}");
        }
        ("GET", true, _) => "GetObject",
        ("HEAD", true, _) => "HeadObject",
        ("PUT", true, _) => "PutObject",
        ("DELETE", true, _) => "DeleteObject",
        ("GET", false, _) => "ListObjects",
        ("HEAD", false, _) => "HeadBucket",
        ("PUT", false, _) => "CreateBucket",
        ("DELETE", false, _) => "DeleteBucket",
        _ => return format!("{method} {path}"),
    };
    name.to_owned()
}

fn lambda_operation(method: &Method, path: &str) -> String {
    let path = path.trim_end_matches('/');
    let name = match (method.as_str(), path.split('/').skip(2).collect::<Vec<_>>().as_slice()) {
        ("POST", ["functions", _, "invocations"]) => "Invoke",
        ("GET", ["functions"]) => "ListFunctions",
        ("POST", ["functions"]) => "CreateFunction",
        ("GET", ["functions", _]) => "GetFunction",
        ("DELETE", ["functions", _]) => "DeleteFunction",
        ("PUT", ["functions", _, "code"]) => "UpdateFunctionCode",
        ("PUT", ["functions", _, "configuration"]) => "UpdateFunctionConfiguration",
        _ => return format!("{method} {path}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::{Call, Protocol};
    use crate::signature;

    fn call(request: &Request<&str>) -> Call {
        let (parts, body) = request.clone().into_parts();
        Call::of(&parts, body.as_bytes(), signature::claim(&parts.headers).as_ref())
    }

    fn signed(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20261122/us-east-1/{service}/aws4_request, SignedHeaders=host, \
             Signature=00"
        )
    }

    #[test]
    fn every_protocol_names_its_operation() {
        let json = Request::post("/")
            .header("authorization", signed("dynamodb"))
            .header("x-amz-target", "DynamoDB_20120810.PutItem")
            .body("{}")
            .unwrap();
        let found = call(&json);
        assert_eq!((found.service.as_str(), found.operation.as_str()), ("dynamodb", "PutItem"));
        assert_eq!(found.access_key.as_deref(), Some("AKIA1"));

        let form = Request::post("/")
            .header("authorization", signed("sts"))
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body("Version=2011-06-15&Action=AssumeRole")
            .unwrap();
        let found = call(&form);
        assert_eq!((found.operation.as_str(), found.protocol), ("AssumeRole", Protocol::Query));

        let rest =
            Request::post("/2015-03-31/functions/commands/invocations").header("authorization", signed("lambda")).body("{}").unwrap();
        assert_eq!(call(&rest).operation, "Invoke");

        let cbor = Request::post("/service/GraniteServiceVersion20100801/operation/SetAlarmState")
            .header("authorization", signed("monitoring"))
            .header("smithy-protocol", "rpc-v2-cbor")
            .body("")
            .unwrap();
        let found = call(&cbor);
        assert_eq!((found.service.as_str(), found.operation.as_str(), found.protocol), ("monitoring", "SetAlarmState", Protocol::Cbor));

        let object = Request::put("/bucket/a/key").header("authorization", signed("s3")).body("").unwrap();
        assert_eq!((call(&object).operation.as_str(), call(&object).protocol), ("PutObject", Protocol::S3));
    }

    #[test]
    fn requests_without_a_header_signature_are_told_apart() {
        let url = Request::post("/_aws/lambda-url/0123/commands").body("x").unwrap();
        assert_eq!(call(&url).service, "lambda-url");
        let presigned = Request::get("/bucket/key?X-Amz-Credential=AKIA2%2F20261122%2Fus-east-1%2Fs3%2Faws4_request").body("").unwrap();
        let found = call(&presigned);
        assert_eq!((found.service.as_str(), found.access_key.as_deref()), ("s3", Some("AKIA2")));
        let target = Request::post("/").header("x-amz-target", "CodePipeline_20150709.ListPipelines").body("{}").unwrap();
        assert_eq!((call(&target).service.as_str(), call(&target).access_key), ("codepipeline", None));
    }
}
