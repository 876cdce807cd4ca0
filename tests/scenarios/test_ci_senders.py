"""Each CI server's own samples (tests/fixtures/senders), signed as that server does, through the deployed door: what the Builds room shows."""

import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest
from harness.message import Message
from harness.room import BUILDS, DANA, Room
from harness.webhooks import SENDERS

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "senders"

EVENTS = {
    "gitlab": lambda name, sample: "Job Hook" if name == "job" else "Pipeline Hook",
    "circleci": lambda name, sample: sample["type"],
    "buildkite": lambda name, sample: sample["event"],
    "jenkins": lambda name, sample: "",
    "generic": lambda name, sample: "",
}
"""Where each sender's header takes the event's name from."""


class Server:
    """A CI server with the samples of one, about pipelines that no other scenario has seen: runs are remembered."""

    def __init__(self, room: Room, sender: str):
        self.room = room
        self.sender = sender
        self.mark = uuid.uuid4().hex[:8]

    def named(self, name: str) -> str:
        """A pipeline's, repository's or run's name of this scenario alone."""
        return f"{name}-{self.mark}"

    def sample(self, name: str) -> bytes:
        """A sample with names and ids of this scenario."""
        text = (FIXTURES / self.sender / f"{name}.json").read_text()
        for known in OWN[self.sender]:
            text = text.replace(known, self.named(known))
        # Ids of runs and events are the server's own; only their sameness counts.
        ids = {found: str(uuid.uuid5(uuid.NAMESPACE_URL, self.mark + found)) for found in UUID.findall(text)}
        for known, new in ids.items():
            text = text.replace(known, new)
        return text.encode()

    def tells(self, name: str, *, times: int = 1) -> None:
        """Sends a sample, perhaps several times as one delivery."""
        body, delivery = self.sample(name), str(uuid.uuid4())
        event = EVENTS[self.sender](name, json.loads(body))
        for _ in range(times):
            answer = self.room.webhooks.send(self.sender, event, body, delivery=delivery)
            assert answer.status in (200, 202), f"{name}: {answer.status} {answer.data!r}"

    def watched(self, target: str, terms: str = "") -> None:
        """The Builds room watches it from now on."""
        self.room.types(DANA, f"build watch {target} {terms}".strip(), BUILDS)
        self.room.message(f"<@{DANA}>", BUILDS)

    def shown(self, pipeline: str, number: int) -> Message:
        """The one message of a run."""
        return self.room.message(f"{pipeline} #{number}", BUILDS)


OWN = {
    "gitlab": ["acme/shop"],
    "circleci": ["acme/billing"],
    "buildkite": ["acme/mobile", '"slug": "mobile'],
    "jenkins": ["job/acme/job/reports", "github.com/acme/reports"],
    "generic": ["nightly-import"],
}
"""What in a sender's samples is named anew for each scenario."""

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def labels(message: Message) -> set[str]:
    return {button["text"]["text"] for _, button in message.buttons()}


def is_fixed(room: Room, broken: Message, how: str) -> None:
    """The message of the failure says so, and so does a word below it."""
    room.again(broken, f"Fixed by {how}")
    room.message(f"Fixed by {how}", BUILDS, thread=broken.ts)


def test_gitlab_a_failed_job_is_named_and_its_retry_fixes_it(room: Room):
    gitlab = Server(room, "gitlab")
    gitlab.watched(gitlab.named("acme/shop"))
    gitlab.tells("pipeline_running")
    gitlab.tells("job")
    gitlab.tells("pipeline_failed", times=3)
    broken = gitlab.shown(f"{gitlab.named('acme/shop')}: Main pipeline", 3)
    assert "failed on main" in broken.text
    assert "test / unit failed: script failure" in broken.text
    assert "lint" not in broken.text, "it is allowed to fail"
    assert "Count each order once" in broken.text
    assert "Dana Deployer" in broken.text
    assert labels(broken).isdisjoint({"Retry", "Approve", "Reject"}), "these are CodePipeline's"
    gitlab.tells("pipeline_retried")
    again = room.again(broken, "is running")
    assert "script failure" not in again.text
    gitlab.tells("pipeline_success")
    is_fixed(room, broken, "running it again")
    # What comes late turns nothing back.
    gitlab.tells("pipeline_failed")
    gitlab.tells("pipeline_canceled")


