"""The room as people use it: they type, speak and press through the page's API, and read with an unmodified `slack_sdk`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from slack_sdk import WebClient

from .alarms import Alarms, now
from .cloud import Cloud
from .control import Control
from .door import Door
from .events import Events
from .faults import Faults
from .message import Message, words_of
from .outside import Outside
from .verdict import Verdict
from .waiting import until
from .webhooks import Webhooks

DANA, AVERY, ROBIN, GALE, SASHA = "U0DEPLOYER", "U0APPROVER", "U0READER", "U0GUEST", "U0STRANGER"
BOT = "U0OPSROOM"
OPS, GITHUB, BUILDS, MONIT = "C0OPS", "C0GITHUB", "C0BUILDS", "C0MONIT"
BYTES, DJ, LOUNGE = "C0BYTES", "C0DJ", "C0LOUNGE"

QUICK = {
    "post_per_second": 1000.0,
    "post_burst": 1000.0,
    "update_per_minute": 60000.0,
    "update_burst": 1000.0,
    "retry_scale": 0.01,
    "unfurl_ms": 20,
}
"""Slack's pace is a scenario of its own; the others need not wait for it."""
PATIENCE = 20
"""Seconds; the longest that something takes where nothing goes wrong, many times over."""
PACE = 150
"""Milliseconds that an action of a pipeline takes."""


