//! A run's *How?*: fills the dialog that the door has opened.

use opsroom_domain::pipeline_execution::approval::{Approval, Decision};
use opsroom_domain::pipeline_execution::{BuildSystem, ExecutionKey, PipelineExecution};
use opsroom_domain::rights::Asker;

use crate::cards;
use crate::commands::{Commander, Ports, Worked};
use crate::failure::Failure;
use crate::ports::{Pipelines, Store};
use crate::request::Request;

impl<W: Ports> Commander<'_, W> {
    pub(in crate::commands) async fn explain_run(
        &self,
        request: &Request,
        asker: &Asker,
        run: &ExecutionKey,
        view: &str,
    ) -> Result<Worked, Failure> {
        if let Err(instead) = self.may_see_how(request, asker, &format!("How? of a run of {}", run.pipeline)).await? {
            return self.show_how(request, view, instead).await;
        }
        let card = match self.store.execution(run).await? {
            Some(run) => self.how(&run),
            None => cards::not_found(&format!("run of {}", run.pipeline)),
        };
        self.show_how(request, view, (card, Vec::new())).await
    }

    fn how(&self, run: &PipelineExecution) -> opsroom_domain::card::Card {
        let is_ours = run.key.system == BuildSystem::CodePipeline;
        let retry = run.failure().filter(|_| is_ours).map(|(stage, _)| self.pipelines.retry_call(&run.key, &stage.name));
        let waits = run.waiting_approval().filter(|_| is_ours);
        let decide = waits.map(|(stage, action)| {
            let approval = Approval { run: run.key.clone(), stage: stage.name.clone(), action: action.name.clone() };
            self.pipelines.decide_call(&approval, Decision::Approved, "Approved by …")
        });
        cards::run_how(run, retry.as_ref(), decide.as_ref(), self.console)
    }
}
