//! What is known of DJ rooms, in memory.

use std::collections::BTreeMap;

use opsroom_application::ports::{Charted, DjChange, DjStore, PortError};
use opsroom_domain::dj::chart::Month;
use opsroom_domain::dj::{Errand, ErrandId, Station, TrackKey};
use opsroom_domain::ids::{ChannelId, CommandId};

use super::MemoryStore;

/// Stations, errands, charts.
#[derive(Debug, Default)]
pub struct DjState {
    /// Stations.
    pub stations: BTreeMap<ChannelId, Station>,
    /// What was asked of players.
    pub errands: BTreeMap<ErrandId, Errand>,
    /// Which errand a command does.
    pub commands: BTreeMap<CommandId, ErrandId>,
    /// What was played how often.
    pub charts: BTreeMap<(ChannelId, Month, TrackKey), Charted>,
}

impl DjState {
    /// Whether a change was decided on something that is no longer so.
    pub(super) fn is_stale(&self, change: &DjChange) -> bool {
        let errand = |next: &Errand| self.errands.get(&next.id).map_or(0, |known| known.version) != next.version;
        change.station.as_ref().is_some_and(|next| self.stations.get(&next.channel).map_or(0, |known| known.version) != next.version)
            || change.errands.iter().any(errand)
    }

    pub(super) fn write(&mut self, change: DjChange) {
        if let Some(mut station) = change.station {
            station.version += 1;
            for counted in change.counted {
                let key = (station.channel.clone(), counted.month, counted.key.clone());
                let song = self.charts.entry(key).or_insert(Charted { key: counted.key, name: String::new(), plays: 0 });
                song.name = counted.name;
                song.plays += 1;
            }
            self.stations.insert(station.channel.clone(), station);
        }
        for mut errand in change.errands {
            errand.version += 1;
            self.commands.extend(errand.command.iter().map(|command| (command.clone(), errand.id.clone())));
            self.errands.insert(errand.id.clone(), errand);
        }
    }
}

impl DjStore for MemoryStore {
    async fn station(&self, channel: &ChannelId) -> Result<Option<Station>, PortError> {
        self.failures.around("station", || self.look(|state| state.dj.stations.get(channel).cloned()))
    }

    async fn errand(&self, id: &ErrandId) -> Result<Option<Errand>, PortError> {
        self.failures.around("errand", || self.look(|state| state.dj.errands.get(id).cloned()))
    }

    async fn errand_of(&self, command: &CommandId) -> Result<Option<ErrandId>, PortError> {
        self.failures.around("errand_of", || self.look(|state| state.dj.commands.get(command).cloned()))
    }

    async fn chart(&self, channel: &ChannelId, month: Month, limit: usize) -> Result<Vec<Charted>, PortError> {
        self.failures.around("chart", || {
            self.look(|state| {
                let of_month = state.dj.charts.iter().filter(|((of, at, _), _)| of == channel && *at == month);
                let mut songs: Vec<Charted> = of_month.map(|(_, song)| song.clone()).collect();
                songs.sort_by(|one, other| other.plays.cmp(&one.plays).then_with(|| one.name.cmp(&other.name)));
                songs.truncate(limit);
                songs
            })
        })
    }
}
