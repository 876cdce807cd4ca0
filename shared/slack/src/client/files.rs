//! Pictures that messages show: ask for an address, send the bytes there, complete, and wait until Slack has looked at them
//! ("Working with files"; `files.getUploadURLExternal`, `files.completeUploadExternal`, `files.info`).
//!
//! The file is shared with no channel: a message shows it by its id ("Image block", `slack_file`), wherever that message is.

use std::time::Duration;

use jiff::SignedDuration;
use opsroom_application::ports::{Files, PortError};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::failure::Failure;
use super::{SlackClient, TokenSource};
use crate::text::cut;

const BEGIN: &str = "files.getUploadURLExternal";
const UPLOAD: &str = "the upload address";
const COMPLETE: &str = "files.completeUploadExternal";
const INFO: &str = "files.info";

/// Longer descriptions than that are refused ("files.getUploadURLExternal", `alt_txt`).
const LONGEST_ALT: usize = 1000;

/// Until Slack knows what kind of file it is, a message with it is refused (`invalid_blocks`). That takes a moment.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

#[derive(Deserialize)]
struct Begun {
    upload_url: String,
    file_id: String,
}

#[derive(Deserialize)]
struct Done {}

#[derive(Deserialize)]
struct Information {
    file: File,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    mimetype: String,
}

impl<T: TokenSource> Files for SlackClient<T> {
    async fn upload(&self, name: &str, alt: &str, bytes: Vec<u8>) -> Result<String, PortError> {
        let length = bytes.len().to_string();
        let alt = cut(alt, LONGEST_ALT);
        let parameters = [("filename", name), ("length", length.as_str()), ("alt_txt", alt.as_str())];
        let begun: Begun = self.get_with(BEGIN, &parameters).await.map_err(|failure| failure.into_port(BEGIN))?;
        self.send_bytes(&begun.upload_url, bytes).await.map_err(|failure| failure.into_port(UPLOAD))?;
        let body = json!({"files": [{"id": begun.file_id, "title": name}]});
        let _: Done = self.post_json(COMPLETE, &body).await.map_err(|failure| failure.into_port(COMPLETE))?;
        self.until_known(&begun.file_id).await.map_err(|failure| failure.into_port(INFO))?;
        Ok(begun.file_id)
    }
}

impl<T: TokenSource> SlackClient<T> {
    /// The address is Slack's own word, and a secret like an answer's: it takes no token.
    pub(super) async fn send_bytes(&self, address: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let unusable = || Failure::NoAnswer { source: "no upload address".into() };
        let url = Url::parse(address).map_err(|_| unusable())?;
        if url.scheme() != self.api.scheme() {
            return Err(unusable());
        }
        self.put(url, bytes).await
    }

    async fn until_known(&self, file: &str) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            let Information { file } = self.get_with(INFO, &[("file", file)]).await?;
            if !file.mimetype.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(Failure::RateLimited { retry_after: SignedDuration::from_secs(1) })
    }
}
