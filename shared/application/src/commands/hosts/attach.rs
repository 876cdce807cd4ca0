//! The long form of what came of an operation, as a file in the thread of its message.
//!
//! Slack takes a file's completion once. So the file's id is written down before it is shared, and whoever finds it shared already is done:
//! however often this is begun anew, one file is in the thread.

use jiff::SignedDuration;
use opsroom_domain::ids::{HostId, MessageKey};
use opsroom_domain::operation::{Attachment, Event, Journal, Operation, What, Work, lines_of, merged};
use opsroom_domain::room_message::Destination;

use super::SOON;
use crate::cards;
use crate::commands::{Commander, Ports};
use crate::failure::Failure;
use crate::ports::{Hosts, Outbox, PortError, PortErrorKind, Printed, Snippets};
use crate::request::Request;

/// A file that is larger nobody reads; the end is what counts of a log, the beginning of anything else.
const LARGEST: usize = 1024 * 1024;
/// For so long after the end it is tried to share the file.
const KEEPS_TRYING: SignedDuration = SignedDuration::from_mins(15);
/// Of so many hosts the output is read.
const MOST_OUTPUTS: usize = 50;

impl<W: Ports> Commander<'_, W> {
    /// Does what is left to do for an operation that has just ended. Its message may not be posted yet: one more look, a moment later, mostly
    /// finds it. Whatever is left then is the clock's: a look that plans the next one multiplies with each that is planned elsewhere.
    pub(super) async fn just_ended(&self, request: &Request, operation: &Operation) -> Result<(), Failure> {
        // Asked before: it may be posted while the rest is done, too late for that.
        let is_shown = self.thread_of(operation).await?.is_some();
        self.finish_operation(request, operation).await?;
        if !operation.is_settled() && !is_shown {
            self.look_later(request, &operation.id, false, SOON).await;
        }
        Ok(())
    }

    /// Does what is left to do for an operation that is over, or gives it up when nobody will ever see it.
    pub(super) async fn finish_operation(&self, request: &Request, operation: &Operation) -> Result<(), Failure> {
        if operation.is_settled() {
            return Ok(());
        }
        let too_late = operation.ended_at.is_some_and(|ended| self.now.duration_since(ended) > KEEPS_TRYING);
        let Some(thread) = self.thread_of(operation).await? else {
            // The message isn't posted yet; a file can't hang under one that isn't there.
            let message = self.store.message(&MessageKey::operation(&operation.id)).await?;
            if too_late || message.is_none_or(|message| message.undeliverable.is_some()) {
                tracing::error!(operation = %operation.id, "its message can't be shown, so neither can the file");
                return self.leave_the_file(request, operation).await;
            }
            return Ok(());
        };
        if too_late {
            tracing::error!(operation = %operation.id, "the file couldn't be shared for too long");
            return self.leave_the_file(request, operation).await;
        }
        let file = if let Attachment::Uploaded { file } = &operation.attachment {
            file.clone()
        } else {
            let content = match self.long_form(operation).await {
                Err(Failure::Upstream(error)) if !error.is_retryable() => {
                    tracing::error!(%error, operation = %operation.id, "the file can't be written");
                    return self.leave_the_file(request, operation).await;
                }
                content => content?,
            };
            let uploaded = self.slack.upload(&file_name(operation), content.into_bytes()).await;
            let Some(file) = self.file_taken(request, operation, uploaded).await? else { return Ok(()) };
            let uploaded = |_: &Operation| vec![Event::Uploaded(file.clone())];
            let Some(moved) = self.move_operation(request, &operation.id, None, &[], uploaded).await? else { return Ok(()) };
            match moved.now.attachment {
                // Somebody else may have been faster: theirs is the one that counts.
                Attachment::Uploaded { file } => file,
                _ => return Ok(()),
            }
        };
        let title = cards::operation_in_words(operation);
        let shared = match self.slack.share(&file, &title, &operation.asked.channel, &thread).await {
            Err(error) if error.kind == PortErrorKind::Conflict => Ok(()),
            shared => shared,
        };
        if self.file_taken(request, operation, shared).await?.is_some() {
            self.move_operation(request, &operation.id, None, &[], |_| vec![Event::Shared]).await?;
        }
        Ok(())
    }

    /// The answer, or `None` if Slack will never take it, which is then written down. What may pass is left to the next look.
    async fn file_taken<T>(&self, request: &Request, operation: &Operation, answer: Result<T, PortError>) -> Result<Option<T>, Failure> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_retryable() => {
                tracing::warn!(%error, operation = %operation.id, "the file is left to the next look");
                Ok(None)
            }
            Err(error) => {
                tracing::error!(%error, operation = %operation.id, "Slack doesn't take the file");
                self.leave_the_file(request, operation).await?;
                Ok(None)
            }
        }
    }

    async fn leave_the_file(&self, request: &Request, operation: &Operation) -> Result<(), Failure> {
        self.move_operation(request, &operation.id, None, &[], |_| vec![Event::NotShared]).await.map(|_| ())
    }

    /// Tells whoever asked that their channel doesn't show the operation's message, once: the address for answers works where the app isn't.
    pub(super) async fn tell_if_unseen(&self, request: &Request, operation: &Operation) -> Result<(), Failure> {
        let Some(url) = &operation.asked.answer_to else { return Ok(()) };
        let key = MessageKey::operation_word(&operation.id, "unseen");
        let message = self.store.message(&MessageKey::operation(&operation.id)).await?;
        if message.is_none_or(|message| message.shown.is_some()) || self.store.message(&key).await?.is_some() {
            return Ok(());
        }
        let channel = operation.asked.channel.clone();
        let destination = Destination::Response { channel, url: url.clone(), replaces: false };
        self.commit_keyed(request, key, None, destination, cards::operation_unseen(operation), Vec::new()).await.map(|_| ())
    }

    /// The `ts` under which the operation's thread is.
    async fn thread_of(&self, operation: &Operation) -> Result<Option<String>, Failure> {
        if let Some(thread) = &operation.asked.thread {
            return Ok(Some(thread.clone()));
        }
        let message = self.store.message(&MessageKey::operation(&operation.id)).await?;
        Ok(message.and_then(|message| message.shown).and_then(|shown| shown.ts))
    }

    async fn long_form(&self, operation: &Operation) -> Result<String, Failure> {
        let text = match (&operation.what, &operation.work) {
            (What::Logs(wish), Work::LogGroup { name }) => {
                let from = operation.log.as_ref().map_or(operation.asked.at, |log| log.from);
                let to = operation.follows_until().map_or(operation.asked.at, |until| operation.ended_at.unwrap_or(until).min(until));
                let (lines, _) = self.newest_lines(name, (from, to), wish).await?;
                end(merged(lines, &self.log_masks().await?).join("\n"))
            }
            (What::Logs(wish), _) => {
                let several = operation.hosts.len() > 1;
                let mut lines = Vec::new();
                for (id, printed) in self.printed_by_all(operation).await? {
                    lines.extend(Journal::read(several.then_some(name_of(operation, &id)), &printed.output).lines);
                }
                let mut lines = merged(lines, &self.log_masks().await?);
                let too_many = lines.len().saturating_sub(usize::from(wish.lines));
                lines.drain(..too_many);
                end(lines.join("\n"))
            }
            (What::Run { .. }, _) => {
                let masks = self.log_masks().await?;
                let mut text = cards::hosts_table(operation);
                for (id, printed) in self.printed_by_all(operation).await? {
                    let said = [printed.output.as_str(), printed.errors.as_str()].into_iter().flat_map(|text| lines_of(None, text));
                    let said: Vec<String> = said.map(|line| masks.apply(line.text)).collect();
                    text.extend(["\n==> ", name_of(operation, &id), " (", id.as_str(), ") <==\n", said.join("\n").as_str(), "\n"]);
                    if printed.cut {
                        text.push_str("(Systems Manager keeps no more of it.)\n");
                    }
                }
                beginning(text)
            }
            (What::Restart { .. } | What::Reboot | What::Check, _) => beginning(cards::hosts_table(operation)),
        };
        // Slack takes no empty file.
        Ok(if text.trim().is_empty() { "(nothing)\n".to_owned() } else { text })
    }

    async fn printed_by_all(&self, operation: &Operation) -> Result<Vec<(HostId, Printed)>, Failure> {
        let Some(command) = &operation.command else { return Ok(Vec::new()) };
        let hosts: Vec<HostId> =
            operation.hosts.iter().filter(|host| host.began_at.is_some()).map(|host| host.id.clone()).take(MOST_OUTPUTS).collect();
        Ok(self.hosts.printed(command, &hosts).await?)
    }
}

fn name_of<'a>(operation: &'a Operation, id: &'a HostId) -> &'a str {
    operation.hosts.iter().find(|host| &host.id == id).map_or(id.as_str(), |host| host.name.as_str())
}

fn file_name(operation: &Operation) -> String {
    let what = match &operation.what {
        What::Restart { .. } => "restart",
        What::Reboot => "reboot",
        What::Check => "check",
        What::Logs(_) => "logs",
        What::Run { .. } => "run",
    };
    format!("{what}-{}-{}-{}.txt", operation.service, operation.environment, operation.id)
}

fn beginning(mut text: String) -> String {
    if text.len() > LARGEST {
        let cut = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LARGEST).last().unwrap_or(0);
        text.truncate(cut);
        text.push_str("\n(cut here)\n");
    }
    text
}

fn end(text: String) -> String {
    if text.len() <= LARGEST {
        return text;
    }
    let from = text.char_indices().map(|(at, _)| at).find(|at| text.len() - at <= LARGEST).unwrap_or(0);
    format!("(the beginning is cut off)\n{}", &text[from..])
}
