//! What an incident's alarms do to it: join, come and go, flap, fall silent.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::apply::{Change, later};
use super::open::may_reopen;
use super::{Flapping, Incident, IncidentAlarm, NotNow, Phase, SilencedBy, What};
use crate::alarm::{AlarmRecord, AlarmReport, AlarmState, News, Taken, Told, Verdict, cut};
use crate::due::DueTask;
use crate::ids::{PersonId, SilenceId, code};
use crate::monit::Severity;

impl Incident {
    /// Whether the last of its alarms is well.
    pub fn all_well(&self) -> bool {
        self.more_alarms == 0 && !self.alarms.values().any(IncidentAlarm::fires)
    }

    /// Whether it counts an alarm in its crowd.
    pub fn counts(&self, record: &AlarmRecord) -> bool {
        record.counted_by.as_ref() == Some(&self.id)
    }

    /// Writes into an alarm's record whether its event has put it into the crowd or taken it out. `before` is the crowd before that event.
    pub fn recount(&self, before: u32, record: &mut AlarmRecord) {
        match self.crowd.cmp(&before) {
            Ordering::Greater => record.counted_by = Some(self.id.clone()),
            Ordering::Less => record.counted_by = None,
            Ordering::Equal => {}
        }
    }
}

impl Change<'_> {
    pub(super) fn alarm(
        &mut self,
        report: &AlarmReport,
        severity: Severity,
        (silence, counted): (Option<SilenceId>, bool),
        at: Timestamp,
    ) -> Result<(), NotNow> {
        let key = report.key.to_string();
        let Some(known) = self.incident.alarms.get(&key) else { return self.unknown(report, severity, (silence, counted), at) };
        let told = Told::between((known.state, known.told_at), known.verdict, (report.state, report.at));
        let fires = report.state == AlarmState::Firing;
        let marked = fires && known.silence != silence && report.at == known.told_at;
        if told.taken() == Taken::Nothing && !marked {
            return Err(NotNow::NothingNew);
        }
        if let Phase::Resolved { by, at: resolved_at } = &self.incident.phase
            && fires
        {
            // The same trouble as before in newer words doesn't undo what somebody said. What is quiet stays so: it is told again
            // when the silence ends.
            if !told.turns || silence.is_some() {
                return Err(NotNow::NothingNew);
            }
            if !may_reopen(*resolved_at, at, self.rules) {
                return Err(NotNow::ResolvedBefore { by: by.clone(), at: *resolved_at });
            }
        }
        let was_over = self.incident.phase.is_over();
        let quiet = self.incident.flapping.is_some() && !marked;
        self.rewrite(report, severity, silence, told, at);
        if told.turns {
            self.turned(report, at);
        }
        let flaps = self.incident.flapping.is_some();
        if told.turns && !flaps {
            let alarm = report.name.clone();
            self.happened(report.at.min(at), if fires { What::Fired { alarm } } else { What::Well { alarm } });
        }
        if fires {
            if was_over {
                self.reopen(None, at);
            }
            if told.turns {
                self.incident.last_fired = self.incident.last_fired.max(at);
            }
            self.fires_openly(at);
        } else if told.turns && !was_over && !flaps && self.incident.all_well() {
            self.resolve(None, at);
        }
        // While it flaps, its coming and going is only counted.
        if !(quiet && flaps) {
            self.show();
        }
        Ok(())
    }

    /// Writes a newer report over what is known of an alarm.
    fn rewrite(&mut self, report: &AlarmReport, severity: Severity, silence: Option<SilenceId>, told: Told, at: Timestamp) {
        let Some(alarm) = self.incident.alarms.get_mut(&report.key.to_string()) else { return };
        if told.news != News::None {
            if told.news == News::State {
                alarm.at = report.at.min(at);
            }
            let newer = part(report, severity, at);
            let kept = std::mem::replace(alarm, newer);
            // What a report says nothing about stays.
            (alarm.at, alarm.plot, alarm.silence) = (kept.at, kept.plot, kept.silence);
            (alarm.verdict, alarm.changes) = (kept.verdict, kept.changes);
        }
        if told.judges {
            alarm.verdict = Verdict::of(report.state, report.at);
        }
        if report.state == AlarmState::Firing {
            alarm.silence = silence;
        } else if !alarm.fires() {
            alarm.silence = None;
        }
    }

    /// An alarm that the incident doesn't hold.
    fn unknown(
        &mut self,
        report: &AlarmReport,
        severity: Severity,
        (silence, counted): (Option<SilenceId>, bool),
        at: Timestamp,
    ) -> Result<(), NotNow> {
        let alarm = report.name.clone();
        match report.state {
            AlarmState::Firing => {
                self.open()?;
                if counted || !self.list(report, severity, silence, at) {
                    return Err(NotNow::NothingNew);
                }
                self.happened(report.at.min(at), What::Fired { alarm });
                self.fires_openly(at);
            }
            AlarmState::Ok => {
                if !self.incident.unlisted.remove(&short(report)) {
                    if !counted {
                        return Err(NotNow::NothingNew);
                    }
                    self.incident.crowd = self.incident.crowd.saturating_sub(1);
                }
                self.count_unlisted();
                self.happened(report.at.min(at), What::Well { alarm });
                if !self.incident.phase.is_over() && self.incident.flapping.is_none() && self.incident.all_well() {
                    self.resolve(None, at);
                }
            }
            AlarmState::NoData => return Err(NotNow::NothingNew),
        }
        self.show();
        Ok(())
    }

    /// Takes an alarm in, in the place of one that is well if there is no other; else only counts it. `false` if it is among the unlisted, or
    /// is not even worth counting.
    pub(super) fn list(&mut self, report: &AlarmReport, severity: Severity, silence: Option<SilenceId>, at: Timestamp) -> bool {
        let code = short(report);
        if self.incident.unlisted.contains(&code) {
            return false;
        }
        if report.state == AlarmState::Firing {
            self.incident.last_fired = self.incident.last_fired.max(at);
        }
        let alarms = &mut self.incident.alarms;
        if alarms.len() >= Incident::MOST_ALARMS {
            let well = alarms.iter().filter(|(_, alarm)| !alarm.fires() && alarm.plot.is_none()).min_by_key(|(_, alarm)| alarm.at);
            match well.map(|(key, _)| key.clone()) {
                Some(key) => alarms.remove(&key),
                None if report.state == AlarmState::Firing => {
                    if self.incident.unlisted.len() < Incident::MOST_UNLISTED {
                        self.incident.unlisted.insert(code);
                    } else {
                        self.incident.crowd = self.incident.crowd.saturating_add(1);
                    }
                    self.count_unlisted();
                    return true;
                }
                None => return false,
            };
        }
        let mut listed = IncidentAlarm { silence, ..part(report, severity, at) };
        listed.silence = listed.silence.filter(|_| report.state == AlarmState::Firing);
        if !alarms.values().any(|alarm| alarm.plot.is_some()) {
            listed.plot.clone_from(&report.plot);
        }
        alarms.insert(report.key.to_string(), listed);
        true
    }

    fn count_unlisted(&mut self) {
        let unlisted = u32::try_from(self.incident.unlisted.len()).unwrap_or(u32::MAX);
        self.incident.more_alarms = unlisted.saturating_add(self.incident.crowd);
    }

    /// An alarm fires: the incident is as bad as the worst that does so aloud, and under a silence only as long as all are.
    fn fires_openly(&mut self, at: Timestamp) {
        let incident = &mut self.incident;
        let aloud = incident.alarms.values().any(|alarm| alarm.fires() && alarm.silence.is_none());
        if aloud && incident.silenced.take().is_some() {
            self.happened(at, What::SilenceOver);
        }
        self.rise();
    }

    fn rise(&mut self) {
        let incident = &mut self.incident;
        let aloud = incident.alarms.values().filter(|alarm| alarm.fires() && alarm.silence.is_none());
        if let Some(worst) = aloud.max_by_key(|alarm| alarm.severity)
            && worst.severity > incident.severity
        {
            incident.severity = worst.severity;
            incident.title.clone_from(&worst.name);
            self.show();
        }
    }

    /// Counts an alarm's coming or going, and sees whether that is flapping.
    fn turned(&mut self, report: &AlarmReport, at: Timestamp) {
        let window = SignedDuration::from_mins(i64::from(self.rules.flapping_minutes));
        let when = report.at.min(at);
        if let Some(alarm) = self.incident.alarms.get_mut(&report.key.to_string()) {
            alarm.changes.push(when);
            alarm.changes.sort();
            alarm.changes.retain(|&change| when.duration_since(change) <= window);
            alarm.changes.drain(..alarm.changes.len().saturating_sub(AlarmRecord::MOST_CHANGES));
        }
        let recent = |alarm: &IncidentAlarm| alarm.changes.iter().filter(|&&change| when.duration_since(change) <= window).count();
        let changes = u32::try_from(self.incident.alarms.values().map(recent).max().unwrap_or(0)).unwrap_or(u32::MAX);
        // One that is over may still be told that its alarms are well.
        let over = self.incident.phase.is_over() && report.state != AlarmState::Firing;
        if let Some(flapping) = &mut self.incident.flapping {
            (flapping.changes, flapping.latest) = (changes, at.max(flapping.latest));
        } else if !over && self.rules.flapping_changes > 0 && changes >= self.rules.flapping_changes {
            self.incident.flapping = Some(Flapping { since: at, changes, latest: at });
            self.happened(at, What::Flapping);
            self.show();
            self.plan_calm(at);
        }
    }

    fn plan_calm(&mut self, latest: Timestamp) {
        let task = DueTask::CalmDown { incident: self.incident.id.clone(), latest };
        self.due(later(latest, self.rules.flapping_minutes), task);
    }

    pub(super) fn calmed(&mut self, latest: Timestamp, at: Timestamp) -> Result<(), NotNow> {
        let Some(flapping) = &self.incident.flapping else { return Err(NotNow::NothingNew) };
        if flapping.latest != latest {
            // One look for each time it could be calm, instead of one for each change.
            self.plan_calm(flapping.latest);
            return Ok(());
        }
        self.incident.flapping = None;
        self.happened(at, What::Calmed);
        if self.incident.all_well() {
            self.resolve(None, at);
        }
        self.show();
        Ok(())
    }

    pub(super) fn attach(&mut self, report: &AlarmReport, severity: Severity, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if self.incident.alarms.contains_key(&report.key.to_string()) || !self.list(report, severity, None, at) {
            return Err(NotNow::NothingNew);
        }
        self.happened(at, What::Attached { alarm: report.name.clone(), by });
        if report.state == AlarmState::Firing {
            self.fires_openly(at);
        }
        self.show();
        Ok(())
    }

    pub(super) fn silence(&mut self, silence: SilencedBy, by: PersonId, at: Timestamp) -> Result<(), NotNow> {
        self.open()?;
        if self.incident.silenced.as_ref() == Some(&silence) {
            return Err(NotNow::NothingNew);
        }
        for alarm in self.incident.alarms.values_mut().filter(|alarm| alarm.fires()) {
            alarm.silence = Some(silence.silence.clone());
        }
        self.happened(at, What::Silenced { silence: silence.silence.clone(), by });
        self.incident.silenced = Some(silence);
        self.show();
        Ok(())
    }

    pub(super) fn silence_over(&mut self, silence: &SilenceId, at: Timestamp) -> Result<(), NotNow> {
        let incident = &mut self.incident;
        let whole = incident.silenced.take_if(|by| by.silence == *silence).is_some();
        let mut some = false;
        for alarm in incident.alarms.values_mut() {
            some |= alarm.silence.take_if(|by| by == silence).is_some();
        }
        if !whole && !some {
            return Err(NotNow::NothingNew);
        }
        self.happened(at, What::SilenceOver);
        self.rise();
        self.show();
        Ok(())
    }
}

/// A report as a part of an incident.
fn part(report: &AlarmReport, severity: Severity, at: Timestamp) -> IncidentAlarm {
    let when = report.at.min(at);
    IncidentAlarm {
        key: report.key.clone(),
        name: report.name.clone(),
        state: report.state,
        at: when,
        told_at: report.at,
        // An incident holds many: the whole text is in the alarm's record.
        reason: report.reason.as_deref().map(|reason| cut(reason, 300, true)),
        measure: report.measure.clone(),
        severity,
        account: report.account.clone(),
        region: report.region.clone(),
        links: report.links.clone(),
        children: report.children.clone(),
        plot: None,
        silence: None,
        verdict: Verdict::of(report.state, report.at),
        changes: if report.state == AlarmState::Firing { vec![when] } else { Vec::new() },
    }
}

fn short(report: &AlarmReport) -> String {
    code(&report.key.to_string(), 10)
}
