//! The dialogs that ask for a few words, a choice or a person, and what they remember until they are sent.
//!
//! A dialog is nowhere: where it was opened, and what for, travels in its memory. People can read and, with some effort, change
//! that, so it carries no right; whoever sends it is judged like anybody else.

use std::collections::BTreeMap;

use jiff::Timestamp;
use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::{ChannelId, DeploymentId, IncidentId, PersonId, TeamId};
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::rights::Asker;
use serde::{Deserialize, Serialize};

use crate::ports::{Field, Form, Input};
use crate::request::{Ask, IncidentAct, Reply};

/// Fields.
const WORDS: &str = "words";
const MINUTES: &str = "minutes";
const PERSON: &str = "person";

/// CodePipeline's summary of an approval holds 512 characters (`ApprovalResult`, API reference), of which the name of the person takes some.
const LONGEST_DECISION: u16 = 400;
/// Longer reasons nobody reads in a list.
const LONGEST_REASON: u16 = 500;

/// For how long something may be quiet by a button.
const SPANS: [(u32, &str); 7] = [
    (30, "30 minutes"),
    (60, "1 hour"),
    (2 * 60, "2 hours"),
    (4 * 60, "4 hours"),
    (8 * 60, "8 hours"),
    (12 * 60, "12 hours"),
    (24 * 60, "24 hours"),
];

/// What a dialog was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Memory {
    /// A decision on a manual approval.
    Decide {
        /// What waits.
        approval: Approval,
        /// Which way.
        decision: Decision,
        /// Where the button was pressed.
        channel: ChannelId,
        /// The thread of the message with the button.
        thread: Option<String>,
    },
    /// A decision on a deployment.
    Deployment {
        /// Which.
        deployment: DeploymentId,
        /// Which way.
        decision: Decision,
        /// Where the button was pressed.
        channel: ChannelId,
        /// The thread of the message with the button.
        thread: Option<String>,
    },
    /// Something about an incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// What.
        what: IncidentForm,
        /// Where the button was pressed.
        channel: ChannelId,
        /// The thread of the message with the button.
        thread: Option<String>,
    },
}

/// What a dialog asks about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentForm {
    /// For how long its alarms should be quiet, and why.
    Silence,
    /// Whose it should be.
    Assign,
    /// For how long it should call nobody.
    Snooze,
}

/// What was given in a dialog, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<String, String>);

impl Given {
    /// What was given in a field; empty if nothing was.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }
}

impl FromIterator<(String, String)> for Given {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

/// A field that can't be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amiss {
    /// Which.
    pub field: &'static str,
    /// What is to be mended, for the person.
    pub why: &'static str,
}

impl Memory {
    /// Reads what came back; `None` if it isn't what was given.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The dialog.
    pub fn form(&self) -> Result<Form, serde_json::Error> {
        let memory = serde_json::to_string(self)?;
        let form = |title: &str, submit: &str, content: Text, fields: Vec<Field>| Form {
            title: title.to_owned(),
            content: Card::line(Tone::Plain, content),
            fields,
            submit: submit.to_owned(),
            memory: memory.clone(),
        };
        Ok(match self {
            Self::Decide { approval, decision, .. } => {
                let what = Text::empty()
                    .bold(format!("{} / {}", approval.stage, approval.action))
                    .then(" of ")
                    .code(approval.run.pipeline.as_str());
                asked(*decision, what, form)
            }
            Self::Deployment { deployment, decision, .. } => {
                asked(*decision, Text::plain("The deployment ").code(deployment.as_str()).then("."), form)
            }
            Self::Incident { incident, what, .. } => match what {
                IncidentForm::Silence => {
                    let content =
                        Text::plain("The alarms of ").code(incident.as_str()).then(" will be quiet. What they do meanwhile is counted.");
                    form("Silence", "Silence", content, vec![span("For how long?"), words("Why?", false, LONGEST_REASON)])
                }
                IncidentForm::Assign => {
                    let content =
                        Text::code(Text::empty(), incident.as_str()).then(" will be theirs. They are told, and nobody else is called.");
                    let who = Field { id: PERSON, label: "Who should have it?".to_owned(), required: true, input: Input::Person };
                    form("Assign", "Assign", content, vec![who])
                }
                IncidentForm::Snooze => {
                    let content = Text::code(Text::empty(), incident.as_str()).then(" will call nobody until then. It stays open.");
                    form("Snooze", "Snooze", content, vec![span("For how long?")])
                }
            },
        })
    }

