"""The Slack stand-in held against slack_sdk, which nobody here wrote: its WebClient reads the answers, its verifier the signatures."""

import json
import threading
import time
import urllib.error
import urllib.request
from http.client import RemoteDisconnected

import pytest
from slack_app import QUIET, SECONDS, Control, Door, Request, ask, ephemerals, form_modal, modal, refused, section
from slack_app import bot, control, dana, door  # noqa: F401 (fixtures)
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

# --- who is who


def test_tokens_tell_who_calls(bot: WebClient, dana: WebClient, endpoints: dict) -> None:
    me = bot.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == ("U0OPSROOM", "B0OPSROOM", endpoints["team"])
    assert dana.auth_test()["user_id"] == "U0DEPLOYER"
    assert refused(lambda: WebClient(base_url=endpoints["slack_api"], token="xoxb-wrong").auth_test())["error"] == "invalid_auth"
    assert refused(lambda: WebClient(base_url=endpoints["slack_api"]).auth_test())["error"] == "not_authed"


def test_people_and_channels(bot: WebClient) -> None:
    people = {person["id"]: person for person in bot.users_list()["members"]}
    assert people["U0GUEST"]["is_restricted"] and not people["U0DEPLOYER"]["is_restricted"]
    assert people["U0STRANGER"]["team_id"] == "T0PARTNER"
    email = bot.users_info(user="U0DEPLOYER")["user"]["profile"]["email"]
    assert bot.users_lookupByEmail(email=email)["user"]["id"] == "U0DEPLOYER"
    assert refused(lambda: bot.users_info(user="U0NOBODY"))["error"] == "user_not_found"
    names = [channel["name"] for page in bot.conversations_list(limit=2) for channel in page["channels"]]
    assert {"ops", "github", "builds", "monit", "dev-bytes", "dj", "lounge"} <= set(names) and len(names) == len(set(names))
    assert "U0OPSROOM" in bot.conversations_members(channel=QUIET)["members"]
    group = bot.usergroups_list(include_users=True)["usergroups"][0]
    assert bot.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]


def test_a_missing_scope_is_named(dana: WebClient, endpoints: dict, bot: WebClient) -> None:
    answer = refused(lambda: bot.chat_postMessage(channel=QUIET, text="hi", username="somebody else"))
    assert answer["error"] == "missing_scope" and answer["needed"] == "chat:write.customize" and "chat:write" in answer["provided"]


# --- messages


def test_a_message_is_posted_read_changed_and_deleted(control: Control, bot: WebClient) -> None:
    metadata = {"event_type": "opsroom_message", "event_payload": {"key": "deployment/1"}}
    posted = bot.chat_postMessage(channel=QUIET, text="one & two", blocks=ask(), metadata=metadata)
    ts = posted["ts"]

    found = bot.conversations_history(channel=QUIET, latest=ts, inclusive=True, limit=1, include_all_metadata=True)["messages"][0]
    assert found["ts"] == ts and found["text"] == "one & two" and found["metadata"] == metadata and found["bot_id"] == "B0OPSROOM"
    assert "metadata" not in bot.conversations_history(channel=QUIET, latest=ts, inclusive=True, limit=1)["messages"][0]
    assert [block.to_dict() for block in Block.parse_all(found["blocks"])] == found["blocks"]

    changed = bot.chat_update(channel=QUIET, ts=ts, text="three")
    assert int(float(changed["message"]["edited"]["ts"])) >= int(float(ts)) and changed["message"]["blocks"] == found["blocks"], "blocks that aren't given stay"
    assert "blocks" not in bot.chat_update(channel=QUIET, ts=ts, text="four", blocks=[])["message"]
    again = bot.conversations_history(channel=QUIET, oldest=ts, inclusive=True, include_all_metadata=True)["messages"]
    assert [message["text"] for message in again if message["ts"] == ts] == ["four"] and again[-1]["metadata"] == metadata

    bot.chat_delete(channel=QUIET, ts=ts)
    assert refused(lambda: bot.chat_update(channel=QUIET, ts=ts, text="five"))["error"] == "message_not_found"


