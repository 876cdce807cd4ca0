"""The template's SSM documents, which MiniStack lacks, given to the stand-in as CloudFormation gives them to Systems Manager."""

from pathlib import Path

from . import derived_template


def described(template: dict, root: Path, stack: str) -> dict[str, dict]:
    """What `CreateDocument` is to be told for each document of a template, by logical id."""
    return {
        logical_id: _request(resource["Properties"], root, stack)
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == derived_template.DOCUMENT
    }


def _request(properties: dict, root: Path, stack: str) -> dict:
    # `sam deploy` uploads the included file, and CloudFormation puts its content there.
    location = properties["Content"]["Fn::Transform"]["Parameters"]["Location"]
    return {
        "Name": properties["Name"]["Fn::Sub"].replace("${AWS::StackName}", stack),
        "Content": (root / location).read_text(),
        "DocumentType": properties["DocumentType"],
        "DocumentFormat": properties["DocumentFormat"],
        "TargetType": properties["TargetType"],
        "Tags": properties["Tags"],
    }


def put(ssm, root: Path, stack: str) -> list[str]:
    """Creates the real template's documents, or makes what changed their default version; returns their names."""
    requests = described(derived_template.read(root / "template.yaml"), root, stack).values()
    for request in requests:
        try:
            ssm.create_document(**request)
        except ssm.exceptions.DocumentAlreadyExists:
            _update(ssm, request)
    return [request["Name"] for request in requests]


def _update(ssm, request: dict) -> None:
    try:
        updated = ssm.update_document(
            Name=request["Name"], Content=request["Content"], DocumentFormat=request["DocumentFormat"], DocumentVersion="$LATEST"
        )
    except ssm.exceptions.DuplicateDocumentContent:
        return
    version = updated["DocumentDescription"]["DocumentVersion"]
    ssm.update_document_default_version(Name=request["Name"], DocumentVersion=version)
