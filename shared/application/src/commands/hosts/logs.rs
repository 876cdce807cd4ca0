//! `logs`: from the service's log group where there is one, else from the journals of its hosts.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::ids::{CommandId, HostId};
use opsroom_domain::operation::{
    Addition, Event, Grep, HostTarget, Journal, LogLine, LogState, LogsWish, MOST_HOSTS, Masks, Operation, Sight, What, Work, found_in,
    lines_of, log_event, merged,
};
use opsroom_grammar::On;

use super::begin::{Found, LOOK, Plan};
use super::{SOON, hosts_of};
use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{CatalogStore, Hosts, OwnDocument, PortErrorKind, ServiceLogs};
use crate::request::Request;

/// Pages that are read of a log group for one look: each is a call, and up to a megabyte.
const PAGES: usize = 12;
/// How much of a log is looked through first, from its end; then four times as much, and so on.
const FIRST_STRETCH: SignedDuration = SignedDuration::from_secs(60);
/// Journals of more hosts than that are not read at once.
const MOST_JOURNALS: usize = 20;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn service_logs(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        (service, environment): (&str, &str),
        wish: &LogsWish,
        host: Option<&str>,
    ) -> Result<Worked, Failure> {
        let Ok(place) = catalog.catalog.target(service, environment) else {
            return Err(Failure::Bug(format!("{service} in {environment} was found and then wasn't")));
        };
        let from = self.now.saturating_sub(SignedDuration::from_secs(i64::from(wish.since_seconds))).unwrap_or(self.now);
        let log = Some(LogState::new(from, from));
        if let (Some(group), None) = (&place.target.log_group, host) {
            let found = Found { place, target: HostTarget::Hosts(Vec::new()), hosts: Vec::new() };
            let plan = Plan {
                what: What::Logs(wish.clone()),
                work: Work::LogGroup { name: group.clone() },
                log,
                on_a_host: SignedDuration::from_secs(i64::from(wish.follow_seconds.unwrap_or(0))),
                at_once: 1,
            };
            return self.begin_operation(context, &found, plan, None).await;
        }
        if hosts_of(&place).is_none() {
            return self.answer_privately(context, cards::no_logs_known(place.service_name, place.environment_name)).await;
        }
        let on = On::Service { service: service.to_owned(), environment: environment.to_owned() };
        let mut found = match self.find_hosts(context, catalog, &on).await? {
            Ok(found) => found,
            Err(answered) => return Ok(answered),
        };
        if let Some(host) = host {
            found.hosts.retain(|info| info.id.as_str() == host || info.name.eq_ignore_ascii_case(host));
            if found.hosts.is_empty() {
                return self.answer_privately(context, cards::not_one_of_its_hosts(host, place.service_name, place.environment_name)).await;
            }
            found.target = HostTarget::Hosts(found.hosts.iter().map(|info| info.id.clone()).collect());
        } else if found.hosts.len() > MOST_JOURNALS {
            let card = cards::too_many_journals(place.service_name, place.environment_name, found.hosts.len(), MOST_JOURNALS);
            return self.answer_privately(context, card).await;
        }
        let unit = found.place.target.unit(found.place.service_name).to_owned();
        let grep = wish.grep.as_ref().map(|grep| grep.as_str().to_owned()).unwrap_or_default();
        let parameters = BTreeMap::from([
            ("Unit".to_owned(), vec![unit]),
            ("Since".to_owned(), vec![since(wish.since_seconds)]),
            ("Lines".to_owned(), vec![wish.lines.to_string()]),
            ("Grep".to_owned(), vec![grep]),
            ("GrepKind".to_owned(), vec!["expression".to_owned()]),
        ]);
        let plan = Plan {
            what: What::Logs(wish.clone()),
            work: Work::Document {
                name: self.hosts.document(OwnDocument::ReadJournal),
                parameters,
                concurrency: "100%".to_owned(),
                errors: "100%".to_owned(),
            },
            log,
            on_a_host: SignedDuration::from_secs(i64::from(wish.follow_seconds.unwrap_or(0))) + LOOK,
            at_once: MOST_HOSTS,
        };
        self.begin_operation(context, &found, plan, None).await
    }

    /// Reads a log group on: what there is to be read up to now, or up to when it was asked for.
    pub(super) async fn read_group(&self, request: &Request, operation: &Operation, group: &str) -> Result<(), Failure> {
        let What::Logs(wish) = &operation.what else { return Err(Failure::Bug(format!("{} reads no log", operation.id))) };
        let Some(log) = &operation.log else { return Err(Failure::Bug(format!("{} has no log", operation.id))) };
        let until = operation.follows_until();
        let to = until.map_or(operation.asked.at, |until| until.min(self.now));
        let is_last = until.is_none_or(|until| self.now >= until);
        let read_before = log.read_until;
        let (lines, bound) = match self.newest_lines(group, (log.read_until, to), wish).await {
            Ok(read) => read,
            Err(Failure::Upstream(error)) if !error.is_retryable() => {
                tracing::error!(%error, group, "the log can't be read");
                let why = match error.kind {
                    PortErrorKind::NotFound => format!("there is no log group `{group}` in this account and region; the catalog names it"),
                    PortErrorKind::Denied => {
                        format!("Opsroom's role may not read the log group `{group}`; whoever runs Opsroom has to allow it")
                    }
                    _ => format!("CloudWatch doesn't accept to read `{group}` like this; the reason is in Opsroom's log"),
                };
                let call = self.logs.page_call(group, log.from, to);
                let events = |_: &Operation| vec![Event::NotSent { why: why.clone(), call: call.clone() }];
                self.move_operation(request, &operation.id, None, &[], events).await?;
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let addition =
            Addition { lines: merged(lines, &self.log_masks().await?), read_until: to, bound, last: BTreeMap::new(), cursor: None };
        let events = |now: &Operation| {
            // Another look may have read the same.
            if now.log.as_ref().is_none_or(|log| log.read_until != read_before) {
                return Vec::new();
            }
            let mut events = vec![Event::Read(addition.clone())];
            if is_last {
                events.push(Event::ReadAll);
            }
            events
        };
        let Some(moved) = self.move_operation(request, &operation.id, None, &[], events).await? else { return Ok(()) };
        if moved.has_ended() {
            return self.just_ended(request, &moved.now).await;
        }
        if !moved.now.phase.is_final() && moved.before.log != moved.now.log {
            self.look_later(request, &operation.id, true, SOON).await;
        }
        Ok(())
    }

    /// The newest lines of a log group between two moments that are wanted, oldest first, and what could not be looked through.
    pub(super) async fn newest_lines(
        &self,
        group: &str,
        (from, to): (Timestamp, Timestamp),
        wish: &LogsWish,
    ) -> Result<(Vec<LogLine>, Option<String>), Failure> {
        let wanted = usize::from(wish.lines);
        let fits = wish.grep.as_ref().map(Grep::matcher);
        let masks = self.log_masks().await?;
        let mut found: VecDeque<(Timestamp, String)> = VecDeque::new();
        let (mut end, mut stretch, mut pages) = (to, FIRST_STRETCH, 0);
        while end > from && found.len() < wanted && pages < PAGES {
            let start = end.saturating_sub(stretch).unwrap_or(from).max(from);
            let mut here: VecDeque<(Timestamp, String)> = VecDeque::new();
            let mut next: Option<String> = None;
            loop {
                let page = self.logs.page(group, start, end, next.as_deref()).await?;
                pages += 1;
                // As one stream: a key is several events.
                let stream: String = page.events.iter().map(|(at, message)| log_event(*at, message)).collect();
                here.extend(found_in(&stream, &masks, fits.as_ref()));
                let too_many = here.len().saturating_sub(wanted);
                here.drain(..too_many);
                next = page.next;
                if next.is_none() || pages >= PAGES {
                    break;
                }
            }
            if next.is_some() {
                // The end of this stretch was not reached, so what was read of it isn't the newest.
                let bound = format!(
                    "There is very much in this log: what was written between {} and {} UTC was not looked through. Narrow it with a shorter --since.",
                    start.strftime("%H:%M:%S"),
                    end.strftime("%H:%M:%S")
                );
                here.extend(found);
                return Ok((stream(here, wanted), Some(bound)));
            }
            here.extend(found);
            found = here;
            end = start;
            stretch = stretch.checked_mul(4).unwrap_or(stretch);
        }
        let bound = (end > from && found.len() < wanted).then(|| {
            format!(
                "Only what was written since {} UTC was looked through, because there is very much. Narrow it with --since or --grep.",
                end.strftime("%H:%M:%S")
            )
        });
        Ok((stream(found, wanted), bound))
    }

    /// What the journals of hosts hold, once all have been read.
    pub(super) async fn read_journals(
        &self,
        operation: &Operation,
        command: &CommandId,
        sight: &Sight,
        wish: &LogsWish,
    ) -> Result<Addition, Failure> {
        let hosts: Vec<HostId> = sight.hosts.iter().filter(|host| host.status.is_final()).map(|host| host.id.clone()).collect();
        let several = operation.hosts.len() > 1;
        let known = operation.log.as_ref().map(|log| log.last.clone()).unwrap_or_default();
        let from_cursor = !several && operation.log.as_ref().is_some_and(|log| log.cursor.is_some());
        let mut addition = Addition { lines: Vec::new(), read_until: self.now, bound: None, last: BTreeMap::new(), cursor: None };
        let mut lines = Vec::new();
        for (id, printed) in self.hosts.printed(command, &hosts).await? {
            let name = operation.hosts.iter().find(|host| host.id == id).map_or(id.as_str(), |host| host.name.as_str());
            let journal = Journal::read(several.then_some(name), &printed.output);
            let shown = journal.lines.len();
            addition.last.extend(journal.lines.iter().filter_map(|line| line.at).max().map(|at| (id.clone(), at)));
            // A round of several hosts begins before the end of the last one.
            let before = known.get(&id).copied().filter(|_| !from_cursor);
            lines.extend(journal.lines.into_iter().filter(|line| before.is_none_or(|before| line.at.is_none_or(|at| at > before))));
            addition.cursor = journal.cursor.filter(|_| !several);
            // Lines beyond those that were asked for are nobody's loss.
            let fewer = journal.omitted > 0 && shown < usize::from(wish.lines);
            if printed.cut || fewer {
                addition.bound = Some(
                    "There was more than fits: Systems Manager keeps 24,000 characters of a host. Narrow it with --since or --grep."
                        .to_owned(),
                );
            }
        }
        let masks = self.log_masks().await?;
        if let Some(fits) = wish.grep.as_ref().map(Grep::matcher) {
            // The hosts look through what isn't masked: what is found in a secret alone isn't shown, so that no secret can be guessed.
            lines.retain(|line| masks.leave_found(&line.text, &fits));
        }
        let mut lines = merged(lines, &masks);
        let too_many = lines.len().saturating_sub(usize::from(wish.lines));
        lines.drain(..too_many);
        addition.lines = lines;
        Ok(addition)
    }

    /// What finds that which the catalog wants masked.
    pub(super) async fn log_masks(&self) -> Result<Masks, Failure> {
        let catalog = self.catalog.catalog().await?;
        Ok(catalog.map(|catalog| Masks::of(&catalog.catalog.hosts.masks)).unwrap_or_default())
    }
}

/// A span of time as the documents take it: four digits and a unit, so a long one is rounded up to minutes or hours.
fn since(seconds: u32) -> String {
    match seconds {
        0..=9999 => format!("{}s", seconds.max(1)),
        _ if seconds.div_ceil(60) <= 9999 => format!("{}m", seconds.div_ceil(60)),
        _ => format!("{}h", seconds.div_ceil(3600)),
    }
}

/// Events as lines; what is obviously a secret is masked.
fn stream(events: VecDeque<(Timestamp, String)>, wanted: usize) -> Vec<LogLine> {
    let too_many = events.len().saturating_sub(wanted);
    let text: String = events.into_iter().skip(too_many).map(|(at, message)| log_event(at, &message)).collect();
    lines_of(None, &text)
}