def test_history_is_paged_newest_first_and_threads_oldest_first(control: Control, bot: WebClient, dana: WebClient) -> None:
    control.local("POST", "/settings", {"enabled": False})
    parent = bot.chat_postMessage(channel=QUIET, text="parent")["ts"]
    replies = [client.chat_postMessage(channel=QUIET, text="reply", thread_ts=parent)["ts"] for client in (bot, dana, bot)]
    later = [bot.chat_postMessage(channel=QUIET, text=f"later {number}")["ts"] for number in range(5)]

    seen = [message["ts"] for page in bot.conversations_history(channel=QUIET, oldest=parent, limit=2) for message in page["messages"]]
    assert seen == later[::-1], "oldest is exclusive, and replies show in their thread only"

    thread = [message for page in bot.conversations_replies(channel=QUIET, ts=parent, limit=2) for message in page["messages"]]
    assert [message["ts"] for message in thread] == [parent, *replies]
    assert thread[0]["reply_count"] == 3 and thread[0]["reply_users"] == ["U0OPSROOM", "U0DEPLOYER"] and thread[1]["thread_ts"] == parent
    assert refused(lambda: bot.conversations_replies(channel=QUIET, ts="1.000000"))["error"] == "thread_not_found"


def test_a_deleted_parent_leaves_its_replies(control: Control, bot: WebClient) -> None:
    parent = bot.chat_postMessage(channel=QUIET, text="parent")["ts"]
    reply = bot.chat_postMessage(channel=QUIET, text="reply", thread_ts=parent)["ts"]
    bot.chat_delete(channel=QUIET, ts=parent)
    thread = bot.conversations_replies(channel=QUIET, ts=parent)["messages"]
    assert [(message["ts"], message.get("subtype")) for message in thread] == [(parent, "tombstone"), (reply, None)]
    stray = bot.chat_postMessage(channel=QUIET, text="stray", thread_ts="1.000000")["message"]
    assert "thread_ts" not in stray, "an unknown thread is ignored without a word"


