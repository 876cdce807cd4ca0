//! `build logs`: from CloudWatch Logs where the log is there, else what was kept, else where to find it.

use opsroom_domain::ids::PipelineName;
use opsroom_domain::pipeline_execution::{PipelineExecution, RunStatus, readable};

use super::RUNS;
use crate::cards::{self, LogSource};
use crate::commands::{Commander, Context, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{BuildLogs, BuildStore, PortErrorKind};

/// How many lines are read at most.
const MOST_LINES: usize = 100;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn build_logs(&self, context: Context<'_>, pipeline: &PipelineName, lines: usize) -> Result<Worked, Failure> {
        let runs = self.store.runs(pipeline, RUNS).await?;
        let has_failed = |run: &&PipelineExecution| run.status.is_some_and(|seen| seen.status == RunStatus::Failed);
        let Some(run) = runs.iter().find(has_failed).or(runs.first()) else {
            return self.answer(context, cards::no_runs(pipeline)).await;
        };
        let Some((stage, action)) = cards::action_with_log(run) else {
            return self.answer(context, cards::no_log(run, false, self.console)).await;
        };
        let mut is_silent = false;
        if let Some(pointer) = action.log_pointer(run.key.system) {
            match self.logs.tail(&pointer, lines.clamp(1, MOST_LINES)).await {
                Ok(told) if !told.is_empty() => {
                    let card = cards::build_log(run, stage, action, &readable(&told.join("\n")), &LogSource::CloudWatch, self.console);
                    return self.answer(context, card).await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, group = pointer.group, "the log can't be read");
                    is_silent = error.kind != PortErrorKind::NotFound;
                }
            }
        }
        let from = if is_silent { LogSource::KeptInstead } else { LogSource::Kept };
        let card = match &action.log {
            Some(kept) => cards::build_log(run, stage, action, kept, &from, self.console),
            None => cards::no_log(run, is_silent, self.console),
        };
        self.answer(context, card).await
    }
}
