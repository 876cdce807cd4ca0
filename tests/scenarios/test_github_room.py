"""The GitHub room: what a channel asked for is shown once, kept true, and nobody is called who isn't concerned."""

import json

from harness.github import Repository
from harness.message import Message
from harness.room import AVERY, DANA, GITHUB, GALE, OPS, ROBIN, Room


def repository(room: Room, name: str = "acme/api") -> Repository:
    return Repository(room.webhooks, name)


def subscribes(room: Room, line: str, channel: str = GITHUB, person: str = DANA) -> Message:
    """Types it; the echo names the subscription and who made it."""
    room.types(person, f"gh subscribe {line}", channel)
    echo = room.message(f"<@{person}>", channel)
    assert line.split()[0] in echo.text
    return echo


def test_a_push_is_one_message_however_often_it_is_told(room: Room):
    subscribes(room, "acme/api")
    told = repository(room).pushes(*[f"Step {n}" for n in range(12)])
    shown = room.message("Step 11", GITHUB)
    assert "12 commits" in shown.text
    assert "more" in shown.text
    for _ in range(2):
        room.webhooks.takes("github", "push", told, delivery="same-delivery")
    room.webhooks.takes("github", "push", told)
    repository(room).pushes("The next one")
    room.message("The next one", GITHUB)


def test_a_pull_request_is_one_card_that_is_always_true(room: Room):
    subscribes(room, "acme/* pulls reviews checks")
    pull = repository(room).pull(17, "Count once")
    opened = pull.does("opened")
    card = room.message("Count once", GITHUB)
    pull.does("labeled", labels=[{"name": "bug"}])
    room.again(card, "bug")
    pull.reviewed("hubot", "approved", "Just right.")
    room.again(card, "hubot")
    room.message("Just right.", GITHUB, thread=card.ts)
    pull.checked("lint", "failure")
    room.again(card, "1 failing")
    room.message("lint", GITHUB, thread=card.ts)
    pull.does("closed", state="closed", merged=True, merged_by={"login": "octocat", "type": "User"})
    merged = room.again(card, "erged")
    # What is told late, and again, turns nothing back.
    room.webhooks.takes("github", "pull_request", opened)
    pull.does("edited", title="Count exactly once")
    assert "erged" in room.again(merged, "Count exactly once").text


def test_only_who_is_concerned_is_called(room: Room):
    room.types(AVERY, "gh link avery-at-github", GITHUB)
    room.private(AVERY, "avery-at-github", GITHUB)
    subscribes(room, "acme/api pulls")
    pull = repository(room).pull(3, "Needs a look", by="avery-at-github")
    pull.does("opened", by="avery-at-github")
    card = room.message("Needs a look", GITHUB)
    assert f"<@{AVERY}>" not in card.text
    reviewer = {"login": "avery-at-github", "type": "User"}
    pull.does("review_requested", extra={"requested_reviewer": reviewer}, requested_reviewers=[reviewer])
    room.message(f"<@{AVERY}>", GITHUB, thread=card.ts)
    stranger = {"login": "nobody-here", "type": "User"}
    pull.does("review_requested", extra={"requested_reviewer": stranger}, requested_reviewers=[reviewer, stranger])
    room.again(card, "nobody-here")
    # A login that somebody has can't be taken.
    room.types(ROBIN, "gh link avery-at-github", GITHUB)
    room.private(ROBIN, f"<@{AVERY}>", GITHUB)


def test_filters_decide_and_explain_says_which(room: Room):
    subscribes(room, "acme/api pulls -label:wip -bots")
    hidden = repository(room).pull(8, "Half done", labels=("wip",))
    hidden.does("opened")
    by_app = repository(room).pull(9, "Bump everything", by="dependabot[bot]")
    by_app.does("opened", by="dependabot[bot]")
    shown = repository(room).pull(10, "All done")
    shown.does("opened")
    room.message("All done", GITHUB)
    room.types(DANA, f"gh explain {hidden}", GITHUB)
    room.private(DANA, "#8 isn't shown here because it has the label of -label:wip", GITHUB)
    room.types(DANA, f"gh explain {by_app}", GITHUB)
    room.private(DANA, "#9 isn't shown here because an app did it, and the subscription says -bots", GITHUB)
    room.types(DANA, f"gh explain {shown}", GITHUB)
    room.private(DANA, "#10 is shown here", GITHUB)
    room.types(DANA, "gh explain https://github.com/acme/api/pull/4711", GITHUB)
    room.private(DANA, "webhook", GITHUB)


