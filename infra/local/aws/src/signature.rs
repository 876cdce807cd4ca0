//! Signature Version 4, both ways: signing the gateway's own calls, and checking those that it answers itself.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue};
use jiff::{Timestamp, civil, tz::TimeZone};

/// How far a request's clock may be off (the limit of services other than S3 and the like).
const SKEW: Duration = Duration::from_mins(5);

/// The signing went wrong: a bug, or a header that is not text.
#[derive(Debug, thiserror::Error)]
#[error("cannot sign: {0}")]
pub struct SigningError(String);

/// A signature found in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose key.
    pub access_key: String,
    /// For which region.
    pub region: String,
    /// For which service.
    pub service: String,
    signed_headers: Vec<String>,
    signature: String,
}

/// Why a claim does not hold.
#[derive(Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Signed too long ago, or ahead of time.
    Skewed,
    /// Another secret, or another request.
    Signature,
}

/// The claim in an `Authorization` header, if there is one.
pub fn claim(headers: &HeaderMap) -> Option<Claim> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let fields = header.strip_prefix("AWS4-HMAC-SHA256")?;
    let field = |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    let credential = field("Credential")?;
    let scope = credential_scope(&credential)?;
    Some(Claim {
        access_key: scope.0,
        region: scope.1,
        service: scope.2,
        signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
        signature: field("Signature")?,
    })
}

/// Access key, region and service of a `key/date/region/service/aws4_request`.
pub fn credential_scope(credential: &str) -> Option<(String, String, String)> {
    let parts: Vec<_> = credential.split('/').collect();
    let [key, _, region, service, _] = parts.as_slice() else { return None };
    Some(((*key).to_owned(), (*region).to_owned(), (*service).to_owned()))
}

/// Checks a claim by signing the same request again.
pub fn check(
    claim: &Claim,
    request: &hyper::http::request::Parts,
    body: &[u8],
    credentials: &Credentials,
    now: SystemTime,
) -> Result<(), Mismatch> {
    let at = header(&request.headers, "x-amz-date").and_then(|date| parse_date(&date)).ok_or(Mismatch::Skewed)?;
    let off = now.duration_since(at).unwrap_or_else(|ahead| ahead.duration());
    if off > SKEW {
        return Err(Mismatch::Skewed);
    }
    // The signer adds these two by itself.
    let added = ["x-amz-date", "x-amz-security-token"];
    let signed: Vec<_> = claim
        .signed_headers
        .iter()
        .filter(|name| !added.contains(&name.as_str()))
        .filter_map(|name| Some((name.clone(), header(&request.headers, name)?)))
        .collect();
    let host = header(&request.headers, "host").unwrap_or_default();
    let uri = format!("http://{host}{}", request.uri);
    let scope = Scope { service: &claim.service, region: &claim.region, at };
    let signature = signature(request.method.as_str(), &uri, &signed, body, credentials, &scope).map_err(|_| Mismatch::Signature)?.1;
    // Both are public to whoever holds the request; the comparison needs no constant time.
    if signature == claim.signature { Ok(()) } else { Err(Mismatch::Signature) }
}

/// Signs a request with the gateway's own key.
pub fn sign<B: AsRef<[u8]>>(
    request: &mut hyper::Request<B>,
    credentials: &Credentials,
    service: &str,
    region: &str,
    now: SystemTime,
) -> Result<(), SigningError> {
    let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let value = HeaderValue::from_str(&host).map_err(|error| SigningError(error.to_string()))?;
    request.headers_mut().insert(HOST, value);
    let signed: Vec<_> =
        request.headers().keys().filter_map(|name| Some((name.as_str().to_owned(), header(request.headers(), name.as_str())?))).collect();
    let scope = Scope { service, region, at: now };
    let (instructions, _) =
        signature(request.method().as_str(), &request.uri().to_string(), &signed, request.body().as_ref(), credentials, &scope)?;
    instructions.apply_to_request_http1x(request);
    Ok(())
}

struct Scope<'a> {
    service: &'a str,
    region: &'a str,
    at: SystemTime,
}

fn signature(
    method: &str,
    uri: &str,
    headers: &[(String, String)],
    body: &[u8],
    credentials: &Credentials,
    scope: &Scope<'_>,
) -> Result<(http_request::SigningInstructions, String), SigningError> {
    let error = |error: &dyn std::fmt::Display| SigningError(error.to_string());
    let identity = credentials.clone().into();
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(scope.at)
        .settings(settings)
        .build()
        .map_err(|problem| error(&problem))?
        .into();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = SignableRequest::new(method, uri, headers, SignableBody::Bytes(body)).map_err(|problem| error(&problem))?;
    Ok(http_request::sign(request, &params).map_err(|problem| error(&problem))?.into_parts())
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn parse_date(date: &str) -> Option<SystemTime> {
    let time = civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?;
    let timestamp: Timestamp = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(timestamp.into())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use aws_credential_types::Credentials;
    use hyper::Request;

    use super::{Mismatch, check, claim, sign};

    fn credentials(secret: &str) -> Credentials {
        Credentials::new("ASIAEXAMPLE", secret, Some("token".to_owned()), None, "test")
    }

    #[test]
    fn a_request_signed_here_checks_out_here_and_only_unchanged() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let mut request = Request::post("http://127.0.0.1:4566/").body(&b"{}"[..]).unwrap();
        sign(&mut request, &credentials("secret"), "codepipeline", "us-east-1", now).unwrap();
        let (mut parts, body) = request.into_parts();
        parts.uri = "/".parse().unwrap();
        let found = claim(&parts.headers).unwrap();
        assert_eq!((found.access_key.as_str(), found.service.as_str()), ("ASIAEXAMPLE", "codepipeline"));

        assert_eq!(check(&found, &parts, body, &credentials("secret"), now), Ok(()));
        assert_eq!(check(&found, &parts, b"{ }", &credentials("secret"), now), Err(Mismatch::Signature));
        assert_eq!(check(&found, &parts, body, &credentials("other"), now), Err(Mismatch::Signature));
        let late = now + Duration::from_secs(301);
        assert_eq!(check(&found, &parts, body, &credentials("secret"), late), Err(Mismatch::Skewed));
    }
}