    /// What somebody asks who has sent the dialog.
    pub fn ask(self, person: PersonId, team: TeamId, given: &Given, at: Timestamp) -> Result<Ask, Amiss> {
        Ok(match self {
            Self::Decide { approval, decision, channel, thread } => {
                let (asker, reply) = (Asker { person, team, channel }, Reply::Private { thread });
                Ask::Decide { asker, approval, decision, reason: given.get(WORDS).to_owned(), at, reply }
            }
            Self::Deployment { deployment, decision, channel, thread } => {
                let (asker, reply) = (Asker { person, team, channel }, Reply::Private { thread });
                Ask::DecideDeployment { asker, deployment, decision, reason: given.get(WORDS).to_owned(), at, reply }
            }
            Self::Incident { incident, what, channel, thread } => {
                let act = match what {
                    IncidentForm::Silence => IncidentAct::Silence { minutes: minutes(given)?, reason: given.get(WORDS).to_owned() },
                    IncidentForm::Snooze => IncidentAct::Snooze { minutes: minutes(given)? },
                    IncidentForm::Assign => match given.get(PERSON) {
                        "" => return Err(Amiss { field: PERSON, why: "Somebody has to be picked." }),
                        id => IncidentAct::Assign { to: PersonId::new(id) },
                    },
                };
                let (asker, reply) = (Asker { person, team, channel }, Reply::Private { thread });
                Ask::Incident { asker, incident, act, at, reply }
            }
        })
    }
}

/// Asks for the words of a decision. A rejection needs a reason: whoever waits for the approval has to know what to do about it.
fn asked(decision: Decision, what: Text, form: impl Fn(&str, &str, Text, Vec<Field>) -> Form) -> Form {
    match decision {
        Decision::Approved => form("Approve", "Approve", what, vec![words("Anything to say about it?", false, LONGEST_DECISION)]),
        Decision::Rejected => form("Reject", "Reject", what, vec![words("Why not?", true, LONGEST_DECISION)]),
    }
}

fn words(label: &str, required: bool, longest: u16) -> Field {
    Field { id: WORDS, label: label.to_owned(), required, input: Input::Words { multiline: true, longest } }
}

fn span(label: &str) -> Field {
    let options = SPANS.iter().map(|(minutes, shown)| (minutes.to_string(), (*shown).to_owned())).collect();
    Field { id: MINUTES, label: label.to_owned(), required: true, input: Input::Choice { options, initial: Some(1) } }
}

/// One of the spans that were offered; nothing else can come back from the dialog itself.
fn minutes(given: &Given) -> Result<u32, Amiss> {
    let amiss = Amiss { field: MINUTES, why: "One of these has to be picked." };
    let minutes = given.get(MINUTES).parse().map_err(|_| amiss)?;
    if SPANS.iter().any(|(offered, _)| *offered == minutes) { Ok(minutes) } else { Err(amiss) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::pipeline_execution::ExecutionKey;

    fn given(fields: &[(&str, &str)]) -> Given {
        fields.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
    }

    fn about(what: IncidentForm) -> Memory {
        Memory::Incident { incident: "i-1".into(), what, channel: "C1".into(), thread: Some("1.2".into()) }
    }

    #[test]
    fn what_a_dialog_remembers_comes_back_and_only_a_rejection_needs_words() {
        for (decision, required) in [(Decision::Approved, false), (Decision::Rejected, true)] {
            let run = ExecutionKey::codepipeline("api-production".into(), "e-1".into());
            let approval = Approval { run, stage: "Approve".into(), action: "Approve".into() };
            let memory = Memory::Decide { approval, decision, channel: "C1".into(), thread: None };
            let form = memory.form().unwrap();
            assert_eq!(Memory::read(&form.memory), Some(memory));
            assert_eq!(form.fields.iter().map(|field| field.required).collect::<Vec<_>>(), [required]);
        }
        assert_eq!(Memory::read("{}"), None);
    }

    #[test]
    fn what_is_given_becomes_what_is_asked() {
        let at = Timestamp::UNIX_EPOCH;
        let cases = [
            (
                about(IncidentForm::Silence),
                given(&[("minutes", "120"), ("words", "upgrade")]),
                Ok(IncidentAct::Silence { minutes: 120, reason: "upgrade".into() }),
            ),
            (about(IncidentForm::Snooze), given(&[("minutes", "30")]), Ok(IncidentAct::Snooze { minutes: 30 })),
            (about(IncidentForm::Assign), given(&[("person", "U2")]), Ok(IncidentAct::Assign { to: "U2".into() })),
            (about(IncidentForm::Assign), given(&[]), Err("person")),
            (about(IncidentForm::Snooze), given(&[("minutes", "31")]), Err("minutes")),
            (about(IncidentForm::Silence), given(&[("minutes", "soon")]), Err("minutes")),
        ];
        for (memory, given, expected) in cases {
            let form = memory.form().unwrap();
            let asked = Memory::read(&form.memory).unwrap().ask("U1".into(), "T1".into(), &given, at);
            let expected = expected.map(|act| Ask::Incident {
                asker: Asker { person: "U1".into(), team: "T1".into(), channel: "C1".into() },
                incident: "i-1".into(),
                act,
                at,
                reply: Reply::Private { thread: Some("1.2".into()) },
            });
            assert_eq!(asked.map_err(|amiss| amiss.field), expected);
        }
    }
}
