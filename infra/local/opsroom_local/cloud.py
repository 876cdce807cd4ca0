"""The running cloud: which parts there are, in what order they start, and what `endpoints.json` says of them."""

import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from . import deploy, ministack
from .deploy import ACCESS_KEY, REGION, SECRET_KEY, STACK, Stack
from .layout import Layout
from .network import HOST, choose_port
from .part import Part

USUAL_GATEWAY_PORT = 4566
USUAL_MINISTACK_PORT = 4570
USUAL_SLACK_PORT = 4580
USUAL_OUTSIDE_PORT = 4590

SENDERS = ("github", "gitlab", "circleci", "buildkite", "jenkins", "generic")
"""Those who send webhooks, as the names of their secrets have them."""

# Short, so that a test of a crash need not wait; not below the functions' timeout, which AWS forbids.
REDELIVERY_DELAY = "15"


class Cloud:
    """All parts of one local cloud. Use it as a context: leaving it stops every part."""

    def __init__(self, layout: Layout, programs: dict[str, Path], say: Callable[[str], None]) -> None:
        self._layout = layout
        self._programs = programs
        self._say = say
        self._parts: list[Part] = []
        taken: set[int] = set()
        self.gateway = f"http://{HOST}:{choose_port(USUAL_GATEWAY_PORT, taken)}"
        self.ministack = f"http://{HOST}:{choose_port(USUAL_MINISTACK_PORT, taken)}"
        self.slack = f"http://{HOST}:{choose_port(USUAL_SLACK_PORT, taken)}"
        self.outside = f"http://{HOST}:{choose_port(USUAL_OUTSIDE_PORT, taken)}"
        self._signing_secret = secrets.token_hex(16)
        self._bot_token = f"xoxb-local-{secrets.token_hex(12)}"
        self._webhook_secrets = {sender: secrets.token_hex(16) for sender in SENDERS}
        self._workspace = json.loads((layout.root / "infra" / "local" / "workspace.json").read_text())

    def __enter__(self) -> "Cloud":
        return self

    def __exit__(self, *_: object) -> None:
        self._layout.endpoints.unlink(missing_ok=True)
        # In reverse: nobody loses what it calls while it still runs.
        for part in reversed(self._parts):
            part.stop()

    @property
    def _door_file(self) -> Path:
        return self._layout.data / "slack-ingress.url"

    @property
    def room(self) -> str:
        """The address to open in a browser."""
        return f"{self.slack}/room/"

    def start(self) -> None:
        """Starts everything, deploys, and writes `endpoints.json` once the cloud can be used."""
        self._layout.endpoints.unlink(missing_ok=True)
        shutil.rmtree(self._layout.data, ignore_errors=True)
        self._layout.data.mkdir(parents=True)
        self._layout.log.mkdir(parents=True, exist_ok=True)
        for log in self._layout.log.glob("*.log"):
            log.unlink()
        self._say("starting the AWS emulator and the stand-ins")
        self._start_parts()
        self._say("deploying template.yaml with sam deploy")
        stack = deploy.sam_deploy(
            self._layout,
            self.gateway,
            {
                "Architecture": "x86_64" if os.uname().machine in ("x86_64", "AMD64") else "arm64",
                "SlackApiUrl": f"{self.slack}/api/",
                "ResponseUrlBase": f"{self.slack}/response/",
                "RedeliveryDelay": REDELIVERY_DELAY,
                "DeletionProtection": "false",
            },
        )
        self._say("writing the secrets and the example catalog")
        self._opsctl("secrets", "set", "slack/signing-secret", "--value-stdin", stdin=self._signing_secret)
        self._opsctl("secrets", "set", "slack/bot-token", "--value-stdin", stdin=self._bot_token)
        for sender, secret in self._webhook_secrets.items():
            self._opsctl("secrets", "set", f"webhooks/{sender}", "--value-stdin", stdin=secret)
        self._opsctl("catalog", "apply", str(self._layout.root / "infra" / "catalog.example.yaml"))
        door = self._function_url(stack, "SlackIngressUrl")
        # The stand-in reads it at each request: only now is there a door to knock at.
        self._door_file.write_text(door)
        self._write_endpoints(stack, door)

    def _function_url(self, stack: Stack, output: str) -> str:
        """The address at which the emulator answers for a function."""
        return f"{self.ministack}/_aws/lambda-url/{stack.function_url_id(output)}"

    def check(self) -> None:
        """Raises `PartFailed` if any part has ended."""
        for part in self._parts:
            part.check()

    def _start_parts(self) -> None:
        local = self._layout.root / "infra" / "local"
        self._parts.append(ministack.start(self.ministack, self._layout.data, self._layout.log / "ministack.log", self.gateway))
        gateway = self.gateway.removeprefix("http://")
        command = [self._programs["opsroom-local-aws"], "--listen", gateway, "--upstream", self.ministack]
        command += ["--pipelines", local / "pipelines.json"]
        self._start("gateway", command, f"{self.gateway}/_local/ready")
        command = [self._programs["opsroom-local-slack"], "--listen", self.slack.removeprefix("http://")]
        command += ["--workspace", local / "workspace.json", "--room-dist", self._layout.room_dist, "--ingress-file", self._door_file]
        command += ["--signing-secret", self._signing_secret, "--bot-token", self._bot_token, "--outside", self.outside]
        self._start("slack", command, f"{self.slack}/_local/ready")
        command = [self._programs["opsroom-local-outside"], "--listen", self.outside.removeprefix("http://")]
        command += ["--endpoints", self._layout.endpoints, "--pipelines", local / "pipelines.json"]
        self._start("outside", command, f"{self.outside}/senders")
        for part in self._parts:
            part.wait_ready()

    def _start(self, name: str, command: list, probe: str) -> None:
        words = [str(word) for word in command]
        self._parts.append(Part(name, words, dict(os.environ), self._layout.log / f"{name}.log", probe))

    def _opsctl(self, *arguments: str, stdin: str | None = None) -> None:
        command = [self._programs["opsctl"], "--stack", STACK, *arguments]
        deploy.run_logged(
            f"opsctl {' '.join(arguments[:2])}", command, deploy.administrator(self.gateway), self._layout.log / "opsctl.log", stdin
        )

    def _write_endpoints(self, stack: Stack, door: str) -> None:
        outputs = stack.outputs
        endpoints = {
            "stack": STACK,
            "aws": self.gateway,
            "aws_region": REGION,
            "aws_access_key_id": ACCESS_KEY,
            "aws_secret_access_key": SECRET_KEY,
            "ministack": self.ministack,
            "slack_api": f"{self.slack}/api/",
            "slack_ingress": door,
            "webhook_ingress": self._function_url(stack, "WebhookIngressUrl"),
            "secrets_prefix": outputs["SecretsPrefix"],
            "room": self.room,
            "outside": self.outside,
            "table": outputs["StateTableName"],
            "catalog_table": outputs["CatalogTableName"],
            "audit_table": outputs["AuditTableName"],
            "commands_queue_url": outputs["CommandsQueueUrl"],
            "activity_queue_url": outputs["ActivityQueueUrl"],
            "webhooks_queue_url": outputs["WebhooksQueueUrl"],
            "delivery_queue_url": outputs["DeliveryQueueUrl"],
            "dead_letter_queue_urls": {
                "commands": outputs["CommandsDeadLettersUrl"],
                "activity": outputs["ActivityDeadLettersUrl"],
                "webhooks": outputs["WebhooksDeadLettersUrl"],
                "delivery": outputs["DeliveryDeadLettersUrl"],
            },
            "function_names": stack.functions,
            "slack_signing_secret": self._signing_secret,
            "slack_bot_token": self._bot_token,
            **{f"{sender}_webhook_secret": secret for sender, secret in self._webhook_secrets.items()},
            "team": self._workspace["team"]["id"],
            "user_tokens": {person["id"]: person["token"] for person in self._workspace["people"] if "token" in person},
            "control": {"aws": f"{self.gateway}/_local", "slack": f"{self.slack}/_local"},
            "logs": str(self._layout.log),
        }
        partial = self._layout.endpoints.with_suffix(".partial")
        partial.write_text(json.dumps(endpoints, indent=2) + "\n")
        # It holds secrets, if only of a toy; and a reader sees the whole file or none.
        partial.chmod(0o600)
        partial.replace(self._layout.endpoints)
