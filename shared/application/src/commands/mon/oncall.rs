//! Who is on call, and who stands in.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use opsroom_domain::audit::Outcome;
use opsroom_domain::catalog::Rotation;
use opsroom_domain::ids::{ChannelId, MessageKey, PersonId, RotationName};
use opsroom_domain::monit::{Override, SettingChange};
use opsroom_domain::room_message::Destination;
use opsroom_grammar::Until;

use crate::cards;
use crate::commands::{Catalog, Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Change, MessageChange, MonitStore};

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn oncall(&self, context: Context<'_>, catalog: &Catalog) -> Result<Worked, Failure> {
        let settings = self.store.monit_settings(self.now).await?;
        self.answer(context, cards::oncall(&catalog.catalog, &settings.overrides, self.now)).await
    }

    /// Lets somebody stand in from now on.
    pub(super) async fn stand_in(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        person: &PersonId,
        until: Until,
        rotation: Option<&RotationName>,
    ) -> Result<Worked, Failure> {
        if self.comes_too_late(context).await? {
            return self.expire(context).await;
        }
        let role = match self.may_respond(context, catalog, None, None).await? {
            Ok(allowed) => allowed.role.to_string(),
            Err(denied) => return self.refuse(context, &denied).await,
        };
        let rotations = &catalog.catalog.monit.oncall;
        let found = match rotation {
            Some(typed) => rotations.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case(typed.as_str())),
            None if rotations.len() == 1 => rotations.first(),
            None => None,
        };
        let Some((name, rotation)) = found else {
            return self.answer_privately(context, cards::no_such_rotation(rotation, rotations.keys())).await;
        };
        let Some(until) = moment(until, rotation, self.now) else {
            return self.answer_privately(context, cards::no_such_end()).await;
        };
        let word = Override {
            rotation: name.clone(),
            person: person.clone(),
            from: self.now,
            until,
            by: context.asker.person.clone(),
            at: self.now,
        };
        let card = cards::stands_in(&word);
        let outcome = Outcome::Allowed { role, started: format!("{person} in {name}") };
        let mut change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            messages: vec![Self::for_all(context, card.clone())],
            audit: vec![self.mon_record(context, None, None, outcome)],
            ..Change::default()
        };
        if *person != context.asker.person {
            let key = MessageKey::new(format!("stand-in/{name}/{person}/{}", self.now.as_millisecond()));
            let destination = Destination::Channel { channel: ChannelId::new(person.as_str()), thread: None };
            change.messages.push(MessageChange { key, destination, card });
        }
        change.monit.settings.push(SettingChange::Override(word));
        self.written(context, change).await?.ok_or_else(|| Failure::Contended(format!("rotation {name}")))
    }
}

/// The moment that is meant, by the rotation's clocks. Without a time of the day it is that at which turns pass on.
fn moment(until: Until, rotation: &Rotation, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
    let zone = TimeZone::get(&rotation.zone).ok()?;
    let handover = rotation.handover.split_whitespace().last().and_then(|time| time.parse().ok()).unwrap_or(Time::midnight());
    until.moment(now, &zone, handover)
}
