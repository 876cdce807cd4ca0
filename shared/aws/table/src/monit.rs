//! Reads what is known of alarms and incidents. Each question is one call, whatever else is stored; only lists that don't fit into one
//! answer take more.

use jiff::Timestamp;
use opsroom_application::ports::{MonitStore, PortError, PortErrorKind};
use opsroom_aws_session::port_error;
use opsroom_domain::alarm::{AlarmKey, AlarmRecord};
use opsroom_domain::ids::{ChannelId, IncidentId, MessageKey, PersonId, SilenceId};
use opsroom_domain::incident::{GroupPointer, Incident};
use opsroom_domain::monit::{MonitSettings, Silence, Unreadables};
use serde::de::DeserializeOwned;

use crate::items::{Item, decode, text};
use crate::keys;
use crate::records::Records;
use crate::state::{StateTable, get};

impl StateTable {
    /// Incidents of a list whose sort keys are not before `from`, newest first.
    async fn incidents(&self, list: &str, from: &str, limit: usize) -> Result<Vec<Incident>, PortError> {
        let mut found = Vec::new();
        let mut start: Option<Item> = None;
        // An answer holds a megabyte at most, so a limit alone doesn't bring as many as were asked for.
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.name)
                .index_name(keys::BY_INDEX1)
                .key_condition_expression("#pk = :pk AND #sk >= :from")
                .expression_attribute_names("#pk", "gsi1pk")
                .expression_attribute_names("#sk", "gsi1sk")
                .expression_attribute_values(":pk", text(list))
                .expression_attribute_values(":from", text(from))
                .scan_index_forward(false)
                .limit(i32::try_from(limit - found.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(decode(item)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() || found.len() >= limit {
                return Ok(found);
            }
        }
    }
}

impl MonitStore for Records {
    async fn alarm(&self, key: &AlarmKey) -> Result<Option<AlarmRecord>, PortError> {
        self.state.get(&keys::alarm(key)).await
    }

    async fn incident(&self, id: &IncidentId) -> Result<Option<Incident>, PortError> {
        self.state.get(&keys::incident(id)).await
    }

    async fn group(&self, group: &str) -> Result<Option<GroupPointer>, PortError> {
        self.state.get(&keys::group(group)).await
    }

    async fn monit_settings(&self, now: Timestamp) -> Result<MonitSettings, PortError> {
        Ok(settings(self.state.items(keys::MONIT, "").await?, now))
    }

    async fn silence(&self, id: &SilenceId) -> Result<Option<Silence>, PortError> {
        self.state.get(&keys::silence(id)).await
    }

    async fn open_incidents(&self, limit: usize) -> Result<Vec<Incident>, PortError> {
        match limit {
            0 => Ok(Vec::new()),
            _ => self.state.incidents(keys::OPEN_INCIDENTS, &keys::time(Timestamp::UNIX_EPOCH), limit).await,
        }
    }

    async fn closed_incidents(&self, since: Timestamp, limit: usize) -> Result<Vec<Incident>, PortError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut found = self.state.incidents(keys::CLOSED_INCIDENTS, &keys::time(since), limit).await?;
        // Keys count milliseconds. What began in that one is last, so nothing is missing where it is taken off.
        found.retain(|incident| incident.since > since);
        Ok(found)
    }

    async fn looked(&self, person: &PersonId) -> Result<Option<Timestamp>, PortError> {
        let item = get(&self.state.client, &self.state.name, &keys::looked(person)).await?;
        item.map(|item| looked_at(&item)).transpose()
    }

    async fn unreadables(&self, hour: i64) -> Result<Option<Unreadables>, PortError> {
        self.state.get(&keys::unreadables(hour)).await
    }

    async fn incident_message_at(&self, channel: &ChannelId, ts: &str) -> Result<Option<MessageKey>, PortError> {
        if ts.is_empty() {
            return Ok(None);
        }
        let query = self
            .state
            .client
            .query()
            .table_name(&self.state.name)
            .index_name(keys::BY_INDEX1)
            .key_condition_expression("#pk = :pk AND #sk = :ts")
            .expression_attribute_names("#pk", "gsi1pk")
            .expression_attribute_names("#sk", "gsi1sk")
            .expression_attribute_values(":pk", text(keys::shown_in(channel)))
            .expression_attribute_values(":ts", text(ts));
        let page = query.limit(1).send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
        let found = page.items.unwrap_or_default().into_iter().next();
        Ok(found.and_then(|item| keys::message_of(item.get("pk")?.as_s().ok()?)))
    }
}

/// Sorts what was said in chat. Sort keys begin with the kind, so what a later version adds is left alone by this one.
fn settings(items: Vec<Item>, now: Timestamp) -> MonitSettings {
    let mut settings = MonitSettings::default();
    for item in items {
        let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
        if sk.starts_with(keys::ROUTES) {
            settings.routes.extend(readable(&sk, item));
        } else if sk.starts_with(keys::SILENCES) {
            settings.silences.extend(readable(&sk, item));
        } else if sk.starts_with(keys::OVERRIDES) {
            settings.overrides.extend(readable(&sk, item));
        }
    }
    settings.routes.sort_by_key(|route| route.at);
    settings.silences.sort_by_key(|silence| silence.from);
    settings.overrides.retain(|stand_in| stand_in.until > now);
    settings.overrides.sort_by_key(|stand_in| stand_in.at);
    settings
}

/// One setting that can't be read must not keep all alarms from being seen.
fn readable<T: DeserializeOwned>(sk: &str, item: Item) -> Option<T> {
    decode(item).inspect_err(|error| tracing::error!(sk, %error, "left out a setting that can't be read")).ok()
}

fn looked_at(item: &Item) -> Result<Timestamp, PortError> {
    let at = item.get("looked_at").and_then(|at| at.as_n().ok()).and_then(|at| at.parse().ok());
    at.and_then(|at| Timestamp::from_nanosecond(at).ok())
        .ok_or_else(|| PortError::new(PortErrorKind::Permanent, "decode an item", "somebody looked at no moment"))
}

#[cfg(test)]
mod tests {
    use opsroom_memory::contract::{monit_samples, samples};

    use super::*;
    use crate::items::encode;

    #[test]
    fn a_setting_that_cannot_be_read_hides_no_other() {
        let item = |sk: &str, attributes: Item| {
            let mut item = attributes;
            item.insert("sk".to_owned(), text(sk));
            item
        };
        let route = monit_samples::route("r-1", 1);
        let items = vec![
            item("ROUTE#r-0", Item::new()),
            item("ROUTE#r-1", encode(&route).unwrap()),
            item("SOMETHING#of-a-later-version", encode(&route).unwrap()),
            item("SILENCE#s-1", encode(&route).unwrap()),
        ];
        assert_eq!(settings(items, samples::at(1)), MonitSettings { routes: vec![route], ..MonitSettings::default() });
    }
}
