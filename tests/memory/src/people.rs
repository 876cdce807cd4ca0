//! A workspace in memory: who people are, where messages are, which dialogs were opened.

use std::collections::HashMap;
use std::sync::Mutex;

use opsroom_application::ports::{Dialogs, Directory, Form, Permalinks, PortError, SlackError};
use opsroom_domain::card::Card;
use opsroom_domain::ids::{ChannelId, PersonId};
use opsroom_domain::rights::Standing;

use crate::{Failures, lock};

/// Who people are; whoever isn't listed is a member.
#[derive(Debug, Default)]
pub struct MemoryDirectory {
    /// Those who are something else.
    pub standings: Mutex<HashMap<PersonId, Standing>>,
    /// Dialogs that were opened: trigger, title, content.
    pub dialogs: Mutex<Vec<(String, String, Card)>>,
    /// Dialogs that ask for words: trigger, form.
    pub forms: Mutex<Vec<(String, Form)>>,
    /// For `standing`, `permalink`, `open` and `ask`.
    pub failures: Failures,
}

impl Directory for MemoryDirectory {
    async fn standing(&self, person: &PersonId) -> Result<Standing, PortError> {
        self.failures.around("standing", || lock(&self.standings).get(person).copied().unwrap_or(Standing::Member))
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