class Room:
    """The room during one scenario. Whatever the app says has to be looked at by the scenario, or `finish` complains."""

    def __init__(self, endpoints: dict, aws: Callable, slack: Callable[..., WebClient]):
        self.endpoints = endpoints
        self.slack = slack
        self.page = Control(endpoints["room"].rstrip("/") + "/api")
        self.workspace = Control(endpoints["control"]["slack"])
        self.gateway = Control(endpoints["control"]["aws"])
        self.cloud = Cloud(endpoints, aws)
        self.door = Door(endpoints["slack_ingress"], endpoints["slack_signing_secret"])
        self.webhooks = Webhooks(endpoints)
        self.outside = Outside(self.page)
        self.alarms = Alarms(self)
        self.faults = Faults(self.gateway, self.workspace)
        self.events = Events(self.workspace)
        self.verdict = Verdict(self)
        self.seen: set[tuple[str, str]] = set()

    def begin(self) -> None:
        """Starts from quiet, and remembers what was there before."""
        self.faults.clear()
        self.events.clear()
        self._settings = self.workspace.get("/settings")["settings"]
        self._pace = self.gateway.get("/pace")["ms"]
        self.workspace.post("/settings", QUICK)
        self.pace(PACE)
        self.verdict.calm()
        self.cloud.forget_rooms()
        self.workspace.delete("/requests")
        self.workspace.delete("/calls")
        self.gateway.delete("/calls")
        self.began = datetime.now(UTC)
        self.since = f"{self.began.timestamp():.6f}"
        self.log_length = len(self.cloud.audit())
        self.dead_before = self.cloud.dead_letters()

    def finish(self) -> None:
        """Fails on anything that the scenario did not expect."""
        try:
            self.verdict.give()
        finally:
            self.restore()

    def restore(self) -> None:
        """Leaves the cloud to the next one, also after a failure."""
        self.faults.clear()
        self.events.clear()
        self.workspace.post("/settings", self._settings)
        self.pace(self._pace)

    # What people do

    def types(self, person: str, line: str, channel: str = OPS) -> dict:
        """Types `/ops <line>`; fails if Slack shows an error for it."""
        answer = self.tries(person, line, channel)
        assert answer["ok"], answer
        return answer

    def tries(self, person: str, line: str, channel: str = OPS) -> dict:
        """Types `/ops <line>`, whatever comes of it."""
        return self.page.post("/commands", {"as": person, "channel": channel, "command": "/ops", "text": line})

    def says(self, person: str, text: str, channel: str = OPS, thread: str | None = None) -> str:
        """Says something, with an unmodified client and the person's own token; returns its `ts`.

        A client that people use turns `@ops` into the id; the Web API does not.
        """
        text = text.replace("@ops", f"<@{BOT}>")
        return self.slack(person).chat_postMessage(channel=channel, text=text, thread_ts=thread)["ts"]

    def posts(self, person: str, text: str, channel: str = OPS, thread: str | None = None) -> str:
        """Writes something in the composer, as people do: links show what they lead to; returns its `ts`."""
        return self._acts(person, "/messages", channel, text=text, thread_ts=thread)["ts"]

    def edits(self, person: str, ts: str, text: str, channel: str = OPS) -> None:
        """Changes what they wrote."""
        self._acts(person, "/messages/edit", channel, ts=ts, text=text)

    def deletes(self, person: str, ts: str, channel: str = OPS) -> None:
        """Takes back what they wrote."""
        self._acts(person, "/messages/delete", channel, ts=ts)

    def reacts(self, person: str, ts: str, emoji: str, channel: str = OPS) -> None:
        """Adds an emoji to a message."""
        self._acts(person, "/reactions", channel, ts=ts, name=emoji)

    def unreacts(self, person: str, ts: str, emoji: str, channel: str = OPS) -> None:
        """Takes an emoji away again."""
        self._acts(person, "/reactions", channel, ts=ts, name=emoji, remove=True)

    def shares(self, person: str, name: str, content: str, words: str = "", channel: str = OPS) -> None:
        """Shares a file, with words beside it."""
        self.slack(person).files_upload_v2(channel=channel, filename=name, content=content, initial_comment=words)

    def unfurls(self, url: str, **attachment: object) -> None:
        """Says what an address shows below a message: `title`, `text`, `service_name` and so on; without any, nothing."""
        self.workspace.post("/unfurls", {"url": url, "attachment": attachment or None})

    def _acts(self, person: str, path: str, channel: str, **fields: object) -> dict:
        answer = self.page.post(path, {"as": person, "channel": channel, **fields})
        assert answer["ok"], answer
        return answer

    def presses(self, person: str, message: Message, label: str) -> None:
        """Presses a button. A message that changes while somebody reaches for it is pressed as it is then, as people do."""
        answer: dict = {}

        def pressed() -> bool:
            nonlocal answer, message
            found = [(block, button) for block, button in message.buttons() if button["text"]["text"] == label]
            assert len(found) == 1, f"{label!r} is no button of {message}"
            block, button = found[0]
            container = {"type": "message", "channel": message.channel, "message_ts": message.ts, "ephemeral": bool(message.only_for)}
            answer = self.page.post(
                "/actions",
                {"as": person, "container": container, "block_id": block, "action_id": button["action_id"], "action": button},
            )
            if answer.get("error") == "action_not_found" and not message.only_for:
                message = next(now for now in self.messages(message.channel) if now.ts == message.ts)
                return False
            return True

        until(f"{label!r} is pressed", pressed, told=lambda: str(answer))
        assert answer["ok"], answer

    def chooses(self, person: str, message: Message, menu: str, value: str) -> dict:
        """Chooses something in a menu, whatever comes of it; the other menus stay as they are."""
        block, element = message.menus()[menu]
        container = {"type": "message", "channel": message.channel, "message_ts": message.ts, "ephemeral": bool(message.only_for)}
        chosen = {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": value}, "value": value}}
        return self.page.post(
            "/actions",
            {
                "as": person,
                "container": container,
                "block_id": block,
                "action_id": element["action_id"],
                "action": chosen,
                "state": {"values": {block: {element["action_id"]: chosen}}},
            },
        )

    def submits(self, person: str, words: str) -> None:
        """Writes into the dialog that is open before a person, and sends it."""

        def look() -> list[dict]:
            views = [view for view in self.workspace.get("/history")["views"] if view["user"] == person]
            return [view for view in views if any(block["type"] == "input" for block in view["blocks"])]

        (view,) = until("a dialog that asks for words", look)
        (field,) = [block for block in view["blocks"] if block["type"] == "input"]
        value = {"type": "plain_text_input", "value": words or None}
        values = {field["block_id"]: {field["element"]["action_id"]: value}}
        answer = self.page.post(f"/views/{view['id']}/submit", {"as": person, "state": {"values": values}})
        assert answer["ok"], answer

    # What people see

    def messages(self, channel: str) -> list[Message]:
        """What the app has said to all in a channel during this scenario, in threads too, oldest first."""
        reader = self.slack()
        found, threads = [], []
        for page in reader.conversations_history(channel=channel, limit=200, oldest=self.since, include_all_metadata=True):
            found += page["messages"]
            threads += [message["ts"] for message in page["messages"] if message.get("reply_count")]
        for thread in threads:
            for page in reader.conversations_replies(channel=channel, ts=thread, limit=200, include_all_metadata=True):
                found += [message for message in page["messages"] if message["ts"] != thread]
        return sorted((Message(channel, raw) for raw in found if raw.get("bot_id")), key=lambda message: message.ts)

    def direct(self, person: str) -> str:
        """The conversation of the app with one person."""
        return self.slack().conversations_open(users=person)["channel"]["id"]

    def sees_all(self, channel: str) -> list[Message]:
        """Everything said to all in a channel so far, looked at."""
        messages = self.messages(channel)
        self.seen |= {(message.channel, message.ts) for message in messages}
        return messages

    def private_messages(self, channel: str, person: str) -> list[Message]:
        """What one person alone was told during this scenario."""
        ephemerals = self.workspace.get("/history")["channels"][channel]["ephemerals"]
        return [Message(channel, raw, person) for raw in ephemerals if raw["only_for"] == person and raw["ts"] > self.since]

    def message(
        self, says: str, channel: str = OPS, *, about: str = "", thread: str | None = None, seconds: float = PATIENCE
    ) -> Message:
        """Waits for the one message to all that says this. `about` is how its key begins: `run/`, `pull/`, `answer/`.

        Words under one of the app's own messages are found in their thread alone.
        """

        def look() -> list[Message]:
            said = self.messages(channel)
            own = {message.ts for message in said}
            there = [m for m in said if (m.thread == thread if thread else m.thread not in own)]
            return [m for m in there if says in m.text and (m.key or "").startswith(about)]

        return self._one(says, look, lambda: self.messages(channel), seconds)

    def private(
        self, person: str, says: str, channel: str = OPS, *, unlike: Message | None = None, seconds: float = PATIENCE
    ) -> Message:
        """Waits for the one message to this person alone that says this; `unlike` one that was there before."""

        def look() -> list[Message]:
            return [m for m in self.private_messages(channel, person) if says in m.text and (not unlike or m.ts != unlike.ts)]

        return self._one(says, look, lambda: self.private_messages(channel, person), seconds)

    def _one(self, says: str, look: Callable, instead: Callable, seconds: float) -> Message:
        found = until(f"a message that says {says!r}", look, seconds, lambda: "\n".join(["There is:", *map(str, instead())]))
        assert len(found) == 1, f"{says!r} is said {len(found)} times"
        self.seen.add((found[0].channel, found[0].ts))
        return found[0]

    def dialog(self, person: str, says: str) -> str:
        """Waits for an open dialog that says this; returns all it says."""

        def look() -> str:
            views = [view for view in self.workspace.get("/history")["views"] if view["user"] == person]
            texts = ["\n".join(words_of(block) for block in view["blocks"]) for view in views]
            return next((text for text in texts if says in text), "")

        return until(f"a dialog that says {says!r}", look)

    # What the scenarios say often

    def deploys(self, person: str, line: str, says: str = "Deploying", channel: str = OPS) -> Message:
        """Types `/ops deploy <line>` and waits for the message to say so much."""
        self.types(person, f"deploy {line}", channel)
        service, environment = line.split("@")[0].split()[0], line.split(" to ")[1].split()[0]
        return self.message(f"{says} {service} to {environment}", channel)

    def again(self, message: Message, says: str, seconds: float = PATIENCE) -> Message:
        """The same message, once it says this."""

        def look() -> Message | None:
            return next((m for m in self.messages(message.channel) if m.ts == message.ts and says in m.text), None)

        def told() -> str:
            return "\n".join(["There is:", *map(str, self.messages(message.channel))])

        return until(f"{message.key} says {says!r}", look, seconds, told)

    def pace(self, milliseconds: int) -> None:
        """How long an action of a pipeline takes."""
        self.gateway.post("/pace", {"ms": milliseconds})

    def runs(self, pipeline: str) -> list[dict]:
        """The pipeline's executions that began during this scenario."""
        return [execution for execution in self.cloud.executions(pipeline) if execution["startTime"] >= self.began]

    def host(self, service: str, environment: str) -> dict:
        """What a service itself says that it runs."""
        return self.gateway.get(f"/hosts/{service}/{environment}/version")

    def calls(self, operation: str) -> list[dict]:
        """The calls of one AWS operation during this scenario."""
        return [call for call in self.gateway.get("/calls?since=0")["calls"] if call["operation"] == operation]

    def mentions_told(self) -> list[dict]:
        """Slack's requests about mentions of the app during this scenario; of the same message it tells as a plain one, too."""
        requests = self.workspace.get("/requests")["requests"]
        return [one for one in requests if one["path"] == "/events" and '"app_mention"' in one["request"]]

    def recorded(self) -> list[dict]:
        """The audit log's records of this scenario."""
        return [entry["record"] for entry in self.cloud.audit()[self.log_length :]]

    def moment(self, seconds: float = 0) -> str:
        """A moment so many seconds from now."""
        return now(timedelta(seconds=seconds))

    def tick(self, minutes: float = 0) -> dict:
        """Lets the clock's function run, some minutes later than it is."""
        return self.cloud.tick(timedelta(minutes=minutes))
