//! Applies events to incidents, and makes of what follows messages and things that come due. Both who takes in alarms and who acts for
//! people go through here, so that an incident looks and calls the same whoever moves it.

use std::borrow::Cow;
use std::collections::VecDeque;

use jiff::Timestamp;
use opsroom_domain::catalog::{Catalog, Level, Monit};
use opsroom_domain::due::DueItem;
use opsroom_domain::ids::{MessageKey, PersonId};
use opsroom_domain::incident::{Called, Effect, Event, Incident, NotNow, Opening, Rules, Word};
use opsroom_domain::monit::{self, Override};
use opsroom_domain::room_message::Destination;

use crate::cards;
use crate::ports::{Change, MessageChange};

/// The team's rules, and who stands in for whom.
pub(crate) struct Desk<'a> {
    catalog: Option<&'a Catalog>,
    monit: Cow<'a, Monit>,
    overrides: &'a [Override],
    levels: Vec<Level>,
    minutes: Vec<u32>,
}

/// What follows from events.
#[derive(Debug, Default)]
pub(crate) struct Follows {
    /// Whether the incident's message has to be written anew.
    pub(crate) show: bool,
    /// Words under it, and calls.
    pub(crate) messages: Vec<MessageChange>,
    /// What comes due.
    pub(crate) due: Vec<DueItem>,
    /// Who has to be told privately that it is theirs.
    pub(crate) owners: Vec<PersonId>,
    /// Whether its graph has to be drawn.
    pub(crate) draw: bool,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(catalog: Option<&'a Catalog>, overrides: &'a [Override]) -> Self {
        let monit = catalog.map_or_else(|| Cow::Owned(Monit::default()), |catalog| Cow::Borrowed(&catalog.monit));
        let levels = monit::levels(&monit);
        let minutes = levels.iter().map(|level| level.after_minutes).collect();
        Self { catalog, monit, overrides, levels, minutes }
    }

    pub(crate) fn monit(&self) -> &Monit {
        &self.monit
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules::of(&self.monit, &self.minutes)
    }

    /// Opens an incident.
    pub(crate) fn open(&self, opening: Opening<'_>) -> (Incident, Follows) {
        let at = opening.at;
        let (mut incident, effects) = Incident::open(opening, &self.rules());
        let follows = self.follow(&mut incident, effects, at);
        (incident, follows)
    }

    /// Applies an event. `at` is when it counts: whoever is on duty then is called.
    pub(crate) fn apply(&self, incident: &mut Incident, event: Event<'_>, at: Timestamp) -> Result<Follows, NotNow> {
        let effects = incident.apply(event, &self.rules())?;
        Ok(self.follow(incident, effects, at))
    }

    fn follow(&self, incident: &mut Incident, effects: Vec<Effect>, at: Timestamp) -> Follows {
        let mut follows = Follows::default();
        let (mut word, mut calls) = (None, Vec::new());
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Show => follows.show = true,
                Effect::Call { level } => {
                    let Some(called) = self.callees(incident, level, at) else { continue };
                    let event = Event::CalledLevel { level, called: called.clone(), at };
                    if let Ok(further) = incident.apply(event, &self.rules()) {
                        calls.push((level, called));
                        effects.extend(further);
                    }
                }
                Effect::Due(item) => follows.due.push(item),
                Effect::TellOwner { person } => follows.owners.push(person),
                Effect::Tell(said) => word = Some(said),
                Effect::Draw => follows.draw = true,
            }
        }
        // A message that is new calls by itself.
        if incident.version > 0 {
            follows.messages.extend(self.words(incident, word, calls, at));
        }
        follows
    }

    fn callees(&self, incident: &Incident, level: usize, at: Timestamp) -> Option<Called> {
        let level = self.levels.get(level)?;
        Some(monit::callees(level, self.catalog, incident.service.as_ref(), self.overrides, at))
    }

    /// A call is a word of its own; why it is made, if there is anything to say about that, stands in it.
    fn words(&self, incident: &Incident, mut word: Option<Word>, calls: Vec<(usize, Called)>, at: Timestamp) -> Vec<MessageChange> {
        let mut messages = Vec::new();
        for (level, called) in calls {
            if matches!(called, Called::Nobody { .. }) {
                continue;
            }
            let key = MessageKey::incident_call(&incident.id, incident.escalation.round, level);
            messages.push(under(incident, key, cards::incident_call(incident, &called, word.take().as_ref(), self.catalog)));
        }
        if let Some(word) = word {
            let key = MessageKey::incident_word(&incident.id, &format!("word/{}", at.as_millisecond()));
            messages.push(under(incident, key, cards::incident_word(incident, &word, self.catalog)));
        }
        messages
    }
}

impl Follows {
    /// Joins what follows from a later event.
    pub(crate) fn and(mut self, later: Self) -> Self {
        self.show |= later.show;
        self.draw |= later.draw;
        self.messages.extend(later.messages);
        self.due.extend(later.due);
        self.owners.extend(later.owners);
        self
    }

    /// Adds what follows, and the incident itself, to a change. The message of the incident goes before the words under it.
    pub(crate) fn write(self, incident: Incident, catalog: Option<&Catalog>, change: &mut Change) {
        if self.show {
            change.messages.push(message(&incident, catalog));
        }
        change.messages.extend(self.messages);
        change.due.extend(self.due);
        change.monit.incidents.push(incident);
    }
}

/// An incident's message as it should be now.
pub(crate) fn message(incident: &Incident, catalog: Option<&Catalog>) -> MessageChange {
    MessageChange {
        key: MessageKey::incident(&incident.id),
        destination: Destination::Channel { channel: incident.channel.clone(), thread: None },
        card: cards::incident(incident, catalog),
    }
}

fn under(incident: &Incident, key: MessageKey, card: opsroom_domain::card::Card) -> MessageChange {
    let destination = Destination::Under { channel: incident.channel.clone(), parent: MessageKey::incident(&incident.id) };
    MessageChange { key, destination, card }
}