def test_circleci_a_failed_job_is_named_and_the_next_run_fixes_it(room: Room):
    circleci = Server(room, "circleci")
    circleci.tells("ping")
    circleci.watched(circleci.named("acme/billing"))
    circleci.tells("job_completed_failed", times=2)
    circleci.tells("workflow_completed_failed", times=2)
    broken = circleci.shown(f"{circleci.named('acme/billing')}: build-test-deploy", 130)
    assert "failed on main" in broken.text
    assert "test failed" in broken.text
    assert "Round half up" in broken.text
    circleci.tells("workflow_completed_success")
    is_fixed(room, broken, "#131")
    circleci.tells("workflow_completed_canceled")


def test_buildkite_a_failed_job_is_named_and_a_block_step_waits(room: Room):
    buildkite = Server(room, "buildkite")
    buildkite.tells("ping")
    pipeline = buildkite.named("mobile")
    buildkite.watched(pipeline)
    buildkite.tells("build_running")
    buildkite.tells("job_finished_failed")
    buildkite.tells("build_finished_failed", times=3)
    broken = buildkite.shown(pipeline, 27)
    assert "failed on main" in broken.text
    assert "Test failed: exit status 2" in broken.text
    buildkite.tells("build_finished_passed")
    is_fixed(room, broken, "#28")
    buildkite.tells("build_finished_blocked")
    waiting = buildkite.shown(pipeline, 29)
    assert "waits for an approval" in waiting.text
    assert labels(waiting).isdisjoint({"Approve", "Reject"}), "it is let go on in Buildkite"
    buildkite.tells("job_activated")
    room.again(waiting, "is running")
    buildkite.tells("build_finished_canceled")


def test_jenkins_a_failure_shows_the_end_of_its_log(room: Room):
    jenkins = Server(room, "jenkins")
    pipeline = jenkins.named("acme/reports")
    jenkins.watched(pipeline)
    jenkins.tells("started")
    jenkins.tells("completed_failure", times=3)
    jenkins.tells("finalized")
    broken = jenkins.shown(pipeline, 18)
    assert "failed on main" in broken.text
    assert "assert 3 == 2" in broken.text
    assert "Logs" in labels(broken)
    jenkins.tells("completed_success")
    is_fixed(room, broken, "#19")
    jenkins.tells("completed_unstable")
    unstable = jenkins.shown(pipeline, 20)
    assert "unstable: tests failed" in unstable.text
    jenkins.tells("completed_aborted")
    jenkins.tells("completed_older_plugin")


def test_jenkins_that_can_set_no_header_puts_its_token_into_the_address(room: Room):
    jenkins = Server(room, "jenkins")
    secret = room.endpoints["jenkins_webhook_secret"]
    path, _ = SENDERS["jenkins"]
    kind = {"Content-Type": "application/json;charset=UTF-8"}
    assert room.webhooks.post(f"{path}?token={secret}", jenkins.sample("completed_success"), kind).status == 202
    assert room.webhooks.post(f"{path}?token={secret}x", jenkins.sample("completed_success"), kind).status == 401


def test_generic_a_stage_fails_another_waits_and_the_next_run_fixes_it(room: Room):
    script = Server(room, "generic")
    pipeline = script.named("nightly-import")
    script.watched(pipeline)
    script.tells("run_failed", times=3)
    broken = script.shown(pipeline, 412)
    assert "failed on main" in broken.text
    assert "load failed" in broken.text
    assert "unknown column" in broken.text
    script.tells("run_waiting")
    waiting = script.shown(pipeline, 413)
    assert "waits for an approval" in waiting.text
    script.tells("run_succeeded")
    is_fixed(room, broken, "#413")
    room.again(waiting, "passed")
    script.tells("run_cancelled")


def test_the_lines_of_the_guide_work_as_they_stand(room: Room):
    for tool in ("bash", "openssl", "curl"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not on this machine")
    guide = (ROOT / "docs" / "guide" / "ci-senders.md").read_text()
    (lines,) = re.findall(r"```bash\n(.*?)```", guide, re.DOTALL)

    def run(secret: str) -> subprocess.CompletedProcess:
        where = {"OPSROOM_URL": room.endpoints["webhook_ingress"], "OPSROOM_SECRET": secret, "NO_PROXY": "*"}
        return subprocess.run(["bash", "-euo", "pipefail", "-c", lines], env=os.environ | where, capture_output=True, text=True, check=False)

    taken = run(room.endpoints["generic_webhook_secret"])
    assert (taken.returncode, json.loads(taken.stdout)) == (0, {"ok": "queued"}), taken.stderr
    refused = run("wrong")
    assert refused.returncode != 0
    assert "doesn't fit" in refused.stdout
