//! The end of a failed build's log, read once when it fails. A card without it is of use too, so failing to read it fails nothing.

use opsroom_domain::pipeline_execution::{LogPointer, Observation, PipelineExecution};

use super::Follower;
use crate::ports::BuildLogs;

/// How many lines are read.
const LINES: usize = 20;

/// What was read while one event is worked on: trying to write again doesn't read again.
#[derive(Debug, Default)]
pub(crate) struct LogTail(Option<(LogPointer, Option<String>)>);

impl<S: Sync, L: BuildLogs, D: Sync> Follower<'_, S, L, D> {
    /// Keeps the end of the log of the action that failed, unless it is kept already or can't be had.
    pub(super) async fn keep_log(&self, execution: &mut PipelineExecution, tail: &mut LogTail) {
        let Some((stage, Some(action))) = execution.failure() else { return };
        let Some(pointer) = action.log_pointer(execution.key.system).filter(|_| action.log.is_none()) else { return };
        let (stage, action) = (stage.name.clone(), action.name.clone());
        if tail.0.as_ref().is_none_or(|(read, _)| *read != pointer) {
            let lines = self.logs.tail(&pointer, LINES).await;
            let lines = lines.map_err(|error| tracing::warn!(%error, group = pointer.group, "shown without its log")).ok();
            tail.0 = Some((pointer, lines.map(|lines| lines.join("\n"))));
        }
        if let Some((_, Some(lines))) = &tail.0 {
            execution.observe(&Observation::Log { stage, action, lines: lines.clone() }, self.now);
        }
    }
}