def test_a_subscription_is_the_channels_and_can_be_undone(room: Room):
    echo = subscribes(room, "acme/web issues")
    room.presses(AVERY, echo, "Undo")
    room.message(f"<@{AVERY}>", GITHUB)
    repository(room, "acme/web").pushes("Nobody asked for this")
    room.types(ROBIN, "gh list", GITHUB)
    assert "acme/web" not in room.private(ROBIN, "", GITHUB).text
    # What was changed since can't be undone by the old button.
    room.presses(DANA, echo, "Undo")
    room.private(DANA, "changed", GITHUB)
    assert [record["request"] for record in room.recorded()][:2] == ["gh subscribe acme/web issues", "undo acme/web"]


def test_muted_is_quiet_but_never_stale_and_unsubscribed_is_over(room: Room):
    subscribes(room, "acme/api")
    pull = repository(room).pull(21, "Shown before")
    pull.does("opened")
    card = room.message("Shown before", GITHUB)
    room.types(DANA, "gh mute acme/api 2h", GITHUB)
    room.message("mute", GITHUB)
    repository(room).pushes("Unheard")
    pull.does("closed", state="closed", merged=False)
    room.again(card, "losed")
    room.types(DANA, "gh mute acme/api off", GITHUB)
    room.message("no longer muted", GITHUB)
    repository(room).pushes("Heard")
    room.message("Heard", GITHUB)
    room.types(DANA, "gh unsubscribe acme/api", GITHUB)
    room.message("nsubscribed", GITHUB)
    repository(room).pushes("Unasked")
    repository(room).pull(22, "Unasked, too").does("opened")


def test_hostile_text_is_shown_as_it_is(room: Room):
    subscribes(room, "acme/api commits issues")
    nasty = "<!channel> *bold* <https://evil.example|click> :tada: \u202etxt.exe \x00 `code`" + "\nline" * 10_000
    repository(room).pushes(nasty, "second")
    shown = room.message("click", GITHUB)
    assert not [part for block in shown.blocks() for part in [json.dumps(block)] if '"broadcast"' in part]
    assert "https://evil.example" not in shown.links()
    assert "\x00" not in json.dumps(shown.raw)


def test_a_repository_that_goes_away_parks_its_subscriptions_and_its_maker_is_told_once(room: Room):
    subscribes(room, "acme/old commits")
    renamed = {"action": "renamed", "changes": {"repository": {"name": {"from": "old"}}}}
    told = repository(room, "acme/new").tells("repository", renamed)
    for person in (DANA, AVERY):
        room.message("acme/old", room.direct(person))
    room.webhooks.takes("github", "repository", told)
    room.types(DANA, "gh list", GITHUB)
    assert "parked" in room.private(DANA, "acme/old", GITHUB).text


def test_who_may_not_subscribe_is_told_by_which_rule(room: Room):
    room.types(GALE, "gh subscribe acme/api", OPS)
    room.private(GALE, "guest", OPS)
    room.types(DANA, "gh subscribe acme", GITHUB)
    room.private(DANA, "owner/name", GITHUB)
    room.types(DANA, "gh subscribe acme/api pullz", GITHUB)
    room.private(DANA, "pulls", GITHUB)


def test_slack_asking_to_wait_loses_nothing_and_keeps_the_order(room: Room):
    subscribes(room, "acme/api commits")
    room.faults.slack("chat.postMessage", {"kind": "error", "status": 429, "error": "ratelimited", "retry_after": 1}, GITHUB, times=4)
    for number in range(6):
        repository(room).pushes(f"Pushed as number {number}")
    room.faults.struck(4)
    room.message("Pushed as number 5", GITHUB, seconds=60)
    numbers = [text for message in room.sees_all(GITHUB) for text in [message.text] if "Pushed as number" in text]
    assert [int(text.split("Pushed as number ")[1][0]) for text in numbers] == list(range(6))
