"""What the stand-in tells an app of messages, unfurls, files and reactions, in the shapes that docs.slack.dev and slack_bolt's own samples give."""

import time
from collections.abc import Callable

import pytest
from slack_app import QUIET, SECONDS, Control, Door
from slack_app import bot, control, dana, door  # noqa: F401 (fixtures)
from slack_sdk import WebClient
from slack_sdk.models.attachments import Attachment
from slack_sdk.models.blocks import Block, RichTextBlock

DANA, AVERY = "U0DEPLOYER", "U0APPROVER"
PAGE = "https://docs.rs/tracing"
ENVELOPE = {"token", "team_id", "api_app_id", "event", "type", "event_id", "event_time", "authorizations", "is_ext_shared_channel", "event_context"}


@pytest.fixture
def post(control: Control) -> Callable[..., str]:  # noqa: F811 (fixture)
    """Writes something in the composer, as a person."""
    control.local("POST", "/settings", {"enabled": False})

    def write(text: str, person: str = DANA, **more: object) -> str:
        return control.room("/messages", **{"as": person}, channel=QUIET, text=text, **more)["ts"]

    return write


def of(door: Door, ts: str, subtype: str | None = None, where: Callable[[dict], bool] = lambda _: True) -> dict:  # noqa: F811 (fixture)
    """The event about this message, whatever else is told meanwhile and in which order."""

    def fits(event: dict) -> bool:
        about = {event["ts"], event.get("deleted_ts"), event.get("message", {}).get("ts")}
        return event["type"] == "message" and event.get("subtype") == subtype and ts in about and where(event)

    return door.find(lambda request: request.path == "/events" and fits(request.event()["event"])).event()["event"]


def settled(control: Control, held: int = 0) -> None:  # noqa: F811 (fixture)
    """Waits until nothing is on its way and so many events are held."""
    deadline = time.monotonic() + SECONDS
    while (state := control.local("GET", "/events"))["underway"] or state["held"] != held:
        assert time.monotonic() < deadline, state
        time.sleep(0.02)


def test_a_message_as_the_composer_makes_it(post: Callable[..., str], door: Door) -> None:  # noqa: F811
    ts = post("see https://example.com/a?b=1&c=2 :eyes: @Avery Approver\n> quoted\n`code` *bold*\n```\ncurl https://c.example\n```")
    request = door.next(lambda request: request.path == "/events" and request.event()["event"]["ts"] == ts)
    envelope = request.event()
    assert set(envelope) >= ENVELOPE and envelope["type"] == "event_callback"
    event = envelope["event"]
    assert len(event.pop("client_msg_id")) == 36
    (block,) = event.pop("blocks")
    parsed = Block.parse(block)
    assert isinstance(parsed, RichTextBlock) and parsed.to_dict() == block
    assert [element["type"] for element in block["elements"]] == [
        "rich_text_section",
        "rich_text_quote",
        "rich_text_section",
        "rich_text_preformatted",
    ]
    link = {"type": "link", "url": "https://example.com/a?b=1&c=2"}
    assert link in block["elements"][0]["elements"] and {"type": "user", "user_id": AVERY} in block["elements"][0]["elements"]
    assert block["elements"][3]["elements"][1] == {"type": "link", "url": "https://c.example"}, "Slack marks addresses in code, too"
    assert event == {
        "type": "message",
        "user": DANA,
        "text": "see <https://example.com/a?b=1&amp;c=2> :eyes: <@U0APPROVER>\n&gt; quoted\n`code` *bold*\n```\ncurl <https://c.example>\n```",
        "ts": ts,
        "team": "T0LOCAL",
        "channel": QUIET,
        "event_ts": ts,
        "channel_type": "channel",
    }


def test_a_reply_names_its_thread_and_who_began_it(post: Callable[..., str], door: Door) -> None:  # noqa: F811
    parent = post("parent")
    reply = of(door, post("reply", AVERY, thread_ts=parent))
    assert (reply["thread_ts"], reply["parent_user_id"], reply["user"]) == (parent, DANA, AVERY)
    shown = post("to all", AVERY, thread_ts=parent, reply_broadcast=True)
    assert of(door, shown, "thread_broadcast")["root"]["ts"] == parent


