//! *How?* of an operation: the calls as they were made, and the document's own lines.

use opsroom_domain::api_call::ApiCall;
use opsroom_domain::card::{Card, Part, Text, Tone};
use opsroom_domain::operation::{Operation, Work};

/// A document of more than that is looked at in the console.
const SHELL_LENGTH: usize = 8000;

/// The calls behind an operation and what its document says, for anyone to paste and read.
pub fn operation_how(operation: &Operation, reading: Option<&ApiCall>, shell: Option<&str>) -> Card {
    let intro = Text::plain("What was really done for ").code(operation.id.as_str()).then(", as AWS CLI:");
    let mut card = Card::line(Tone::Plain, intro);
    let calls: Vec<&ApiCall> = operation.calls.iter().chain(reading).collect();
    if calls.is_empty() {
        card = card.with(Part::Text(Text::plain("Nothing yet: it is being sent.")));
    }
    for call in calls {
        card = card.with(Part::Code(call.command_line()));
    }
    match (&operation.command, &operation.work) {
        (Some(command), Work::Automation) => {
            card = card
                .with(Part::Text(Text::plain("How it stands is told by events, and can be asked:")))
                .with(Part::Code(format!("aws ssm get-automation-execution \\\n  --automation-execution-id {command}")));
        }
        (Some(command), _) => {
            card = card
                .with(Part::Text(Text::plain("How it stands on each host is told by events, and can be asked:")))
                .with(Part::Code(format!("aws ssm list-command-invocations \\\n  --command-id {command} \\\n  --details")));
        }
        (None, _) => {}
    }
    if let (Some(shell), Work::Document { name, .. }) = (shell, &operation.work) {
        let shown: String = shell.chars().take(SHELL_LENGTH).collect();
        card = card.with(Part::Text(Text::plain("What the document ").code(name).then(" runs on each host:"))).with(Part::Code(shown));
    }
    card
}
