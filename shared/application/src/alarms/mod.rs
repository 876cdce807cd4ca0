//! Alarms are taken in here, whoever tells of them: what is known of the alarm, which incident that is, what its message shows, whom it
//! calls and what comes due are written in one transaction. The number of calls for an alarm is the same however many there are.
//!
//! An alarm under a silence opens no incident. It is remembered and counted, and looked at again when the silence ends.

pub(crate) mod desk;
mod picture;
mod quiet;
pub(crate) mod summary;
mod suspects;
mod tags;
mod unreadable;

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::alarm::{self, AlarmKey, AlarmRecord, AlarmReport, AlarmState};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::ids::{CorrelationId, EnvironmentName, EventKey, IncidentId, ServiceName, SilenceId};
use opsroom_domain::incident::{Event, GroupPointer, Incident, Opening};
use opsroom_domain::monit::{self, Facts, Group, RoutedTo, SettingChange, Severity};

use self::desk::{Desk, Follows};
pub use self::picture::{Artist, Drawing};
use self::quiet::{Hush, keep};
pub(crate) use self::quiet::{is_quiet_while_deploying, of_deployment};
pub use self::summary::plan as plan_summary;
use crate::failure::Failure;
use crate::outgoing::{lanes, nudge};
use crate::ports::{
    AlarmChore, AlarmQueue, Change, Commit, DeliveryQueue, Metrics, MonitStore, PortError, PortErrorKind, RepositoryStore, Store,
};
use crate::progress::ATTEMPTS;

/// How far a sender's clock may go ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What is read and written about alarms.
pub trait AlarmTables: Store + MonitStore + RepositoryStore {}

impl<T: Store + MonitStore + RepositoryStore> AlarmTables for T {}

/// What taking in alarms needs.
pub struct Watcher<'a, S, M, Q, D> {
    /// The tables.
    pub store: &'a S,
    /// Knows the tags of alarms.
    pub metrics: &'a M,
    /// What is left for later.
    pub chores: &'a Q,
    /// The way to the room.
    pub delivery: &'a D,
    /// The catalog in force, if there is one.
    pub catalog: Option<&'a Catalog>,
    /// Now.
    pub now: Timestamp,
    /// Follows the event.
    pub correlation: &'a CorrelationId,
    /// Whether the queue brings the report again, because taking it in failed or wasn't heard to have gone well: what was written then may
    /// never have been passed on.
    pub redelivered: bool,
}

/// What came of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It told nothing new.
    NothingNew,
    /// It is known now, and nothing has to be shown.
    Kept,
    /// A silence keeps it quiet.
    Quiet,
    /// An incident's message shows it.
    Shown,
}

/// What the catalog and the settings make of a report.
struct About {
    service: Option<ServiceName>,
    environment: Option<EnvironmentName>,
    routed: RoutedTo,
    severity: Severity,
    group: Group,
}

/// What is to be written about a report.
struct Wanted {
    change: Change,
    taken: Taken,
    draw: Option<IncidentId>,
}

