//! What is known of the DJ room's station, and its player. Written by [`Store::commit`](super::Store::commit).

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::dj::chart::Month;
use opsroom_domain::dj::{Counted, Errand, ErrandId, PlayerAnswer, PlayerAsk, Station, TrackKey};
use opsroom_domain::ids::{ChannelId, CommandId};

use super::PortError;

/// What changes about a station. Each entity's `version` is the one that was read (0 for a new one); it is written as one more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DjChange {
    /// The station's next state.
    pub station: Option<Station>,
    /// Errands' next states. What Systems Manager calls one leads to it from then on.
    pub errands: Vec<Errand>,
    /// Songs to count in the station's charts.
    pub counted: Vec<Counted>,
}

/// A song of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charted {
    /// Which.
    pub key: TrackKey,
    /// As people call it.
    pub name: String,
    /// How often it was played.
    pub plays: u64,
}

/// Reads what is known of stations. Each is one call.
pub trait DjStore: Send + Sync {
    /// A room's station (strongly consistent).
    fn station(&self, channel: &ChannelId) -> impl Future<Output = Result<Option<Station>, PortError>> + Send;

    /// An errand (strongly consistent).
    fn errand(&self, id: &ErrandId) -> impl Future<Output = Result<Option<Errand>, PortError>> + Send;

    /// The errand that a command does (strongly consistent).
    fn errand_of(&self, command: &CommandId) -> impl Future<Output = Result<Option<ErrandId>, PortError>> + Send;

    /// The songs of a month, the one that was played most first, at most `limit`.
    fn chart(&self, channel: &ChannelId, month: Month, limit: usize) -> impl Future<Output = Result<Vec<Charted>, PortError>> + Send;
}

/// A player that answers at once, over the network.
pub trait MusicService: Send + Sync {
    /// Asks. `device` names what plays, `market` the country; a refusal and a player that is off are answers, a service that can't be reached
    /// is a failure.
    fn ask(
        &self,
        device: Option<&str>,
        market: Option<&str>,
        ask: &PlayerAsk,
    ) -> impl Future<Output = Result<PlayerAnswer, PortError>> + Send;

    /// The page of the one track that a link is of, without what else is in the link: a search for that finds the track. `None` for a link of
    /// anything else.
    fn page(&self, link: &str) -> Option<String>;

    /// The call that [`ask`](Self::ask) makes, for people to read.
    fn call(&self, ask: &PlayerAsk) -> ApiCall;
}
