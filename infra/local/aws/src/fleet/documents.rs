//! The account's documents, and the two of Amazon's that are used here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::document::Content;
use super::times::seconds;
use crate::access::Tags;
use crate::pipelines::Site;
use crate::refusal::Refusal;

/// Amazon's document that runs whatever it is given. It is here so that tests can prove who may not use it.
const RUN_SHELL_SCRIPT: &str = r#"
schemaVersion: "2.2"
description: Run a shell script or specify the commands to run.
parameters:
  commands: { type: StringList, description: Specify a shell script or a command to run., minItems: 1, displayType: textarea }
  workingDirectory: { type: String, default: "", maxChars: 4096, description: The path to the working directory on your instance. }
  executionTimeout: { type: String, default: "3600", allowedPattern: "^[1-9][0-9]{0,5}$", description: The time in seconds for a command to complete. }
mainSteps:
  - action: aws:runShellScript
    name: aws:runShellScript
    inputs: { runCommand: ["{{ commands }}"], workingDirectory: "{{ workingDirectory }}", timeoutSeconds: "{{ executionTimeout }}" }
"#;

/// A version of a document.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its text, as it was given.
    pub text: String,
    /// `YAML` or `JSON`.
    pub format: String,
    /// What it says.
    pub content: Arc<Content>,
    /// Since when.
    pub created: Timestamp,
}

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Whose it is: the account's number, or Amazon.
    pub owner: String,
    /// On what it may run.
    pub target_type: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// Its versions, the first first.
    pub versions: Vec<Version>,
    /// The default version's number.
    pub default: usize,
}

/// All documents, by name.
#[derive(Debug)]
pub struct Documents {
    site: Site,
    all: BTreeMap<String, Document>,
}

/// What `CreateDocument` and `UpdateDocument` are given.
#[derive(Debug)]
pub struct Text {
    /// As it was given.
    pub content: String,
    /// `YAML` or `JSON`.
    pub format: String,
    /// The document's type.
    pub kind: String,
}

impl Document {
    /// A version by what a request calls it.
    pub fn version(&self, asked: Option<&str>) -> Result<(usize, &Version), Refusal> {
        let number = match asked {
            None | Some("$DEFAULT") => self.default,
            Some("$LATEST") => self.versions.len(),
            Some(number) => number.parse().unwrap_or_default(),
        };
        let version = number.checked_sub(1).and_then(|index| self.versions.get(index));
        let version = version.ok_or_else(|| {
            Refusal::new("InvalidDocumentVersion", format!("The document {} has no version {}", self.name, asked.unwrap_or_default()))
        })?;
        Ok((number, version))
    }

    /// What `DescribeDocument` shows.
    pub fn view(&self, number: usize, version: &Version) -> Value {
        let parameters: Vec<_> = version
            .content
            .parameters
            .iter()
            .map(|(name, parameter)| {
                let mut shown = json!({
                    "Name": name,
                    "Type": if parameter.is_list() { "StringList" } else { "String" },
                    "Description": parameter.description,
                });
                if let Some(default) = &parameter.default {
                    shown["DefaultValue"] = json!(default.as_str().map_or_else(|| default.to_string(), str::to_owned));
                }
                shown
            })
            .collect();
        let mut view = self.summary(number, version);
        let more = json!({
            "Hash": hex::encode(Sha256::digest(&version.text)),
            "HashType": "Sha256",
            "Status": "Active",
            "Description": version.content.description,
            "Parameters": parameters,
            "LatestVersion": self.versions.len().to_string(),
            "DefaultVersion": self.default.to_string(),
        });
        merge(&mut view, more);
        view
    }

    /// What `ListDocuments` shows.
    pub fn summary(&self, number: usize, version: &Version) -> Value {
        let mut view = json!({
            "Name": self.name,
            "CreatedDate": seconds(version.created),
            "Owner": self.owner,
            "PlatformTypes": ["Linux"],
            "DocumentVersion": number.to_string(),
            "DocumentType": "Command",
            "SchemaVersion": version.content.schema_version,
            "DocumentFormat": version.format,
            "Tags": tag_list(&self.tags),
        });
        if let Some(kind) = &self.target_type {
            view["TargetType"] = json!(kind);
        }
        view
    }
}

impl Documents {
    /// Amazon's only.
    pub fn new(site: Site, now: Timestamp) -> Self {
        let mut documents = Documents { site, all: BTreeMap::new() };
        let text = Text { content: RUN_SHELL_SCRIPT.to_owned(), format: "YAML".to_owned(), kind: "Command".to_owned() };
        match read(text, now) {
            Ok(version) => {
                let name = "AWS-RunShellScript".to_owned();
                let document = Document {
                    name: name.clone(),
                    owner: "Amazon".to_owned(),
                    target_type: Some("/".to_owned()),
                    tags: Tags::new(),
                    versions: vec![version],
                    default: 1,
                };
                documents.all.insert(name, document);
            }
            Err(refusal) => tracing::error!(refusal.message, "the built-in document is broken"),
        }
        documents
    }

