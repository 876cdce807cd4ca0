//! The policy documents of a role or user, read from the emulator's IAM: its own, and those attached to it.

use crate::cloud::{Cloud, CloudError};
use crate::identity::between;

/// All documents that count for a principal; a user's groups are not asked.
pub async fn of(cloud: &Cloud, source: &str) -> Result<Vec<String>, CloudError> {
    let (kind, name) = match source.rsplit(':').next().and_then(|resource| resource.split_once('/')) {
        Some(("user", path)) => ("User", path.rsplit('/').next().unwrap_or(path)),
        Some((_, path)) => ("Role", path.rsplit('/').next().unwrap_or(path)),
        None => return Ok(Vec::new()),
    };
    let whose = (format!("{kind}Name"), name);
    let ask = async |action: String, further: &[(&str, &str)]| {
        let fields = [("Action", action.as_str()), ("Version", "2010-05-08")];
        cloud.query("iam", &[&fields[..], further].concat()).await
    };
    let owner = (whose.0.as_str(), whose.1);
    let mut documents = Vec::new();
    let own = ask(format!("List{kind}Policies"), &[owner]).await?;
    for policy in every(between(&own, "PolicyNames").unwrap_or_default(), "member") {
        let answer = ask(format!("Get{kind}Policy"), &[owner, ("PolicyName", policy)]).await?;
        documents.extend(document(&answer, "PolicyDocument"));
    }
    let attached = ask(format!("ListAttached{kind}Policies"), &[owner]).await?;
    for arn in every(&attached, "PolicyArn") {
        let policy = ask("GetPolicy".to_owned(), &[("PolicyArn", arn)]).await?;
        let version = between(&policy, "DefaultVersionId").unwrap_or("v1");
        let answer = ask("GetPolicyVersion".to_owned(), &[("PolicyArn", arn), ("VersionId", version)]).await?;
        documents.extend(document(&answer, "Document"));
    }
    Ok(documents)
}

/// The texts of all XML elements of a name.
fn every<'a>(xml: &'a str, element: &str) -> Vec<&'a str> {
    let close = format!("</{element}>");
    xml.split(&format!("<{element}>")).skip(1).filter_map(|rest| rest.split_once(&close)).map(|(text, _)| text).collect()
}

/// IAM hands documents out URL-encoded (RFC 3986: a plus is a plus).
fn document(xml: &str, element: &str) -> Option<String> {
    let text = between(xml, element)?.trim();
    if text.starts_with('{') {
        return Some(text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(&format!("d={}", text.replace('+', "%2B"))).ok()?;
    fields.into_iter().next().map(|(_, document)| document)
}

#[cfg(test)]
mod tests {
    use super::{document, every};

    #[test]
    fn lists_and_documents_are_read() {
        assert_eq!(every("<a><member>x</member><member>y</member></a>", "member"), ["x", "y"]);
        assert_eq!(document("<D>%7B%22a%22%3A%20%22%2B+%22%7D</D>", "D").unwrap(), r#"{"a": "++"}"#);
        assert_eq!(document("<D>{&quot;a&quot;: 1}</D>", "D").unwrap(), r#"{"a": 1}"#);
    }
}
