//! What people say in a thread: kept, if it is an incident's.

use jiff::Timestamp;
use opsroom_domain::incident::{Event, Note};
use opsroom_domain::rights::{Asker, Wish};

use crate::alarms::desk::Desk;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{CatalogStore, Change, Commit, Directory, MonitStore, Store};
use crate::progress::ATTEMPTS;
use crate::request::Request;

/// Something that somebody said in a thread.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Saying<'a> {
    /// The `ts` of the thread's first message.
    pub thread: &'a str,
    /// The `ts` of what was said.
    pub ts: &'a str,
    /// What.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
}

impl<W: Ports> Commander<'_, W> {
    /// Somebody said something in a thread. It takes no right but that to look: people talk, and what they say is only kept. The same words
    /// of a redelivery are the same note.
    pub(in crate::commands) async fn said(&self, request: &Request, asker: &Asker, saying: &Saying<'_>) -> Result<Worked, Failure> {
        let found = self.store.incident_message_at(&asker.channel, saying.thread).await?;
        let Some(id) = found.and_then(|key| key.as_incident()) else { return Ok(Worked::Before) };
        let Some(catalog) = self.catalog.catalog().await? else { return Ok(Worked::Before) };
        let standing = self.slack.standing(&asker.person).await?;
        if catalog.catalog.decide(asker, standing, Wish::Read).is_err() {
            return Ok(Worked::Refused);
        }
        let desk = Desk::new(Some(&catalog.catalog), &[]);
        for _ in 0..ATTEMPTS {
            let Some(mut incident) = self.store.incident(&id).await? else { return Ok(Worked::Before) };
            let note =
                Note { by: asker.person.clone(), at: saying.at, ts: saying.ts.to_owned(), text: saying.text.chars().take(1000).collect() };
            let Ok(follows) = desk.apply(&mut incident, Event::Said(note), self.now) else { return Ok(Worked::Before) };
            let mut change = Change::default();
            follows.write(incident, Some(&catalog.catalog), &mut change);
            let keys = lanes(&change);
            if self.store.commit(change).await? == Commit::Done {
                self.nudge(&request.correlation, &keys).await;
                return Ok(Worked::Done);
            }
        }
        Err(Failure::Contended(format!("incident {id}")))
    }
}
