"""From the real template to the one that is deployed locally: the same resources, with the functions' code already built.

Four changes, no more: `CodeUri` points at the built artifact, the `Metadata` that tells `sam build` how to build is dropped,
resources of the types that MiniStack lacks are left out, and the roles allow three things more, where MiniStack's IAM differs from AWS's.
The result is JSON, which SAM reads as well as YAML.
"""

import copy
import json
from pathlib import Path

from samcli.yamlhelper import yaml_parse

FUNCTION = "AWS::Serverless::Function"
ROLE = "AWS::IAM::Role"

DOCUMENT = "AWS::SSM::Document"

MINISTACK_LACKS: frozenset[str] = frozenset({DOCUMENT})
"""Resource types that MiniStack refuses. tests/test_template.py holds this against the template and against MiniStack. Documents are handed
to the stand-in for Systems Manager instead (`documents.py`)."""

MINISTACK_UNSCOPED = ("ssm:GetParameters",)
"""Actions that MiniStack checks against the resource `*`, where AWS checks each parameter that the call names."""

MINISTACK_CHECKS_GROUP = {"logs:GetLogEvents": ":log-stream:*", "logs:FilterLogEvents": ":*"}
"""Actions that MiniStack checks against a log group's plain name, and what AWS has behind it."""

MINISTACK_ASKS_FOR = (("sqs:SendMessage", "sqs:SendMessageBatch"),)
"""Actions that AWS covers by another one (SQS Developer Guide, "Amazon SQS API permissions"), and MiniStack does not."""


def read(template: Path) -> dict:
    """The template as data; short forms such as `!Ref` become their long forms."""
    return yaml_parse(template.read_text())


def functions(template: dict) -> dict[str, str]:
    """Logical id of each function -> the binary that runs it."""
    return {
        logical_id: resource["Metadata"]["BuildProperties"]["Binary"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == FUNCTION
    }


def archive(artifacts: Path, logical_id: str) -> Path:
    """Where the archive of a function's code is."""
    return artifacts / f"{logical_id}.zip"


def derive(template: dict, artifacts: Path) -> dict:
    """The template to deploy, its functions' code taken from the archives in a folder."""
    resources = {}
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] in MINISTACK_LACKS:
            continue
        if resource["Type"] == FUNCTION:
            properties = {**resource["Properties"], "CodeUri": str(archive(artifacts, logical_id))}
            resource = {key: value for key, value in resource.items() if key != "Metadata"} | {"Properties": properties}
        elif resource["Type"] == ROLE:
            resource = _widened(resource)
        resources[logical_id] = resource
    return {**template, "Resources": resources}


def _widened(role: dict) -> dict:
    """A role that MiniStack's IAM lets do what the real one may do on AWS."""
    widened = copy.deepcopy(role)
    for policy in widened["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Action"] in MINISTACK_UNSCOPED:
                statement["Resource"] = "*"
            if (behind := MINISTACK_CHECKS_GROUP.get(str(statement["Action"]))) is not None:
                statement["Resource"] = {"Fn::Sub": statement["Resource"]["Fn::Sub"].removesuffix(behind)}
            for ours, theirs in MINISTACK_ASKS_FOR:
                if statement["Action"] == ours:
                    statement["Action"] = [ours, theirs]
    return widened


def write(template: dict, target: Path) -> None:
    """Writes a derived template."""
    target.write_text(json.dumps(template, indent=2))
