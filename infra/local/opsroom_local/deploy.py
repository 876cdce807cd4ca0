"""Deploys the real template with the real `sam deploy`, and reads back what it made."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import boto3

from .layout import Layout
from .part import PartFailed, tail

STACK = "opsroom"
REGION = "us-east-1"
# MiniStack's root: what an administrator's keys are in a true account. The functions get keys of their own roles.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105


@dataclass(frozen=True)
class Stack:
    """What the deployed template made."""

    outputs: dict[str, str]
    functions: dict[str, str]

    def function_url_id(self, output: str) -> str:
        """The part of a door's address that names its function: the first label of its host."""
        return self.outputs[output].split("//")[1].split(".")[0]


def administrator(endpoint: str) -> dict[str, str]:
    """The environment in which AWS tools and SDKs act as the local account's administrator."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        # A person's own configuration must have no say here: it may name a true account.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def client(endpoint: str, service: str):
    """A boto3 client of the local account's administrator."""
    return boto3.client(
        service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY
    )


def sam_deploy(layout: Layout, endpoint: str, parameters: dict[str, str]) -> Stack:
    """Deploys the derived template."""
    sam = Path(sys.executable).parent / "sam"
    command = [sam, "deploy", "--template-file", layout.build / "template.json", "--stack-name", STACK, "--resolve-s3"]
    command += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides"]
    command += [f"{name}={value}" for name, value in parameters.items()]
    run_logged("sam deploy", command, administrator(endpoint), layout.log / "deploy.log")
    cloudformation = client(endpoint, "cloudformation")
    outputs = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Stack(
        outputs={output["OutputKey"]: output["OutputValue"] for output in outputs},
        functions={
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in resources
            if resource["ResourceType"] == "AWS::Lambda::Function"
        },
    )


def run_logged(name: str, command: list, environment: dict[str, str], log: Path, stdin: str | None = None) -> None:
    """Runs a program to its end, its output added to a log; raises with the log's tail if it fails."""
    with log.open("ab") as output:
        result = subprocess.run(  # noqa: S603
            command, env=environment, input=stdin and stdin.encode(), stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if result.returncode != 0:
        raise PartFailed(f"{name} failed. Its log ({log}) ends:\n{tail(log)}")
