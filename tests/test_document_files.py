"""The SSM documents themselves: that no value can get out of the quotes it stands in, and that the template deploys and allows just them."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from opsroom_local import derived_template, documents

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = derived_template.read(ROOT / "template.yaml")
FILES = sorted((ROOT / "infra" / "documents").glob("*.yaml"))
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
PARAMETERS = [(name, parameter) for name, document in DOCUMENTS.items() for parameter in document["parameters"]]

# What ends a quoted word, what SSM or Ansible would put something else for, and what is not on a keyboard's upper half.
NEVER = "'\"`$\\{}<>&!\n\r\t\0\x1b\x7f\u2028\u2029\u0430\uff41\u200b\u202e"


def script(document: dict) -> str:
    (step,) = document["mainSteps"]
    return "\n".join(step["inputs"]["runCommand"])


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_parameter_is_held_by_an_anchored_pattern_or_a_choice(name: str, parameter: str):
    declared = DOCUMENTS[name]["parameters"][parameter]
    assert declared["type"] == "String"
    if "allowedValues" in declared:
        assert all(re.fullmatch("[a-z]+", value) for value in declared["allowedValues"])
        return
    pattern = declared["allowedPattern"]
    assert pattern.startswith("^") and pattern.endswith("$")
    # An alternative at the top would be anchored at one end only.
    depth = 0
    for character in re.sub(r"\\.|\[[^\]]*\]", "", pattern):
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert character != "|" or depth > 0
    for character in NEVER:
        for value in (character, f"a{character}", f"{character}a", f"a{character}a", f"a=a{character}"):
            assert not re.fullmatch(pattern[1:-1], value), (value, pattern)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_value_stands_between_single_quotes_and_nowhere_else(name: str, parameter: str):
    text = script(DOCUMENTS[name])
    assert text.count("{{ %s }}" % parameter) == text.count("'{{ %s }}'" % parameter) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_else_is_filled_in(name: str):
    assert {place.strip("{} ") for place in re.findall(r"\{\{.*?\}\}", script(DOCUMENTS[name]))} == set(DOCUMENTS[name]["parameters"])
    (step,) = DOCUMENTS[name]["mainSteps"]
    others = {key: value for key, value in step["inputs"].items() if key != "runCommand"}
    assert "{{" not in str(others)
    assert step["inputs"]["runCommand"][0] == "#!/bin/bash"
    assert not re.search(r"\beval\b|\bbash -c\b|\bsh -c\b|\bxargs\b", script(DOCUMENTS[name]))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_bash_can_read_it(name: str):
    result = subprocess.run(["bash", "-n"], input=script(DOCUMENTS[name]), text=True, capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_file_is_deployed_and_handed_to_the_stand_in():
    requests = documents.described(TEMPLATE, ROOT, "mine").values()
    assert {request["Name"]: request["Content"] for request in requests} == {f"mine-{path.stem}": path.read_text() for path in FILES}
    resources = [one for one in TEMPLATE["Resources"].values() if one["Type"] == derived_template.DOCUMENT]
    # A new version becomes the default only with this; otherwise a change would want another name.
    assert all(resource["Properties"]["UpdateMethod"] == "NewVersion" for resource in resources)


def test_just_these_documents_may_run_and_only_on_hosts_with_the_tag():
    policy = TEMPLATE["Resources"]["HostsPolicy"]["Properties"]
    assert policy["Roles"] == [{"Ref": "CommandsRole"}]
    sending = [one for one in policy["PolicyDocument"]["Statement"] if one["Action"] == "ssm:SendCommand"]
    on_documents, on_hosts = sending
    prefix = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/${AWS::StackName}-"
    assert {one["Fn::Sub"] for one in on_documents["Resource"]} == {prefix + path.stem for path in FILES}
    assert on_hosts["Condition"] == {"StringEquals": {"ssm:resourceTag/opsroom": {"Ref": "HostTagValue"}}}
    roles = [one for one in TEMPLATE["Resources"].values() if one["Type"] == derived_template.ROLE]
    assert "SendCommand" not in str(roles)
