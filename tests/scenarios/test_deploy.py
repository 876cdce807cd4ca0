"""From a line in a channel to a finished deployment, and to one that failed."""

import re

import pytest
from harness.room import AVERY, DANA, OPS, Room

TOOK = re.compile(r"✓ (\w+)\s+\d+ (?:s|min)")
COMMIT = "4f2a91c0d8b7e6f5a4c3b2a190817263544f2a91"


def test_one_message_goes_from_starting_to_deployed(room: Room):
    room.pace(700)
    room.types(DANA, "deploy worker@v7.1 to staging --reason try the new queue")
    # Its first word may be either, by how fast the pipeline starts.
    message = room.message("worker to staging")
    assert re.match("Starting to deploy|Deploying", message.summary)
    running = room.again(message, "● Build")
    assert {button["text"]["text"] for _, button in running.buttons()} - {"Logs"} == {"Cancel", "How?"}
    done = room.again(message, "Deployed worker to staging")
    assert done.summary == "Deployed worker to staging"
    assert TOOK.findall(done.text) == ["Source", "Build", "Test", "Deploy"], done.text
    for words in ("v7.1", f"asked by <@{DANA}>", "Reason: _try the new queue_"):
        assert words in done.text
    labels = [button["text"]["text"] for _, button in done.buttons()]
    assert "Cancel" not in labels
    assert {"Promote to production", "Logs", "How?"} <= set(labels)
    assert room.host("worker", "staging")["version"] == "v7.1"
    assert len(room.messages(OPS)) == 1
    assert [record["outcome"]["outcome"] for record in room.recorded()] == ["allowed", "ended"]


def test_a_service_whose_ref_is_a_source_revision(room: Room):
    message = room.deploys(DANA, f"api@{COMMIT} to production", says="Deployed")
    assert COMMIT[:7] in message.text
    assert room.host("api", "production")["version"] == COMMIT
    (execution, *_) = room.cloud.executions("api-production")
    assert execution["sourceRevisions"][0]["revisionId"] == COMMIT


def test_a_service_whose_ref_is_a_variable(room: Room):
    room.deploys(AVERY, "web@2026.11 to production", says="Deployed")
    assert room.host("web", "production")["version"] == "2026.11"
    execution = room.cloud.deployments("web", "production")[-1]["execution"]
    detail = room.cloud.aws("codepipeline").get_pipeline_execution(pipelineName="web-production", pipelineExecutionId=execution)
    assert {"name": "REF", "resolvedValue": "2026.11"} in detail["pipelineExecution"]["variables"]


def test_without_a_ref_the_newest_commit_is_deployed_and_named(room: Room):
    commit = room.gateway.post("/pipelines/api-staging/commits", {"message": "Fix the <rounding> of *prices*"})
    message = room.deploys(DANA, "api to staging", says="Deployed")
    assert commit["sha"][:7] in message.text
    # What others wrote is shown as it is, and never as markup.
    assert "Fix the &lt;rounding&gt; of" in message.text
    room.types(AVERY, "where api")
    assert commit["sha"][:7] in room.private(AVERY, "Where api runs").text


@pytest.mark.parametrize("service", ["api", "web"])
def test_a_build_that_fails_is_told_under_the_message_to_who_asked(room: Room, service: str):
    before = room.host(service, "staging")
    message = room.deploys(DANA, f"{service}@broken to staging", says="Failed to deploy")
    assert "✓ Build" in message.text
    assert "✕ Test" in message.text
    assert "Test failed with " in message.text
    assert any("Details" in line for line in message.text.splitlines()), message.text
    reply = room.message(f"<@{DANA}> Failed to deploy {service} to staging", thread=message.ts)
    assert "Test failed with " in reply.text
    assert len(room.messages(OPS)) == 2
    assert room.host(service, "staging") == before
    assert room.recorded()[-1]["outcome"]["how"] == "failed"


def test_what_runs_where_what_was_and_what_is_under_way(room: Room):
    room.deploys(DANA, "web@v1.4.1 to staging", says="Deployed")
    room.pace(5000)
    second = room.deploys(AVERY, "web@v1.4.2 to staging")
    assert "replaces" in second.text
    room.types(DANA, "status staging")
    assert "v1.4.2 under way" in room.private(DANA, "What runs in staging").text
    room.types(DANA, "pending")
    assert "web to staging v1.4.2" in room.private(DANA, "Under way").text.replace("`", "")
    room.pace(100)
    room.again(second, "Deployed web to staging")
    room.types(DANA, "deploys web staging")
    listed = room.private(DANA, "The latest deployments of web in staging").text
    assert listed.index("v1.4.2") < listed.index("v1.4.1")


def test_a_dry_run_says_what_would_be_done_and_does_nothing(room: Room):
    room.types(DANA, "deploy api@1a2b3c4 to staging --dry-run")
    answer = room.private(DANA, "Nothing was started")
    assert "aws codepipeline start-pipeline-execution" in answer.text
    assert "--name api-staging" in answer.text
    assert room.calls("StartPipelineExecution") == []
    assert room.messages(OPS) == []


def test_how_shows_the_calls_that_were_made(room: Room):
    message = room.deploys(DANA, "worker@v9 to production", says="Deployed")
    room.presses(AVERY, message, "How?")
    dialog = room.dialog(AVERY, "aws codepipeline start-pipeline-execution")
    assert "--name worker-production" in dialog
    assert '--variables \'[{"name":"REF","value":"v9"}]\'' in dialog
    execution = room.cloud.deployments("worker", "production")[-1]["execution"]
    assert f"--pipeline-execution-id {execution}" in dialog


def test_what_follows_is_woken_by_the_end_and_not_by_the_clock(room: Room):
    room.types(DANA, "deploy worker@v61 web@v61 to staging")
    room.again(room.message("worker to staging"), "Deployed worker to staging")
    room.again(room.message("web to staging"), "Deployed web to staging")
    assert room.host("web", "staging")["version"] == "v61"
    # The nudges of messages go in batches: a single one is the word to `commands`.
    woken = [call for call in room.calls("SendMessage") if call["caller"] == room.cloud.function("Activity")]
    assert len(woken) >= 3, "each end frees a place, and the first goes on"
