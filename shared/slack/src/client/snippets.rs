//! Long texts as files in a thread ("Working with files"; `files.getUploadURLExternal`, `files.completeUploadExternal`).
//!
//! A file is completed once only, and that is what shares it: whoever is second is told that there is no such upload any more.

use opsroom_application::ports::{PortError, PortErrorKind, Snippets};
use opsroom_domain::ids::ChannelId;
use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use super::{SlackClient, TokenSource};
use crate::text::cut;

const BEGIN: &str = "files.getUploadURLExternal";
const UPLOAD: &str = "the upload address";
const COMPLETE: &str = "files.completeUploadExternal";

/// Slack's word for an upload that was completed, or never begun.
const COMPLETED: &str = "file_not_found";

const LONGEST_TITLE: usize = 200;

#[derive(Deserialize)]
struct Begun {
    upload_url: String,
    file_id: String,
}

#[derive(Deserialize)]
struct Done {}

impl<T: TokenSource> Snippets for SlackClient<T> {
    async fn upload(&self, name: &str, bytes: Vec<u8>) -> Result<String, PortError> {
        let length = bytes.len().to_string();
        let parameters = [("filename", name), ("length", length.as_str()), ("snippet_type", "text")];
        let begun: Begun = self.get_with(BEGIN, &parameters).await.map_err(|failure| failure.into_port(BEGIN))?;
        self.send_bytes(&begun.upload_url, bytes).await.map_err(|failure| failure.into_port(UPLOAD))?;
        Ok(begun.file_id)
    }

    async fn share(&self, file: &str, title: &str, channel: &ChannelId, thread: &str) -> Result<(), PortError> {
        let body = json!({
            "files": [{"id": file, "title": cut(title, LONGEST_TITLE)}],
            "channel_id": channel.as_str(),
            "thread_ts": thread,
        });
        match self.post_json::<Done>(COMPLETE, &body).await {
            Ok(Done {}) => Ok(()),
            Err(Failure::Refused { error }) if error == COMPLETED => Err(PortError::new(PortErrorKind::Conflict, COMPLETE, error)),
            Err(failure) => Err(failure.into_port(COMPLETE)),
        }
    }
}