    /// All, by name.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.all.values()
    }

    /// One, by its name or ARN.
    pub fn find(&self, name: &str) -> Result<&Document, Refusal> {
        self.all.get(short(name)).ok_or_else(|| gone(name))
    }

    /// A document's ARN; Amazon's belong to no account.
    pub fn arn(&self, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let account = if name.starts_with("AWS-") { "" } else { &self.site.account };
        format!("arn:aws:ssm:{}:{account}:document/{name}", self.site.region)
    }

    /// Makes one.
    pub fn create(&mut self, name: &str, text: Text, target_type: Option<String>, tags: Tags, now: Timestamp) -> Result<Value, Refusal> {
        if self.all.contains_key(name) {
            return Err(Refusal::new("DocumentAlreadyExists", "The specified document already exists."));
        }
        if ["aws", "amazon", "amzn"].iter().any(|owned| name.to_ascii_lowercase().starts_with(owned)) {
            return Err(Refusal::invalid(format!("The name {name} begins as only Amazon's documents may")));
        }
        let document = Document {
            name: name.to_owned(),
            owner: self.site.account.clone(),
            target_type,
            tags,
            versions: vec![read(text, now)?],
            default: 1,
        };
        let view = document.view(1, &document.versions[0]);
        self.all.insert(name.to_owned(), document);
        Ok(view)
    }

    /// Adds a version.
    pub fn update(&mut self, name: &str, text: Text, target_type: Option<String>, now: Timestamp) -> Result<Value, Refusal> {
        let document = self.own(name)?;
        if document.versions.last().is_some_and(|version| version.text == text.content) {
            return Err(Refusal::new("DuplicateDocumentContent", "The content of the association document matches another document."));
        }
        document.versions.push(read(text, now)?);
        document.target_type = target_type.or(document.target_type.take());
        let number = document.versions.len();
        Ok(document.view(number, &document.versions[number - 1]))
    }

    /// Makes a version the default.
    pub fn set_default(&mut self, name: &str, number: &str) -> Result<Value, Refusal> {
        let document = self.own(name)?;
        document.default = document.version(Some(number))?.0;
        Ok(json!({ "Name": document.name, "DefaultVersion": number }))
    }

    /// Removes one.
    pub fn delete(&mut self, name: &str) -> Result<(), Refusal> {
        self.own(name)?;
        self.all.remove(short(name));
        Ok(())
    }

    /// Changes an own document's tags.
    pub fn tags(&mut self, name: &str) -> Result<&mut Tags, Refusal> {
        self.own(name).map(|document| &mut document.tags).map_err(|_| Refusal::new("InvalidResourceId", "The resource ID isn't valid."))
    }

    fn own(&mut self, name: &str) -> Result<&mut Document, Refusal> {
        let document = self.all.get_mut(short(name)).ok_or_else(|| gone(name))?;
        if document.owner != self.site.account {
            return Err(Refusal::new("InvalidDocumentOperation", format!("The document {name} is Amazon's")));
        }
        Ok(document)
    }
}

/// A document's name without the rest of its ARN.
pub fn short(name: &str) -> &str {
    name.rsplit_once(":document/").map_or(name, |(_, name)| name)
}

/// Tags as the API lists them.
pub fn tag_list(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

fn gone(name: &str) -> Refusal {
    Refusal::new("InvalidDocument", format!("Document with name {} does not exist.", short(name)))
}

fn read(text: Text, now: Timestamp) -> Result<Version, Refusal> {
    if text.content.len() > 64 * 1024 {
        return Err(Refusal::new("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB."));
    }
    let content = Content::parse(&text.content, &text.format, &text.kind)?;
    Ok(Version { text: text.content, format: text.format, content: Arc::new(content), created: now })
}

fn merge(view: &mut Value, more: Value) {
    if let (Some(view), Value::Object(more)) = (view.as_object_mut(), more) {
        view.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Documents, Text};
    use crate::access::Tags;
    use crate::pipelines::Site;

    fn text(line: &str) -> Text {
        let content = format!(
            r#"{{"schemaVersion": "2.2", "mainSteps": [{{"action": "aws:runShellScript", "name": "only",
                "inputs": {{"runCommand": ["{line}"]}}}}]}}"#
        );
        Text { content, format: "JSON".to_owned(), kind: "Command".to_owned() }
    }

    #[test]
    fn a_new_version_counts_once_it_is_the_default() {
        let now = Timestamp::UNIX_EPOCH;
        let site = Site { region: "us-east-1".to_owned(), account: "000000000000".to_owned() };
        let mut documents = Documents::new(site, now);
        documents.create("ours-check", text("one"), None, Tags::new(), now).unwrap();
        assert_eq!(documents.create("ours-check", text("x"), None, Tags::new(), now).unwrap_err().code, "DocumentAlreadyExists");
        documents.update("ours-check", text("two"), None, now).unwrap();
        assert_eq!(documents.update("ours-check", text("two"), None, now).unwrap_err().code, "DuplicateDocumentContent");
        let arn = documents.arn("ours-check");
        assert_eq!(arn, "arn:aws:ssm:us-east-1:000000000000:document/ours-check");
        assert_eq!(documents.find(&arn).unwrap().version(None).unwrap().0, 1);
        documents.set_default("ours-check", "2").unwrap();
        assert_eq!(documents.find(&arn).unwrap().version(None).unwrap().0, 2);
        assert_eq!(documents.find(&arn).unwrap().version(Some("3")).unwrap_err().code, "InvalidDocumentVersion");
        documents.delete("ours-check").unwrap();
        assert_eq!(documents.find("ours-check").unwrap_err().code, "InvalidDocument");
        assert_eq!(documents.delete("AWS-RunShellScript").unwrap_err().code, "InvalidDocumentOperation");
    }
}
