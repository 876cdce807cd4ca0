//! What the team says of its alarms: how bad they are, which go where, what is quiet for a while, and who is called.

mod correlation;
mod matching;
mod oncall;
mod routing;
mod severity;
mod silence;
mod week;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use correlation::{Group, group, service_and_environment};
pub use matching::AlarmMatch;
pub use oncall::{NoBody, Override, callees, levels, next_handover, on_duty};
pub use routing::{RoutedTo, default_room, route};
pub use severity::Severity;
pub use silence::{NoSilence, covering};
pub(crate) use week::{Handover, date, time_of_day, zone};
pub use week::{UnreadableTime, next_time_of_day};

use crate::alarm::AlarmKey;
use crate::ids::{ChannelId, EnvironmentName, PersonId, RouteId, ServiceName, SilenceId};

/// Sends alarms that fit to a channel; made in chat (`mon route add`). Those of the catalog stand in
/// [`crate::catalog::Monit::routes`] and come first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Its name, to take it off again: `r-7k3m9q`.
    pub id: RouteId,
    /// Which alarms.
    pub matches: AlarmMatch,
    /// Where they go.
    pub channel: ChannelId,
    /// How bad they are, whatever their sender says.
    pub severity: Option<Severity>,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

/// Keeps alarms that fit quiet for a while. What it keeps quiet is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Its name, to end it early: `s-7k3m9q`.
    pub id: SilenceId,
    /// Which alarms.
    pub matches: AlarmMatch,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why, in the words of whoever made it.
    pub reason: String,
    /// Who made it.
    pub by: PersonId,
    /// Where it was made: its end is told there.
    pub channel: ChannelId,
    /// The deployment during which it holds, if it is there because of one.
    pub deployment: Option<crate::ids::DeploymentId>,
    /// How many changes to firing it kept quiet.
    pub count: u32,
    /// Alarms that fire and are quiet because of it, [`Silence::MOST_HELD`] at most: looked at again when it ends. Those beyond have due items
    /// of their own, at `until`.
    pub held: Vec<AlarmKey>,
    /// When it was over: its time had come, or somebody ended it.
    pub ended_at: Option<Timestamp>,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

impl Silence {
    /// How many alarms it remembers.
    pub const MOST_HELD: usize = 100;
}

/// How many different notifications came in an hour that couldn't be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadables {
    /// Which hour, counted from 1970.
    pub hour: i64,
    /// How many.
    pub count: u32,
    /// Counts writes. 0 for one that was never written.
    pub version: u64,
}

impl Unreadables {
    /// How many of an hour are told one by one. Of those that follow there is one message, which counts them.
    pub const TOLD_ALONE: u32 = 3;

    /// The hour of a moment.
    pub fn hour_of(at: Timestamp) -> i64 {
        at.as_second().div_euclid(60 * 60)
    }

    /// None so far.
    pub fn none(hour: i64) -> Self {
        Self { hour, count: 0, version: 0 }
    }
}

/// What was said in chat, all of it, read with one query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitSettings {
    /// Routes, oldest first.
    pub routes: Vec<Route>,
    /// Silences that have not ended, oldest first.
    pub silences: Vec<Silence>,
    /// Who stands in for whom, oldest first. Those that are over are left out.
    pub overrides: Vec<Override>,
}

/// A change of one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingChange {
    /// A route is made.
    AddRoute(Route),
    /// A route is taken off.
    RemoveRoute(RouteId),
    /// A silence as it is from now on.
    Silence(Silence),
    /// Somebody stands in.
    Override(Override),
}

/// What matching looks at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The alarm's name.
    pub name: &'a str,
    /// Its source.
    pub source: crate::alarm::AlarmSource,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
    /// How bad the sender says it is.
    pub severity: Option<Severity>,
    /// The service of the catalog that it is about, if that is known.
    pub service: Option<&'a str>,
    /// The environment, likewise.
    pub environment: Option<&'a str>,
}

impl<'a> Facts<'a> {
    /// What a report says, with what the catalog knows about it.
    pub fn of(report: &'a crate::alarm::AlarmReport, service: Option<&'a ServiceName>, environment: Option<&'a EnvironmentName>) -> Self {
        Self {
            name: &report.name,
            source: report.key.source,
            labels: &report.labels,
            severity: report.severity,
            service: service.map(ServiceName::as_str),
            environment: environment.map(EnvironmentName::as_str),
        }
    }
}
