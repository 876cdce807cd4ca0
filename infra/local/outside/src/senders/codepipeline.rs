//! CodePipeline: somebody starts a pipeline outside of chat ("StartPipelineExecution", CodePipeline API reference). What becomes of it is
//! reported by EventBridge, not by a webhook.

use serde_json::json;

use super::BUILDS;
use crate::fields::{Existing, Field, Kind, Values};
use crate::pipelines::Revision;
use crate::registry::{Action, AwsCall, Deed, Request, Sender};
use crate::world::World;

/// CodePipeline.
pub static SENDER: Sender = Sender {
    id: "codepipeline",
    name: "CodePipeline",
    group: BUILDS,
    about: "Somebody at the console or the AWS CLI.",
    shown_after: "/ops build watch web-staging",
    actions: &[Action {
        id: "start",
        name: "Start a pipeline",
        about: "It runs stage by stage and reports through EventBridge.",
        fields: &[
            Field::one_of("pipeline", "Pipeline", Existing::Pipelines, "there is no pipeline"),
            Field { kind: Kind::Text(&["main", "v2", "broken"]), ..Field::text("revision", "Revision", "v2") }
                .with_hint("a branch, tag or commit; broken fails its tests"),
        ],
        make: start,
    }],
};

fn start(values: &Values, world: &mut World) -> Deed {
    let (name, revision) = (values.text("pipeline"), values.text("revision"));
    let mut input = json!({"name": name, "clientRequestToken": world.uuid()});
    match world.pipelines.iter().find(|one| one.name == name).map(|one| &one.revision) {
        Some(Revision::SourceAction(action)) => {
            input["sourceRevisions"] = json!([{"actionName": action, "revisionType": "COMMIT_ID", "revisionValue": revision}]);
        }
        Some(Revision::Variable(variable)) => input["variables"] = json!([{"name": variable, "value": revision}]),
        // The field was checked against the pipelines that there are.
        None => {}
    }
    let call = AwsCall {
        service: "codepipeline",
        operation: "StartPipelineExecution",
        headers: vec![
            ("Content-Type", "application/x-amz-json-1.1".to_owned()),
            ("X-Amz-Target", "CodePipeline_20150709.StartPipelineExecution".to_owned()),
        ],
        body: input.to_string(),
    };
    Deed { summary: format!("Started {name} with {revision}"), requests: vec![Request::Aws(call)] }
}
