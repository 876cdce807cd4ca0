//! Who is called.

use opsroom_domain::ids::RotationName;

use super::super::{required, rest_of_line, words};
use super::incidents::somebody;
use crate::command::Command;
use crate::mistake::Mistake;
use crate::mon::Mon;
use crate::registry::{Right, Spec};
use crate::until::Until;

pub(crate) const ONCALL: Spec = Spec {
    name: "mon oncall",
    aliases: &["mon on-call", "mon oncalls"],
    summary: "Who is on call now, until when, and who is next",
    usage: "mon oncall",
    examples: &["mon oncall"],
    right: Right::Read,
    how: "Works it out from the catalog's rotations and from who stands in (dynamodb:Query).",
    arguments: |grammar| grammar,
    read: |_| Ok(Command::Mon(Mon::OnCall)),
};

pub(crate) const OVERRIDE: Spec = Spec {
    name: "mon oncall override",
    aliases: &["mon override", "mon on-call override"],
    summary: "Let somebody stand in for whoever is on call",
    usage: "mon oncall override <@person|me> until <friday|2026-11-27 18:00|4h> [in <rotation>]",
    examples: &[
        "mon oncall override {person} until friday",
        "mon override me until 4h",
        "mon override {person} until tomorrow 18:00 in primary",
    ],
    right: Right::Respond,
    how: "Writes who stands in (dynamodb:TransactWriteItems). Days and times are meant in the rotation's time zone; a day without a time ends at \
          the time at which turns pass on.",
    arguments: |grammar| grammar.arg(super::super::positional("person").required(true)).arg(rest_of_line("until")),
    read: |matches| {
        let person = somebody(&required(matches, "person"))?;
        let typed = words(matches, "until");
        let rest = match typed.split_first() {
            Some((first, rest)) if matches!(first.to_lowercase().as_str(), "until" | "till" | "for") => rest,
            _ => &typed[..],
        };
        let valid = ["friday", "tomorrow 18:00", "2026-11-27 18:00", "4h"];
        let Some((until, taken)) = Until::read(rest) else {
            return Err(match rest.first() {
                Some(word) => Mistake::new(format!("`{word}` is no end")).valid(valid),
                None => Mistake::new("until when?").valid(valid),
            });
        };
        let rotation = match &rest[taken..] {
            [] => None,
            [rotation] => Some(RotationName::new(rotation)),
            [_, second, ..] => return Err(Mistake::new(format!("`{second}` is one word too many"))),
        };
        Ok(Command::Mon(Mon::Override { person, until, rotation }))
    },
};
