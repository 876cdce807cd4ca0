//! What an engine's change means outside: the event it emits, the version a host reports.

use jiff::Timestamp;
use serde_json::Value;

use super::engine::{At, Deployed, Deployment, Engine};
use super::events::Change;

impl Engine {
    /// A Deploy action is done: its host runs the execution's version.
    pub(super) fn deploy(&mut self, at: At, now: Timestamp) {
        let record = &self.pipelines[at.pipeline];
        let Some(host) = record.definition.local.host.clone() else { return };
        let execution = &record.executions[at.execution];
        let revision = execution.revisions.first().map(|revision| revision.id.clone());
        let asked = record.definition.local.version_variable.as_ref().and_then(|name| {
            let declared = record.definition.variables.iter().find(|variable| variable.name == *name)?;
            let value = execution.variables.get(name)?;
            (Some(value) != declared.default_value.as_ref()).then(|| value.clone())
        });
        let deployed = Deployed {
            version: asked.or_else(|| revision.clone()).unwrap_or_else(|| execution.id.clone()),
            revision,
            execution: Some(execution.id.clone()),
            at: Some(now),
        };
        self.deployments.push(Deployment {
            service: host.service.clone(),
            environment: host.environment.clone(),
            version: deployed.version.clone(),
        });
        self.hosts.insert(host, deployed);
    }

    pub(super) fn pipeline_changed(&mut self, at: At, state: &str, now: Timestamp) {
        #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is not general over lifetimes")]
        self.emit(at, state, now, |change| change.of_pipeline());
    }

    pub(super) fn stage_changed(&mut self, at: At, stage: usize, word: &str, now: Timestamp) {
        if let Some(run) = self.execution(at).stages.get(&stage).cloned() {
            self.emit(at, word, now, |change| change.of_stage(stage, &run));
        }
    }

    pub(super) fn action_changed(&mut self, at: At, run: usize, state: &str, now: Timestamp) {
        self.emit(at, state, now, |change| {
            let run = &change.execution.actions[run];
            change.of_action(&change.definition.stages[run.stage].actions[run.action], run)
        });
    }

    fn emit(&mut self, at: At, state: &str, now: Timestamp, event: impl FnOnce(&Change<'_>) -> Value) {
        let id = self.new_id();
        self.execution_mut(at).updated = now;
        let record = &self.pipelines[at.pipeline];
        let execution = &record.executions[at.execution];
        let change = Change { site: &self.site, id, at: now, definition: &record.definition, execution, state };
        self.outbox.push(event(&change));
    }
}
