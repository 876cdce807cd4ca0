//! The dialogs that ask for a few words, and what they remember until they are sent.
//!
//! A dialog is nowhere: where it was opened, and what for, travels in its memory. People can read and, with some effort, change
//! that, so it carries no right; whoever sends it is judged like anybody else.

use opsroom_domain::card::{Card, Text, Tone};
use opsroom_domain::ids::ChannelId;
use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use serde::{Deserialize, Serialize};

use crate::ports::Form;

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
}

impl Memory {
    /// Reads what came back; `None` if it isn't what was given.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The dialog. A rejection needs a reason: whoever waits for the approval has to know what to do about it.
    pub fn form(&self) -> Result<Form, serde_json::Error> {
        let memory = serde_json::to_string(self)?;
        let Self::Decide { approval, decision, .. } = self;
        let (title, submit, required) = match decision {
            Decision::Approved => ("Approve", "Approve", false),
            Decision::Rejected => ("Reject", "Reject", true),
        };
        let what =
            Text::empty().bold(format!("{} / {}", approval.stage, approval.action)).then(" of ").code(approval.run.pipeline.as_str());
        let content = Card::line(Tone::Plain, what);
        let label = if required { "Why not?" } else { "Anything to say about it?" };
        Ok(Form { title: title.to_owned(), content, label: label.to_owned(), required, submit: submit.to_owned(), memory })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::pipeline_execution::ExecutionKey;

    #[test]
    fn what_a_dialog_remembers_comes_back_and_only_a_rejection_needs_words() {
        for (decision, required) in [(Decision::Approved, false), (Decision::Rejected, true)] {
            let run = ExecutionKey::codepipeline("api-production".into(), "e-1".into());
            let approval = Approval { run, stage: "Approve".into(), action: "Approve".into() };
            let memory = Memory::Decide { approval, decision, channel: "C1".into(), thread: None };
            let form = memory.form().unwrap();
            assert_eq!(Memory::read(&form.memory), Some(memory));
            assert_eq!(form.required, required);
        }
        assert_eq!(Memory::read("{}"), None);
    }
}
