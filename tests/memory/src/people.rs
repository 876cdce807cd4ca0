//! A workspace in memory: who people are, where messages are, which dialogs were opened.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use opsroom_application::ports::{Dialogs, Directory, Form, Permalinks, PortError, PortErrorKind, SlackError, Snippets};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, PersonId};
use opsroom_domain::rights::Standing;

use crate::{Failures, lock};

/// Who people are; whoever isn't listed is a member.
#[derive(Debug, Default)]
pub struct MemoryDirectory {
    /// Those who are something else.
    pub standings: Mutex<HashMap<PersonId, Standing>>,
    /// Who isn't in a channel; everybody is in all others.
    pub absent: Mutex<HashSet<(PersonId, ChannelId)>>,
    /// Dialogs that were opened: trigger, title, content.
    pub dialogs: Mutex<Vec<(String, String, Card)>>,
    /// Dialogs that ask for words: trigger, form.
    pub forms: Mutex<Vec<(String, Form)>>,
    /// Files that were uploaded.
    pub files: Mutex<Vec<MemoryFile>>,
    /// For `standing`, `present`, `permalink`, `open`, `ask`, `upload` and `share`.
    pub failures: Failures,
}

/// A file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub content: String,
    /// The channel and the thread in which it was shared, and its title there.
    pub shared: Option<(ChannelId, String, String)>,
}

impl Directory for MemoryDirectory {
    async fn standing(&self, person: &PersonId) -> Result<Standing, PortError> {
        self.failures.around("standing", || lock(&self.standings).get(person).copied().unwrap_or(Standing::Member))
    }

    async fn present(&self, person: &PersonId, channels: &[ChannelId]) -> Result<Vec<ChannelId>, PortError> {
        self.failures.around("present", || {
            let absent = lock(&self.absent);
            channels.iter().filter(|channel| !absent.contains(&(person.clone(), (*channel).clone()))).cloned().collect()
        })
    }
}

impl Permalinks for MemoryDirectory {
    async fn permalink(&self, channel: &ChannelId, ts: &str) -> Result<Option<String>, PortError> {
        self.failures.around("permalink", || Some(format!("https://slack.example/archives/{channel}/p{}", ts.replace('.', ""))))
    }
}

impl Dialogs for MemoryDirectory {
    async fn open(&self, trigger: &str, title: &str, card: &Card) -> Result<String, SlackError> {
        let opened = self.failures.around("open", || {
            let mut dialogs = lock(&self.dialogs);
            dialogs.push((trigger.to_owned(), title.to_owned(), card.clone()));
            format!("V{}", dialogs.len())
        });
        Ok(opened?)
    }

    async fn ask(&self, trigger: &str, form: &Form) -> Result<(), SlackError> {
        Ok(self.failures.around("ask", || lock(&self.forms).push((trigger.to_owned(), form.clone())))?)
    }
}

impl Snippets for MemoryDirectory {
    async fn upload(&self, name: &str, bytes: Vec<u8>) -> Result<String, PortError> {
        self.failures.around("upload", || {
            let mut files = lock(&self.files);
            files.push(MemoryFile { name: name.to_owned(), content: String::from_utf8_lossy(&bytes).into_owned(), shared: None });
            format!("F{}", files.len())
        })
    }

    async fn share(&self, file: &str, title: &str, channel: &ChannelId, thread: &str) -> Result<(), PortError> {
        self.failures.around("share", || {
            let mut files = lock(&self.files);
            let place = file.strip_prefix('F').and_then(|number| number.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
            match place.and_then(|place| files.get_mut(place)).filter(|file| file.shared.is_none()) {
                Some(file) => {
                    file.shared = Some((channel.clone(), thread.to_owned(), title.to_owned()));
                    Ok(())
                }
                None => Err(PortError::new(PortErrorKind::Conflict, "share", "it was shared before")),
            }
        })?
    }
}