def test_a_link_shows_what_it_leads_to(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    ts = post(f"good: {PAGE}")
    changed = of(door, ts, "message_changed")
    assert changed["hidden"] is True and changed["ts"] == changed["event_ts"] > ts and changed["channel_type"] == "channel"
    message, before = changed["message"], changed["previous_message"]
    (attachment,) = message.pop("attachments")
    assert message == before and "edited" not in message, "nobody edited anything"
    assert attachment | {"from_url": PAGE, "original_url": PAGE, "title_link": PAGE, "id": 1} == attachment
    assert attachment["title"] == "tracing - Rust" and attachment["service_name"] == "Docs.rs" and attachment["text"]
    assert attachment["fallback"] == "Docs.rs: tracing - Rust"
    said = {name: attachment[name] for name in ("title", "title_link", "text", "fallback")}
    assert Attachment(**said).to_dict() | said == Attachment(**said).to_dict()


def test_the_test_says_what_a_link_shows(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    control.local("POST", "/unfurls", {"url": "https://a.example/x", "attachment": {"title": "A & <b>", "service_name": "A"}})
    control.local("POST", "/unfurls", {"url": "https://b.example/y", "attachment": None})
    ts = post("https://a.example/x https://b.example/y https://c.example/why-not `https://d.example` http://localhost/e")
    titles = [one["title"] for one in of(door, ts, "message_changed")["message"]["attachments"]]
    assert titles == ["A & <b>", "Why not"], "what stands in code and what Slack can't reach show nothing"


def test_an_edit_takes_the_previews_along(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    ts = post(PAGE)
    of(door, ts, "message_changed")
    control.room("/messages/edit", **{"as": DANA}, channel=QUIET, ts=ts, text="better: https://tokio.rs/tokio/topics/tracing")
    edited = of(door, ts, "message_changed", lambda event: "attachments" not in event["message"])
    assert edited["message"]["edited"] == {"user": DANA, "ts": edited["message"]["edited"]["ts"]}
    assert edited["message"]["edited"]["ts"].endswith(".000000")
    assert "attachments" not in edited["message"] and edited["previous_message"]["attachments"][0]["from_url"] == PAGE
    assert edited["message"]["client_msg_id"] == edited["previous_message"]["client_msg_id"]
    shown = of(door, ts, "message_changed")["message"]
    assert shown["attachments"][0]["from_url"] == "https://tokio.rs/tokio/topics/tracing" and shown["edited"] == edited["message"]["edited"]


def test_a_deletion_and_a_tombstone(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    alone, parent = post("alone"), post("parent")
    reply = post("reply", AVERY, thread_ts=parent)
    delete = lambda ts, person=DANA: control.room("/messages/delete", **{"as": person}, channel=QUIET, ts=ts)  # noqa: E731
    delete(alone)
    gone = of(door, alone, "message_deleted")
    assert gone["hidden"] is True and gone["deleted_ts"] == alone and gone["previous_message"]["text"] == "alone"
    delete(parent)
    tombstone = of(door, parent, "message_changed")
    assert tombstone["message"]["subtype"] == "tombstone" and tombstone["message"]["user"] == "USLACKBOT"
    assert tombstone["message"]["thread_ts"] == parent and tombstone["previous_message"]["text"] == "parent"
    delete(reply, AVERY)
    assert of(door, reply, "message_deleted")["previous_message"]["parent_user_id"] == DANA
    assert of(door, parent, "message_deleted")["previous_message"]["subtype"] == "tombstone", "it goes with the last reply"


def test_a_shared_file_and_the_words_beside_it(control: Control, door: Door, dana: WebClient) -> None:  # noqa: F811
    dana.files_upload_v2(channel=QUIET, filename="trace.txt", content="one\ntwo", initial_comment="look at https://a.example")
    event = door.next(lambda request: request.path == "/events" and request.event()["event"].get("subtype") == "file_share").event()["event"]
    (file,) = event["files"]
    assert (file["name"], file["size"], file["user"]) == ("trace.txt", 7, DANA) and event["text"] == "look at <https://a.example>"
    assert event["upload"] is False and event["user"] == DANA and "bot_id" not in event


def test_what_the_app_says_is_told_as_a_bots(control: Control, door: Door, bot: WebClient) -> None:  # noqa: F811
    event = of(door, bot.chat_postMessage(channel=QUIET, text=f"see {PAGE}")["ts"])
    assert event["bot_id"] == event["bot_profile"]["id"] == "B0OPSROOM" and event["app_id"] == "A0OPSROOM"
    assert "client_msg_id" not in event
    settled(control)
    assert "attachments" not in control.local("GET", "/history")["channels"][QUIET]["messages"][-1], "apps ask for previews"


def test_reactions(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    ts = post("like it?")
    react = lambda **more: control.room("/reactions", **{"as": AVERY}, channel=QUIET, ts=ts, name="tada", **more)  # noqa: E731
    react()
    added = door.event("reaction_added")
    assert set(added) >= ENVELOPE
    event = added["event"]
    assert event == {
        "type": "reaction_added",
        "user": AVERY,
        "reaction": "tada",
        "item": {"type": "message", "channel": QUIET, "ts": ts},
        "item_user": DANA,
        "event_ts": event["event_ts"],
    }
    react(remove=True)
    assert door.event("reaction_removed")["event"] | {"user": AVERY, "reaction": "tada", "item_user": DANA}


def test_only_what_is_subscribed_is_told_and_only_where_the_app_is(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    subscribed = control.local("GET", "/settings")["settings"]["events"]
    control.local("POST", "/settings", {"events": [one for one in subscribed if not one.startswith("reaction")]})
    control.room("/messages", **{"as": DANA}, channel="C0RANDOM", text="elsewhere")
    ts = post("here")
    control.room("/reactions", **{"as": AVERY}, channel=QUIET, ts=ts, name="tada")
    last = post("last")
    told = []
    door.next(lambda request: told.append(request.event()["event"]) or told[-1]["ts"] == last)
    assert {(event["type"], event["channel"]) for event in told} == {("message", QUIET)}


def test_events_are_held_turned_round_and_repeated(post: Callable[..., str], door: Door, control: Control) -> None:  # noqa: F811
    control.local("POST", "/events", {"mode": "reverse"})
    ts = post(PAGE)
    settled(control, held=2)
    assert control.local("POST", "/events/release")["released"] == 2
    subtypes = [door.next(lambda request: request.path == "/events").event()["event"].get("subtype") for _ in range(2)]
    assert subtypes == ["message_changed", None]
    control.local("POST", "/events", {"mode": "duplicate"})
    control.room("/reactions", **{"as": AVERY}, channel=QUIET, ts=ts, name="tada")
    twice = [door.event("reaction_added")["event_id"] for _ in range(2)]
    assert twice[0] == twice[1]
