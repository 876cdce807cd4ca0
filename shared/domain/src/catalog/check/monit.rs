//! What the catalog's section on alarms must hold to.

use super::{Findings, expect_page, is_name};
use crate::alarm::AlarmRecord;
use crate::catalog::{Callee, Catalog, Rotation};
use crate::ids::RotationName;
use crate::monit::{AlarmMatch, Handover, date, time_of_day, zone};

/// A day: whatever is counted in minutes here is over by then.
const DAY: u32 = 24 * 60;

/// How many levels there may be.
const MOST_LEVELS: usize = 10;

impl Catalog {
    pub(super) fn check_monit(&self, found: &mut Findings) {
        let monit = &self.monit;
        for (field, room) in [("room", &monit.room), ("operators_room", &monit.operators_room)] {
            if let Some(room) = room {
                self.expect_room(found, &["monit", field], room);
            }
        }
        for (index, route) in monit.routes.iter().enumerate() {
            let index = index.to_string();
            let path = |field| ["monit", "routes", index.as_str(), field];
            self.expect_room(found, &path("channel"), &route.channel);
            self.check_match(found, &path("match"), &route.matches);
            if let Some(runbook) = &route.runbook {
                expect_page(found, &path("runbook"), runbook);
            }
        }
        for (name, rotation) in &monit.oncall {
            self.check_rotation(found, name, rotation);
        }
        self.check_correlation(found);
        self.check_escalation(found);
        let flapping = &monit.flapping;
        let most = AlarmRecord::MOST_CHANGES;
        found.expect(
            usize::try_from(flapping.changes).is_ok_and(|changes| changes == 0 || (2..=most).contains(&changes)),
            &["monit", "flapping", "changes"],
            || format!("{} changes; use 2 to {most}, or 0 if nothing is ever flapping", flapping.changes),
        );
        expect_minutes(found, &["monit", "flapping", "minutes"], 1, flapping.minutes, DAY);
        expect_minutes(found, &["monit", "unacknowledge_after_minutes"], 0, monit.unacknowledge_after_minutes, 7 * DAY);
        expect_minutes(found, &["monit", "reopen_within_minutes"], 0, monit.reopen_within_minutes, DAY);
        if let Some(summary) = &monit.summary {
            self.expect_room(found, &["monit", "summary", "channel"], &summary.channel);
            expect_readable(found, &["monit", "summary", "at"], time_of_day(&summary.at));
            expect_readable(found, &["monit", "summary", "zone"], zone(&summary.zone));
        }
    }

    fn check_rotation(&self, found: &mut Findings, name: &RotationName, rotation: &Rotation) {
        let path = |field| ["monit", "oncall", name.as_str(), field];
        found.expect(is_name(name.as_str()), &["monit", "oncall", name.as_str()], || {
            format!("`{name}` is no name; use lower-case letters, digits and dashes, starting with a letter, 63 at most")
        });
        found.expect(!rotation.people.is_empty(), &path("people"), || "is empty; an alert would find nobody".to_owned());
        for person in &rotation.people {
            self.expect_person(found, &path("people"), person);
        }
        expect_readable(found, &path("zone"), zone(&rotation.zone));
        expect_readable(found, &path("handover"), Handover::read(&rotation.handover));
        expect_readable(found, &path("starts"), date(&rotation.starts));
    }

    fn check_correlation(&self, found: &mut Findings) {
        for (index, pattern) in self.monit.correlate.iter().enumerate() {
            let index = index.to_string();
            let path = |field| ["monit", "correlate", index.as_str(), field];
            let named = !pattern.tags.is_empty() && pattern.tags.iter().all(|tag| !tag.trim().is_empty());
            found.expect(named, &path("tags"), || {
                "must name what is alike: `service`, `environment`, or names of labels; without any, all alarms would be one incident"
                    .to_owned()
            });
            expect_minutes(found, &path("window_minutes"), 0, pattern.window_minutes, DAY);
        }
    }

    fn check_escalation(&self, found: &mut Findings) {
        let levels = &self.monit.escalation;
        found.expect(levels.len() <= MOST_LEVELS, &["monit", "escalation"], || {
            format!("has {} levels; {MOST_LEVELS} are the most", levels.len())
        });
        for (index, level) in levels.iter().enumerate() {
            let number = index.to_string();
            let path = |field| ["monit", "escalation", number.as_str(), field];
            // Two levels at once would be one that calls twice.
            expect_minutes(found, &path("after_minutes"), u32::from(index > 0), level.after_minutes, DAY);
            match &level.call {
                Callee::Oncall { rotation } | Callee::Everybody { rotation } => {
                    found.expect(self.monit.oncall.contains_key(rotation), &path("call"), || {
                        let known: Vec<&str> = self.monit.oncall.keys().map(RotationName::as_str).collect();
                        format!("`{rotation}` is not in `monit.oncall`; these are: {}", known.join(", "))
                    });
                }
                Callee::People { people } => {
                    found.expect(!people.is_empty(), &path("call"), || "names no people".to_owned());
                    for person in people {
                        self.expect_person(found, &path("call"), person);
                    }
                }
                Callee::Owners {} | Callee::Channel {} => {}
            }
        }
    }

    /// A match that can never fit is a slip of the pen.
    fn check_match(&self, found: &mut Findings, path: &[&str], matches: &AlarmMatch) {
        let mut expect = |holds: bool, field: &str, message: String| {
            let path: Vec<&str> = path.iter().copied().chain([field]).collect();
            found.expect(holds, &path, || message);
        };
        if let Some(service) = &matches.service {
            expect(self.services.contains_key(service), "service", format!("`{service}` is not in `services`"));
        }
        if let Some(environment) = &matches.environment {
            expect(self.environments.contains_key(environment), "environment", format!("`{environment}` is not in `environments`"));
        }
        if let Some(name) = &matches.name {
            expect(!name.trim().is_empty(), "name", "is empty; write a pattern such as `api-*`, or leave it out".to_owned());
        }
        for (label, pattern) in &matches.labels {
            let named = !label.trim().is_empty() && !pattern.is_empty();
            expect(
                named,
                "labels",
                format!("`{label}: {pattern}` needs the name of a label and a pattern for its value, such as `team: shop`"),
            );
        }
    }
}

fn expect_minutes(found: &mut Findings, path: &[&str], least: u32, minutes: u32, most: u32) {
    found.expect((least..=most).contains(&minutes), path, || format!("{minutes} minutes; use {least} to {most}"));
}

fn expect_readable<T>(found: &mut Findings, path: &[&str], read: Result<T, crate::monit::UnreadableTime>) {
    if let Err(error) = read {
        found.add(path, error.to_string());
    }
}

#[cfg(test)]
#[path = "monit_tests.rs"]
mod tests;