impl<S, M, Q, D> Watcher<'_, S, M, Q, D>
where
    S: AlarmTables,
    M: Metrics,
    Q: AlarmQueue,
    D: DeliveryQueue,
{
    /// Takes a report in. Doing it again, or in another order, leads to the same.
    pub async fn take_in(&self, report: &AlarmReport) -> Result<Taken, Failure> {
        let mut told = report.clone().bounded();
        told.at = not_ahead(told.at, self.now);
        for _ in 0..ATTEMPTS {
            let known = self.store.alarm(&told.key).await?;
            let settings = self.store.monit_settings(self.now).await?;
            self.tag(&mut told, known.as_ref(), &settings).await;
            let (record, news) = match known {
                None => (AlarmRecord::new(told.clone()), alarm::Taken::Changed),
                Some(mut record) => {
                    let news = record.take(&told);
                    (record, news)
                }
            };
            if news == alarm::Taken::Nothing {
                return self.pass_on(&record).await;
            }
            let occasion = format!("alarm/{}/{}", told.key, told.at.as_millisecond());
            let wanted = self.want(record, &told, &settings, &occasion, news == alarm::Taken::Changed).await?;
            if let Some(taken) = self.write(wanted).await? {
                return Ok(taken);
            }
        }
        Err(Failure::Contended(format!("alarm {}", told.key)))
    }

    /// Does what was left for later about an alarm that a silence kept quiet, now that it has ended.
    pub async fn look_again(&self, key: &AlarmKey) -> Result<Taken, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(mut record) = self.store.alarm(key).await? else { return Ok(Taken::NothingNew) };
            let Some(silence) = record.held_by.take() else { return Ok(Taken::NothingNew) };
            let settings = self.store.monit_settings(self.now).await?;
            let told = AlarmReport { state: AlarmState::Firing, ..record.latest.clone() };
            // The alarm may have had an incident for this very change before the silence: this one is another.
            let occasion = format!("alarm/{key}/{}/{silence}", told.at.as_millisecond());
            let wanted = if record.fires() {
                self.want(record, &told, &settings, &occasion, true).await?
            } else {
                let mut change = Change::default();
                change.monit.alarms.push(record);
                Wanted { change, taken: Taken::Kept, draw: None }
            };
            if let Some(taken) = self.write(wanted).await? {
                return Ok(taken);
            }
        }
        Err(Failure::Contended(format!("alarm {key}")))
    }

    /// Decides what follows from a report that says something new. `turned` if the alarm stands differently than before.
    async fn want(
        &self,
        record: AlarmRecord,
        told: &AlarmReport,
        settings: &monit::MonitSettings,
        occasion: &str,
        turned: bool,
    ) -> Result<Wanted, Failure> {
        let desk = Desk::new(self.catalog, &settings.overrides);
        let about = self.about(&desk, told, settings);
        let mut told = told.clone();
        told.links.runbook = told.links.runbook.take().or_else(|| about.routed.runbook.clone());
        let own = self.own_incident(&record).await?;
        if told.state != AlarmState::Firing || !record.fires() {
            return Ok(self.well(&desk, record, &told, about.severity, own));
        }
        // Somebody said that it is over. The same trouble in newer words doesn't undo that.
        if !turned && record.held_by.is_none() && own.as_ref().is_some_and(|incident| incident.phase.is_over()) {
            let mut change = Change::default();
            change.monit.alarms.push(record);
            return Ok(Wanted { change, taken: Taken::Kept, draw: None });
        }
        let facts = Facts::of(&told, about.service.as_ref(), about.environment.as_ref());
        match self.hush(settings, &facts, about.service.as_ref(), about.environment.as_ref()).await? {
            Some(hush) => Ok(self.quiet(&desk, record, &told, about.severity, (own, hush), turned)),
            None => self.loud(&desk, record, &told, about, (own, occasion)).await,
        }
    }

    fn about(&self, desk: &Desk<'_>, told: &AlarmReport, settings: &monit::MonitSettings) -> About {
        let (service, environment) = monit::service_and_environment(self.catalog, told);
        let facts = Facts::of(told, service.as_ref(), environment.as_ref());
        let routed = monit::route(self.catalog, &settings.routes, &facts);
        let severity = routed.severity(told.severity, desk.monit());
        let group = monit::group(desk.monit(), told, service.as_ref(), environment.as_ref());
        About { service, environment, routed, severity, group }
    }

    /// An alarm that doesn't fire: its incident, if it is part of one, may be over.
    fn well(&self, desk: &Desk<'_>, mut record: AlarmRecord, told: &AlarmReport, severity: Severity, own: Option<Incident>) -> Wanted {
        if !record.fires() {
            record.held_by = None;
        }
        let mut change = Change::default();
        let mut taken = Taken::Kept;
        if let Some(mut incident) = own
            && let Some(follows) = self.apply(desk, &mut incident, &mut record, told, (severity, None))
        {
            taken = Taken::Shown;
            follows.write(incident, self.catalog, &mut change);
        }
        change.monit.alarms.push(record);
        Wanted { change, taken, draw: None }
    }

    /// An alarm that fires under a silence: only an incident that has it already shows it.
    fn quiet(
        &self,
        desk: &Desk<'_>,
        mut record: AlarmRecord,
        told: &AlarmReport,
        severity: Severity,
        (own, hush): (Option<Incident>, Hush),
        turned: bool,
    ) -> Wanted {
        let Hush { mut silence, due } = hush;
        let mut change = Change { due, ..Change::default() };
        let key = told.key.to_string();
        let own = own.filter(|incident| !incident.phase.is_over() && incident.alarms.contains_key(&key));
        let is_held = own.is_none();
        if let Some(mut incident) = own {
            record.held_by = None;
            if let Some(follows) = self.apply(desk, &mut incident, &mut record, told, (severity, Some(silence.id.clone()))) {
                follows.write(incident, self.catalog, &mut change);
            }
        }
        let is_new_here = is_held && record.held_by.as_ref() != Some(&silence.id);
        if is_held {
            record.held_by = Some(silence.id.clone());
        }
        if turned || is_new_here {
            let until = silence.until;
            if !keep(&mut silence, &told.key, is_held) {
                change.due.push(DueItem { at: until, task: DueTask::LookAgain { alarm: told.key.clone() } });
            }
            change.monit.settings.push(SettingChange::Silence(silence));
        }
        change.monit.alarms.push(record);
        Wanted { change, taken: Taken::Quiet, draw: None }
    }

    /// An alarm that fires: it belongs to its own incident, to that of its group, or to a new one.
    async fn loud(
        &self,
        desk: &Desk<'_>,
        mut record: AlarmRecord,
        told: &AlarmReport,
        about: About,
        (own, occasion): (Option<Incident>, &str),
    ) -> Result<Wanted, Failure> {
        record.held_by = None;
        let rules = desk.rules();
        let takes = |incident: &Incident| incident.takes(&told.key, about.group.window, self.now, &rules);
        let mut pointer = None;
        let mut joined = own.filter(takes);
        if joined.is_none() {
            pointer = self.store.group(&about.group.key).await?;
            if let Some(found) = &pointer
                && record.incident.as_ref() != Some(&found.incident)
            {
                joined = self.store.incident(&found.incident).await?.filter(takes);
            }
        }
        let mut change = Change::default();
        if let Some(mut incident) = joined {
            record.incident = Some(incident.id.clone());
            let mut wanted = Wanted { change, taken: Taken::Kept, draw: None };
            if let Some(follows) = self.apply(desk, &mut incident, &mut record, told, (about.severity, None)) {
                wanted.taken = Taken::Shown;
                wanted.draw = follows.draw.then(|| incident.id.clone());
                follows.write(incident, self.catalog, &mut wanted.change);
            }
            wanted.change.monit.alarms.push(record);
            return Ok(wanted);
        }
        let (incident, follows, group) = self.open(desk, told, about, pointer, occasion).await?;
        let (id, draw) = (incident.id.clone(), follows.draw);
        record.incident = Some(id.clone());
        follows.write(incident, self.catalog, &mut change);
        change.due.extend(summary::next(self.catalog, self.now));
        change.monit.groups.push(group);
        change.monit.alarms.push(record);
        Ok(Wanted { change, taken: Taken::Shown, draw: draw.then_some(id) })
    }

    async fn open(
        &self,
        desk: &Desk<'_>,
        told: &AlarmReport,
        about: About,
        pointer: Option<GroupPointer>,
        occasion: &str,
    ) -> Result<(Incident, Follows, GroupPointer), Failure> {
        let About { service, environment, routed, severity, group } = about;
        let Some(channel) = routed.channel else { return Err(no_room().into()) };
        let suspects = self.suspects(service.as_ref(), environment.as_ref(), told.at).await;
        // The same report opens the same incident, also if it is taken in twice.
        let id = IncidentId::derived_from(&EventKey::new(occasion));
        let pointer = GroupPointer { group: group.key.clone(), incident: id.clone(), version: pointer.map_or(0, |known| known.version) };
        let opening = Opening {
            id,
            group: group.key,
            report: told,
            severity,
            service,
            environment,
            channel,
            routed: routed.routed,
            suspects,
            at: self.now,
        };
        let (incident, follows) = desk.open(opening);
        Ok((incident, follows, pointer))
    }

    /// Lets an incident take a report in; `None` if it tells it nothing new.
    fn apply(
        &self,
        desk: &Desk<'_>,
        incident: &mut Incident,
        record: &mut AlarmRecord,
        told: &AlarmReport,
        (severity, silence): (Severity, Option<SilenceId>),
    ) -> Option<Follows> {
        let (crowd, counted) = (incident.crowd, incident.counts(record));
        let event = Event::Alarm { report: told, severity, silence, counted, at: self.now };
        let follows = desk.apply(incident, event, self.now).ok()?;
        incident.recount(crowd, record);
        Some(follows)
    }

    async fn own_incident(&self, record: &AlarmRecord) -> Result<Option<Incident>, PortError> {
        match &record.incident {
            Some(id) => self.store.incident(id).await,
            None => Ok(None),
        }
    }

    /// Writes what is wanted and passes it on; `None` if it was decided on something that is no longer so.
    async fn write(&self, wanted: Wanted) -> Result<Option<Taken>, Failure> {
        let Wanted { change, taken, draw } = wanted;
        let keys = lanes(&change);
        if self.store.commit(change).await? != Commit::Done {
            return Ok(None);
        }
        nudge(self.delivery, self.correlation, self.now, &keys).await;
        if let Some(incident) = draw {
            self.chores.send(&AlarmChore::Draw { incident }).await?;
        }
        Ok(Some(taken))
    }

    /// What was written before may never have been passed on.
    async fn pass_on(&self, record: &AlarmRecord) -> Result<Taken, Failure> {
        let incident = if self.redelivered { self.own_incident(record).await? } else { None };
        if let Some(incident) = incident.filter(|incident| !incident.phase.is_over()) {
            let change = Change { messages: vec![desk::message(&incident, self.catalog)], ..Change::default() };
            nudge(self.delivery, self.correlation, self.now, &lanes(&change)).await;
            if incident.graph.is_none() && incident.alarms.values().any(|alarm| alarm.plot.is_some()) {
                self.chores.send(&AlarmChore::Draw { incident: incident.id }).await?;
            }
        }
        Ok(Taken::NothingNew)
    }
}

/// A sender's time, unless it has hardly come yet: it would make an alarm deaf to what is reported until then. The doors judge by the
/// moment of arrival; this is for what comes without a door.
fn not_ahead(at: Timestamp, now: Timestamp) -> Timestamp {
    let latest = now.checked_add(AHEAD).unwrap_or(now);
    if at > latest { now } else { at }
}

/// Kept among the dead letters, so that it can be taken in once there is a room.
fn no_room() -> PortError {
    PortError::new(PortErrorKind::NotFound, "alarms:route", "no catalog is in force, or it has no room at all")
}