def test_what_is_not_allowed_is_refused_by_name(control: Control, bot: WebClient, dana: WebClient) -> None:
    control.local("POST", "/settings", {"enabled": False})
    of_dana = dana.chat_postMessage(channel=QUIET, text="mine")["ts"]
    errors = {
        "channel_not_found": lambda: bot.chat_postMessage(channel="C0NOWHERE", text="hi"),
        "not_in_channel": lambda: bot.chat_postMessage(channel="C0RANDOM", text="hi"),
        "is_archived": lambda: bot.chat_postMessage(channel="C0ATTIC", text="hi"),
        "cant_update_message": lambda: bot.chat_update(channel=QUIET, ts=of_dana, text="yours"),
        "cant_delete_message": lambda: bot.chat_delete(channel=QUIET, ts=of_dana),
        "message_not_found": lambda: bot.chat_update(channel=QUIET, ts="1.000000", text="gone"),
        "no_text": lambda: bot.api_call("chat.postMessage", json={"channel": QUIET}),
        "msg_too_long": lambda: bot.chat_postMessage(channel=QUIET, text="x" * 40_001),
        "invalid_blocks_format": lambda: bot.chat_postMessage(channel=QUIET, text="x", blocks="no json"),
        "user_not_in_channel": lambda: bot.chat_postEphemeral(channel=QUIET, user="U0STRANGER", text="psst"),
        "invalid_metadata_schema": lambda: bot.chat_postMessage(channel=QUIET, text="x", metadata={"event_type": "x"}),
        "unknown_method": lambda: bot.api_call("chat.shout"),
    }
    assert {name: refused(call)["error"] for name, call in errors.items()} == {name: name for name in errors}


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
        (ask(value="x" * 2001), "must be less than 2001 characters [json-pointer:/blocks/1/elements/0/value]"),
        ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
    ],
)
def test_blocks_are_held_to_the_limits(control: Control, bot: WebClient, blocks: list[dict], pointer: str) -> None:
    answer = refused(lambda: bot.chat_postMessage(channel=QUIET, text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks" and f"[ERROR] {pointer}" in answer["response_metadata"]["messages"]


def test_reactions_and_pins(control: Control, bot: WebClient, dana: WebClient) -> None:
    ts = bot.chat_postMessage(channel=QUIET, text="like it?")["ts"]
    for client in (bot, dana):
        client.reactions_add(channel=QUIET, timestamp=ts, name="tada")
    assert refused(lambda: dana.reactions_add(channel=QUIET, timestamp=ts, name="tada"))["error"] == "already_reacted"
    reactions = bot.reactions_get(channel=QUIET, timestamp=ts)["message"]["reactions"]
    assert reactions == [{"name": "tada", "users": ["U0OPSROOM", "U0DEPLOYER"], "count": 2}]
    dana.reactions_remove(channel=QUIET, timestamp=ts, name="tada")
    assert refused(lambda: dana.reactions_remove(channel=QUIET, timestamp=ts, name="tada"))["error"] == "no_reaction"
    bot.pins_add(channel=QUIET, timestamp=ts)
    assert ts in [item["message"]["ts"] for item in bot.pins_list(channel=QUIET)["items"]]


def test_a_direct_message_is_opened_once(control: Control, bot: WebClient, dana: WebClient) -> None:
    channel = bot.conversations_open(users="U0DEPLOYER")["channel"]["id"]
    assert bot.conversations_open(users=["U0DEPLOYER"])["channel"]["id"] == channel
    ts = bot.chat_postMessage(channel="U0DEPLOYER", text="between us")["ts"]
    assert dana.conversations_history(channel=channel, latest=ts, inclusive=True, limit=1)["messages"][0]["text"] == "between us"


def test_files_go_up_in_three_steps(control: Control, bot: WebClient) -> None:
    shared = bot.files_upload_v2(channel=QUIET, filename="log.txt", content="line\n" * 2000, title="Log", initial_comment="The log")
    file = bot.files_info(file=shared["files"][0]["id"])["file"]
    assert file["size"] == 10_000 and file["title"] == "Log"
    with urllib.request.urlopen(file["url_private"], timeout=SECONDS) as response:
        assert response.read() == b"line\n" * 2000
    assert bot.conversations_history(channel=QUIET, limit=1)["messages"][0]["files"][0]["id"] == file["id"]
    assert refused(lambda: bot.files_completeUploadExternal(files=[{"id": "F404"}]))["error"] == "file_not_found"


# --- pace and faults


def test_posting_too_fast_is_429_for_that_channel_only(control: Control, bot: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        for _ in range(10):
            bot.chat_postMessage(channel=QUIET, text="fast")
    response = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited") and int(response.headers["Retry-After"]) >= 1
    assert bot.chat_postMessage(channel="C0BYTES", text="elsewhere")["ok"]


def test_faults_strike_as_often_as_ordered(control: Control, bot: WebClient) -> None:
    effect = {"kind": "error", "status": 503, "error": "service_unavailable"}
    control.local("POST", "/faults", {"method": "chat.postMessage", "channel": QUIET, "times": 1, "effect": effect})
    with pytest.raises(SlackApiError) as caught:
        bot.chat_postMessage(channel=QUIET, text="first")
    assert caught.value.response.status_code == 503
    assert bot.chat_postMessage(channel=QUIET, text="second")["ok"]
    assert control.local("GET", "/faults")["faults"][0]["hits"] == 1


@pytest.mark.parametrize(("kind", "posted"), [("drop", 0), ("drop_after", 1)])
def test_an_answer_that_never_comes(control: Control, bot: WebClient, kind: str, posted: int) -> None:
    control.local("POST", "/faults", {"method": "chat.postMessage", "channel": QUIET, "times": 5, "effect": {"kind": kind}})
    control.local("DELETE", "/calls")
    text = f"dropped {time.monotonic_ns()}"
    quick = WebClient(base_url=bot.base_url, token=bot.token, retry_handlers=[])
    with pytest.raises((RemoteDisconnected, ConnectionError, urllib.error.URLError)):
        quick.chat_postMessage(channel=QUIET, text=text)
    control.local("DELETE", "/faults")
    texts = [message["text"] for message in bot.conversations_history(channel=QUIET, limit=20)["messages"]]
    assert texts.count(text) == posted
    log = [call for call in control.local("GET", "/calls")["calls"] if call["method"] == "chat.postMessage"]
    assert [call["fault"] for call in log] == [kind] and bot.token not in json.dumps(log)


# --- what is sent to the app


def test_a_command_is_signed_and_complete(control: Control, door: Door, endpoints: dict) -> None:
    door.answer = lambda _: (200, {"text": "*done*"})
    before = len(ephemerals(control))
    assert control.room("/commands", **{"as": "U0DEPLOYER"}, channel=QUIET, command="/ops", text="who is @avery & co") == {"ok": True}

    sent = door.next(lambda request: request.path == "/commands")
    verifier = SignatureVerifier(endpoints["slack_signing_secret"])
    assert verifier.is_valid_request(sent.body, sent.headers)
    assert not verifier.is_valid_request(sent.body + b"&x=1", sent.headers)
    form = sent.form()
    assert form.pop("response_url").startswith(control.base) and form.pop("trigger_id") and form.pop("token")
    assert form == {
        "team_id": "T0LOCAL", "team_domain": "local", "channel_id": QUIET, "channel_name": "lounge", "user_id": "U0DEPLOYER",
        "user_name": "dana", "command": "/ops", "text": "who is <@U0APPROVER|avery> &amp; co", "api_app_id": "A0OPSROOM",
        "is_enterprise_install": "false",
    }  # fmt: skip
    shown = ephemerals(control)[before:]
    assert [(one["text"], one["only_for"]) for one in shown] == [("*done*", "U0DEPLOYER")]


def test_a_door_that_is_slow_or_fails_is_told_to_the_person(control: Control, door: Door) -> None:
    control.local("POST", "/settings", {"door_ms": 100})
    proceed = threading.Event()
    door.answer = lambda _: (200, "late" if proceed.wait(SECONDS) else "never")
    command = {"as": "U0DEPLOYER", "channel": QUIET, "command": "/ops", "text": "help"}
    assert control.room("/commands", **command)["error"] == "operation_timeout"
    proceed.set()
    door.answer = lambda _: (500, "oops")
    assert control.room("/commands", **command)["error"] == "dispatch_failed"
    assert control.room("/commands", **command, thread_ts="1.000000")["error"] == "not_in_thread"
    assert [one["status"] for one in control.local("GET", "/requests")["requests"] if one["kind"] == "command"][-1] == 500


def test_a_mention_is_an_event_and_is_sent_again_until_taken(control: Control, door: Door, endpoints: dict) -> None:
    control.local("POST", "/retry-scale", {"scale": 0})
    failing = iter([500, 500])

    def answer(request: Request) -> tuple[int, str]:
        mention = request.path == "/events" and request.event()["event"]["type"] == "app_mention"
        return (next(failing, 200) if mention else 200), ""

    door.answer = answer
    ts = control.room("/messages", **{"as": "U0DEPLOYER"}, channel=QUIET, text="@ops status <now>")["ts"]
    mentions = [door.next(lambda request: request.event()["event"]["type"] == "app_mention") for _ in range(3)]
    assert all(SignatureVerifier(endpoints["slack_signing_secret"]).is_valid_request(one.body, one.headers) for one in mentions)
    assert len({one.event()["event_id"] for one in mentions}) == 1
    assert [one.headers.get("x-slack-retry-num") for one in mentions] == [None, "1", "2"]
    assert mentions[1].headers["x-slack-retry-reason"] == "http_error"
    callback = mentions[0].event()
    assert callback["type"] == "event_callback" and callback["authorizations"][0]["user_id"] == "U0OPSROOM"
    assert callback["event"] | {"text": "<@U0OPSROOM> status &lt;now&gt;", "ts": ts, "channel": QUIET, "user": "U0DEPLOYER"} == callback["event"]


def press(control: Control, ts: str, action: str = "go", ephemeral: bool = False) -> dict:
    container = {"type": "message", "channel": QUIET, "message_ts": ts, "ephemeral": ephemeral}
    return control.room("/actions", **{"as": "U0DEPLOYER"}, container=container, block_id="ask", action_id=action, action={"type": "button"})


def test_a_press_carries_the_message_and_can_be_answered(control: Control, door: Door, bot: WebClient) -> None:
    ts = bot.chat_postMessage(channel=QUIET, text="Go?", blocks=ask())["ts"]
    assert press(control, ts) == {"ok": True}
    payload = door.next(lambda request: request.path == "/interactions").payload()
    assert payload["type"] == "block_actions" and payload["user"]["id"] == "U0DEPLOYER" and payload["message"]["ts"] == ts
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == ("go", "ask", "1", "button")

    hook = WebhookClient(payload["response_url"])
    assert hook.send(text="Gone", replace_original=True).status_code == 200
    assert bot.conversations_history(channel=QUIET, latest=ts, inclusive=True, limit=1)["messages"][0]["text"] == "Gone"
    before = len(ephemerals(control))
    statuses = [hook.send(text="psst").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 404] and len(ephemerals(control)) == before + 4
    assert press(control, ts, action="other")["error"] == "action_not_found"


def test_a_button_in_an_attachment_can_be_pressed(control: Control, door: Door, bot: WebClient) -> None:
    posted = bot.chat_postMessage(channel=QUIET, text="Go?", attachments=[{"color": "#2eb886", "blocks": ask()}])
    assert (posted["message"]["attachments"][0]["color"], posted["message"]["attachments"][0]["id"]) == ("2eb886", 1)
    assert press(control, posted["ts"]) == {"ok": True}
    container = door.next(lambda request: request.path == "/interactions").payload()["container"]
    assert (container["type"], container["attachment_id"], container["message_ts"]) == ("message_attachment", 1, posted["ts"])


def test_an_ephemeral_message_is_replaced_and_taken_away(control: Control, door: Door, bot: WebClient) -> None:
    ts = bot.chat_postEphemeral(channel=QUIET, user="U0DEPLOYER", text="Only you", blocks=ask())["message_ts"]
    assert ts not in [message["ts"] for message in bot.conversations_history(channel=QUIET)["messages"]]
    press(control, ts, ephemeral=True)
    payload = door.next(lambda request: request.path == "/interactions").payload()
    assert payload["container"]["is_ephemeral"] and "message" not in payload
    hook = WebhookClient(payload["response_url"])
    hook.send(text="Changed", replace_original=True)
    assert [one["text"] for one in ephemerals(control) if one["ts"] == ts] == ["Changed"]
    hook.send(delete_original=True)
    assert ts not in [one["ts"] for one in ephemerals(control)]


def test_a_modal_lives_by_its_trigger(control: Control, door: Door, bot: WebClient) -> None:
    ts = bot.chat_postMessage(channel=QUIET, text="Go?", blocks=ask())["ts"]
    press(control, ts)
    trigger = door.next(lambda request: request.path == "/interactions").payload()["trigger_id"]
    too_long = refused(lambda: bot.views_open(trigger_id=trigger, view=modal("x" * 25)))
    assert too_long["error"] == "invalid_arguments" and "/view/title/text" in too_long["response_metadata"]["messages"][-1]
    view = bot.views_open(trigger_id=trigger, view=form_modal())["view"]
    assert refused(lambda: bot.views_open(trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"
    assert refused(lambda: bot.views_open(trigger_id="1.2.3", view=modal()))["error"] == "invalid_trigger_id"
    assert refused(lambda: bot.views_update(view_id=view["id"], hash="old", view=modal()))["error"] == "hash_conflict"

    submit = f"/views/{view['id']}/submit"
    empty = control.room(submit, **{"as": "U0DEPLOYER"}, state={"values": {}})
    assert empty["response_action"] == "errors" and list(empty["errors"]) == ["why"], "an empty required input never reaches the app"
    values = {"why": {"reason": {"type": "plain_text_input", "value": "because"}}}
    door.answer = lambda _: (200, {"response_action": "errors", "errors": {"why": "Not a reason"}})
    assert control.room(submit, **{"as": "U0DEPLOYER"}, state={"values": values})["errors"] == {"why": "Not a reason"}
    sent = door.next(lambda request: request.path == "/interactions").payload()
    assert sent["type"] == "view_submission" and sent["view"]["state"]["values"] == values
    door.answer = lambda _: (200, {"response_action": "update", "view": modal("Done")})
    assert control.room(submit, **{"as": "U0DEPLOYER"}, state={"values": values})["ok"]
    assert [one["title"]["text"] for one in control.local("GET", "/history")["views"] if one["id"] == view["id"]] == ["Done"]
    door.answer = lambda _: (200, "")
    assert control.room(submit, **{"as": "U0DEPLOYER"}, state={"values": {}}) == {"ok": True}
    assert control.room(submit, **{"as": "U0DEPLOYER"}, state={"values": {}})["error"] == "view_not_found"


def test_a_trigger_is_gone_after_its_time(control: Control, door: Door, bot: WebClient) -> None:
    control.local("POST", "/settings", {"trigger_ms": 0})
    ts = bot.chat_postMessage(channel=QUIET, text="Go?", blocks=ask())["ts"]
    press(control, ts)
    trigger = door.next(lambda request: request.path == "/interactions").payload()["trigger_id"]
    assert refused(lambda: bot.views_open(trigger_id=trigger, view=modal()))["error"] == "expired_trigger_id"


def test_closing_a_modal_is_told_to_those_who_asked(control: Control, door: Door, bot: WebClient) -> None:
    ts = bot.chat_postMessage(channel=QUIET, text="Go?", blocks=ask())["ts"]
    press(control, ts)
    trigger = door.next(lambda request: request.path == "/interactions").payload()["trigger_id"]
    view = bot.views_open(trigger_id=trigger, view=form_modal())["view"]["id"]
    assert control.room(f"/views/{view}/close", **{"as": "U0DEPLOYER"}) == {"ok": True}
    assert door.next(lambda request: request.path == "/interactions").payload()["type"] == "view_closed"


def test_odd_requests_are_sent_as_ordered(control: Control, door: Door, endpoints: dict) -> None:
    verifier = SignatureVerifier(endpoints["slack_signing_secret"])
    order = {"path": "/commands", "body": "a=1", "headers": {"Content-Type": "text/plain"}}
    for sign, valid in ((True, True), ({"secret": "wrong"}, False), ({"timestamp": "12"}, False), ({"timestamp": "soon"}, None), (False, None)):
        assert control.local("POST", "/send", order | {"sign": sign})["status"] == 200
        sent = door.next(lambda request: request.path == "/commands")
        assert sent.body == b"a=1" and sent.headers["content-type"] == "text/plain"
        if valid is None:
            assert sent.headers.get("x-slack-request-timestamp") == (sign["timestamp"] if sign else None)
        else:
            assert verifier.is_valid_request(sent.body, sent.headers) is valid


def test_the_address_of_events_is_verified(control: Control, door: Door) -> None:
    door.answer = lambda request: (200, {"challenge": json.loads(request.body).get("challenge", "")})
    assert control.local("POST", "/verify-url")["ok"]
    door.answer = lambda _: (200, {"challenge": "something else"})
    assert not control.local("POST", "/verify-url")["ok"]


def test_the_room_hears_of_what_happens(control: Control, bot: WebClient) -> None:
    with urllib.request.urlopen(f"{control.base}/room/api/events?as=U0READER", timeout=SECONDS) as stream:
        assert stream.readline().startswith(b":"), "the stream opens with a comment: from here on nothing is missed"
        ts = bot.chat_postMessage(channel=QUIET, text="hear, hear")["ts"]
        bot.chat_postEphemeral(channel=QUIET, user="U0DEPLOYER", text="not for the reader")
        bot.chat_update(channel=QUIET, ts=ts, text="heard")
        lines = (line for line in stream if line.startswith(b"data: "))
        first, second = (json.loads(next(lines).removeprefix(b"data: ")) for _ in range(2))
    assert (first["type"], first["message"]["text"]) == ("message", "hear, hear")
    assert (second["type"], second["message"]["ts"], second["message"]["text"]) == ("message_changed", ts, "heard")
