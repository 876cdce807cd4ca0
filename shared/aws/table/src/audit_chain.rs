//! Walks the whole audit log and checks its chain. IAM lets whoever may put an item put one over another, so what was changed or
//! taken out has to show here.

use aws_sdk_dynamodb::Client;
use opsroom_application::ports::PortError;
use opsroom_aws_session::port_error;
use opsroom_domain::audit::AuditEntry;

use crate::audit::AuditTable;
use crate::items::{Item, decode, text};
use crate::keys;

/// What a walk along the audit log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Every entry is as it was written and follows the one before. Entries cut off at the end can't be missed here: the log
    /// doesn't say how long it is.
    Whole {
        /// How many there are.
        entries: u64,
    },
    /// The chain breaks here first.
    Broken {
        /// The place of the first entry that is not right.
        sequence: u64,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with an audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It isn't there, though later ones are.
    Missing,
    /// It isn't what its hash was made of.
    Changed,
    /// It doesn't carry the hash of the entry before: this one or that one was replaced.
    Unchained,
    /// It can't be read as an entry.
    Unreadable,
}

impl AuditTable {
    /// Reads the log from its first entry on, and stops at the first one that is not right.
    pub async fn check_chain(&self) -> Result<Chain, PortError> {
        let mut walk = Walk::default();
        let mut start: Option<Item> = None;
        loop {
            let (items, next) = page(&self.client, &self.name, start).await?;
            for item in items {
                if let Err(broken) = walk.take(decode(item).ok()) {
                    return Ok(broken);
                }
            }
            start = next;
            if start.is_none() {
                return Ok(Chain::Whole { entries: walk.taken });
            }
        }
    }
}

async fn page(client: &Client, table: &str, start: Option<Item>) -> Result<(Vec<Item>, Option<Item>), PortError> {
    let page = client
        .query()
        .table_name(table)
        .consistent_read(true)
        .key_condition_expression("#pk = :pk")
        .expression_attribute_names("#pk", "pk")
        .expression_attribute_values(":pk", text(keys::AUDIT))
        .set_exclusive_start_key(start)
        .send()
        .await
        .map_err(|error| port_error("dynamodb:Query", &error))?;
    Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
}

/// How far a log was found whole.
#[derive(Debug, Default)]
pub struct Walk {
    taken: u64,
    last: Option<AuditEntry>,
}

impl Walk {
    /// How many entries were found whole.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The last of them.
    pub fn last(&self) -> Option<&AuditEntry> {
        self.last.as_ref()
    }

    /// Takes the next entry; `None` is one that can't be read.
    pub fn take(&mut self, entry: Option<AuditEntry>) -> Result<(), Chain> {
        let sequence = self.taken + 1;
        let broken = |fault| Err(Chain::Broken { sequence, fault });
        let Some(entry) = entry else { return broken(Fault::Unreadable) };
        if entry.sequence > sequence {
            return broken(Fault::Missing);
        }
        if entry.sequence != sequence || !entry.is_intact() {
            return broken(Fault::Changed);
        }
        // What the chain would be with this record in this place.
        let follows = AuditEntry::after(self.last.as_ref(), entry.record.clone()).is_ok_and(|expected| expected == entry);
        if !follows {
            return broken(Fault::Unchained);
        }
        self.taken = sequence;
        self.last = Some(entry);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use opsroom_domain::audit::{AuditRecord, Outcome};

    fn log(requests: &[&str]) -> Vec<AuditEntry> {
        let mut log: Vec<AuditEntry> = Vec::new();
        for request in requests {
            let record = AuditRecord {
                at: Timestamp::from_second(1_790_000_000).unwrap(),
                actor: "U1".into(),
                channel: "C1".into(),
                request: (*request).into(),
                service: None,
                environment: None,
                outcome: Outcome::Refused { rule: "role".into(), why: "no".into() },
                correlation: "c".into(),
                approvers: Vec::new(),
                message: None,
            };
            log.push(AuditEntry::after(log.last(), record).unwrap());
        }
        log
    }

    fn walked(entries: impl IntoIterator<Item = Option<AuditEntry>>) -> Chain {
        let mut walk = Walk::default();
        for entry in entries {
            if let Err(broken) = walk.take(entry) {
                return broken;
            }
        }
        Chain::Whole { entries: walk.taken }
    }

    fn broken(sequence: u64, fault: Fault) -> Chain {
        Chain::Broken { sequence, fault }
    }

    #[test]
    fn a_log_as_it_was_written_is_whole_and_so_is_an_empty_one() {
        assert_eq!(walked([]), Chain::Whole { entries: 0 });
        assert_eq!(walked(log(&["one", "two", "three"]).into_iter().map(Some)), Chain::Whole { entries: 3 });
    }

    #[test]
    fn the_first_wrong_entry_is_named() {
        let whole = || log(&["one", "two", "three", "four"]);

        let mut missing = whole();
        missing.remove(1);
        assert_eq!(walked(missing.into_iter().map(Some)), broken(2, Fault::Missing));

        let mut changed = whole();
        changed[2].record.request = "something else".into();
        assert_eq!(walked(changed.into_iter().map(Some)), broken(3, Fault::Changed));

        let mut moved = whole();
        moved[1].sequence = 1;
        assert_eq!(walked(moved.into_iter().map(Some)), broken(2, Fault::Changed));

        let unreadable = whole().into_iter().enumerate().map(|(place, entry)| (place != 3).then_some(entry));
        assert_eq!(walked(unreadable), broken(4, Fault::Unreadable));
    }

    #[test]
    fn an_entry_replaced_by_one_with_a_hash_of_its_own_breaks_the_chain_behind_it() {
        let mut replaced = log(&["one", "two", "three"]);
        replaced[1] = log(&["one", "other"]).remove(1);
        assert_eq!(walked(replaced.into_iter().map(Some)), broken(3, Fault::Unchained));
    }

    #[test]
    fn a_first_entry_that_follows_another_one_is_unchained() {
        let mut one = log(&["one"]).remove(0);
        let before = AuditEntry { sequence: 0, ..one.clone() };
        one = AuditEntry::after(Some(&before), one.record).unwrap();
        assert!(one.is_intact());
        assert_eq!(walked([Some(one)]), broken(1, Fault::Unchained));
    }
}
