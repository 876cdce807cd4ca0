//! What is known of alarms and incidents, in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_application::ports::{MonitChange, MonitStore, PortError};
use opsroom_domain::alarm::{AlarmKey, AlarmRecord};
use opsroom_domain::ids::{ChannelId, IncidentId, MessageKey, PersonId, RouteId, SilenceId};
use opsroom_domain::incident::{GroupPointer, Incident};
use opsroom_domain::monit::{MonitSettings, Override, Route, SettingChange, Silence, Unreadables};

use super::MemoryStore;
use crate::lock;

/// What is known of alarms and incidents.
#[derive(Debug, Default)]
pub struct MonitState {
    /// Alarms.
    pub alarms: BTreeMap<AlarmKey, AlarmRecord>,
    /// Incidents.
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Which incident a group's alarms join.
    pub groups: BTreeMap<String, GroupPointer>,
    /// Routes made in chat.
    pub routes: BTreeMap<RouteId, Route>,
    /// Silences, also those that have ended.
    pub silences: BTreeMap<SilenceId, Silence>,
    /// Who stands in.
    pub overrides: Vec<Override>,
    /// Who looked at what was missed.
    pub looked: BTreeMap<PersonId, Timestamp>,
    /// How many notifications of an hour couldn't be understood.
    pub unreadables: BTreeMap<i64, Unreadables>,
}

impl MonitState {
    /// Whether a change was decided on something that is no longer so.
    pub(super) fn is_stale(&self, change: &MonitChange) -> bool {
        let incidents = change.incidents.iter().any(|next| self.incidents.get(&next.id).map_or(0, |known| known.version) != next.version);
        let alarms = change.alarms.iter().any(|next| self.alarms.get(&next.latest.key).map_or(0, |known| known.version) != next.version);
        let groups = change.groups.iter().any(|next| self.groups.get(&next.group).map_or(0, |known| known.version) != next.version);
        let settings = change.settings.iter().any(|setting| match setting {
            SettingChange::AddRoute(next) => self.routes.get(&next.id).map_or(0, |known| known.version) != next.version,
            SettingChange::Silence(next) => self.silences.get(&next.id).map_or(0, |known| known.version) != next.version,
            SettingChange::RemoveRoute(_) | SettingChange::Override(_) => false,
        });
        let count = |next: &Unreadables| self.unreadables.get(&next.hour).map_or(0, |known| known.version) != next.version;
        incidents || alarms || groups || settings || change.unreadables.as_ref().is_some_and(count)
    }

    pub(super) fn write(&mut self, change: MonitChange) {
        for mut incident in change.incidents {
            incident.version += 1;
            self.incidents.insert(incident.id.clone(), incident);
        }
        for mut alarm in change.alarms {
            alarm.version += 1;
            self.alarms.insert(alarm.latest.key.clone(), alarm);
        }
        for mut group in change.groups {
            group.version += 1;
            self.groups.insert(group.group.clone(), group);
        }
        for setting in change.settings {
            self.set(setting);
        }
        if let Some((person, at)) = change.looked {
            let known = self.looked.entry(person).or_insert(at);
            *known = at.max(*known);
        }
        if let Some(mut unreadables) = change.unreadables {
            unreadables.version += 1;
            self.unreadables.insert(unreadables.hour, unreadables);
        }
    }

    fn set(&mut self, setting: SettingChange) {
        match setting {
            SettingChange::AddRoute(mut route) => {
                route.version += 1;
                self.routes.insert(route.id.clone(), route);
            }
            SettingChange::RemoveRoute(id) => {
                self.routes.remove(&id);
            }
            SettingChange::Silence(mut silence) => {
                silence.version += 1;
                self.silences.insert(silence.id.clone(), silence);
            }
            SettingChange::Override(stand_in) if self.overrides.contains(&stand_in) => {}
            SettingChange::Override(stand_in) => self.overrides.push(stand_in),
        }
    }

    fn settings(&self, now: Timestamp) -> MonitSettings {
        let mut routes: Vec<Route> = self.routes.values().cloned().collect();
        routes.sort_by_key(|route| route.at);
        let mut silences: Vec<Silence> = self.silences.values().filter(|silence| silence.ended_at.is_none()).cloned().collect();
        silences.sort_by_key(|silence| silence.from);
        let mut overrides: Vec<Override> = self.overrides.iter().filter(|one| one.until > now).cloned().collect();
        overrides.sort_by_key(|one| one.at);
        MonitSettings { routes, silences, overrides }
    }

    fn newest(&self, limit: usize, fits: impl Fn(&Incident) -> bool) -> Vec<Incident> {
        let mut found: Vec<Incident> = self.incidents.values().filter(|incident| fits(incident)).cloned().collect();
        found.sort_by_key(|incident| std::cmp::Reverse((incident.since, incident.id.clone())));
        found.truncate(limit);
        found
    }
}

impl MonitStore for MemoryStore {
    async fn alarm(&self, key: &AlarmKey) -> Result<Option<AlarmRecord>, PortError> {
        self.failures.around("alarm", || self.look(|state| state.monit.alarms.get(key).cloned()))
    }

    async fn incident(&self, id: &IncidentId) -> Result<Option<Incident>, PortError> {
        self.failures.around("incident", || self.look(|state| state.monit.incidents.get(id).cloned()))
    }

    async fn group(&self, group: &str) -> Result<Option<GroupPointer>, PortError> {
        self.failures.around("group", || self.look(|state| state.monit.groups.get(group).cloned()))
    }

    async fn monit_settings(&self, now: Timestamp) -> Result<MonitSettings, PortError> {
        self.failures.around("monit_settings", || self.look(|state| state.monit.settings(now)))
    }

    async fn silence(&self, id: &SilenceId) -> Result<Option<Silence>, PortError> {
        self.failures.around("silence", || self.look(|state| state.monit.silences.get(id).cloned()))
    }

    async fn open_incidents(&self, limit: usize) -> Result<Vec<Incident>, PortError> {
        self.failures.around("open_incidents", || self.look(|state| state.monit.newest(limit, |one| !one.phase.is_over())))
    }

    async fn closed_incidents(&self, since: Timestamp, limit: usize) -> Result<Vec<Incident>, PortError> {
        let fits = |one: &Incident| one.phase.is_over() && one.since > since;
        self.failures.around("closed_incidents", || self.look(|state| state.monit.newest(limit, fits)))
    }

    async fn looked(&self, person: &PersonId) -> Result<Option<Timestamp>, PortError> {
        self.failures.around("looked", || self.look(|state| state.monit.looked.get(person).copied()))
    }

    async fn unreadables(&self, hour: i64) -> Result<Option<Unreadables>, PortError> {
        self.failures.around("unreadables", || self.look(|state| state.monit.unreadables.get(&hour).cloned()))
    }

    async fn incident_message_at(&self, channel: &ChannelId, ts: &str) -> Result<Option<MessageKey>, PortError> {
        self.failures.around("incident_message_at", || {
            let state = lock(&self.state);
            let found = state.messages.iter().find(|(key, item)| {
                let shown = item.message.shown.as_ref().and_then(|shown| shown.ts.as_deref());
                key.as_incident().is_some() && item.message.destination.lane() == channel.as_str() && shown == Some(ts)
            });
            found.map(|(key, _)| key.clone())
        })
    }
}
