"""The room in a real browser: what a newcomer does in the first minutes, through the deployed stack."""

import re
import uuid
from collections.abc import Callable

import pytest
from chat_page import NARROW, identity
from playwright.sync_api import expect

STAGES = ["Source", "Build", "Test", "Deploy"]
# In this order, and none twice; Slack may be shown less than all of them.
TITLES = ["Starting to deploy web to staging", "Deploying web to staging", "Deployed web to staging"]


@pytest.fixture
def said(slack: Callable) -> Callable[[str], list[dict]]:
    """`said("to staging")`: what the app said in #ops since the test began, as Slack's own API tells it and not the page."""
    client = slack()
    latest = client.conversations_history(channel="C0OPS", limit=1)["messages"]
    since = latest[0]["ts"] if latest else "0"

    def since_then(text: str) -> list[dict]:
        page = client.conversations_history(channel="C0OPS", oldest=since, limit=200)
        return [one for one in page["messages"] if one.get("bot_id") and text in one["text"]]

    return since_then


def test_one_message_goes_from_starting_to_deployed(open_room: Callable, said: Callable):
    dana = open_room("U0DEPLOYER")
    dana.composer.press_sequentially("/ops d")
    expect(dana.by_id("suggestions")).to_be_visible()
    expect(dana.by_id("suggestion-deploys")).to_be_visible()
    dana.picture("1-suggestions")
    dana.composer.press("Tab")
    expect(dana.composer).to_have_value("/ops deploy ")
    expect(dana.by_id("usage")).to_contain_text("deploy <service>[@ref]… to <environment>")
    dana.composer.press_sequentially("web@v2 to staging")
    dana.picture("2-typed")
    dana.composer.press("Enter")

    expect(dana.messages("/ops deploy web@v2 to staging").last).to_be_visible()
    card = dana.messages(re.compile("(Starting to deploy|Deploying) web to staging")).last
    expect(dana.button(card, "cancel_deployment")).to_be_visible()
    name = identity(card)
    message = dana.by_id(name)
    expect(message).to_contain_text("●")
    dana.picture("3-under-way")

    expect(message).to_contain_text(TITLES[-1])
    for stage in STAGES:
        expect(message).to_contain_text(re.compile(rf"✓\s*{stage}\s+\d+ s"))
    expect(message).to_contain_text("v2")
    expect(message).to_contain_text("@Dana Deployer")
    expect(message).to_contain_text(re.compile(r"took \d+ s"))
    expect(dana.button(message, "cancel_deployment")).to_have_count(0)
    dana.picture("4-deployed")

    seen = dana.titles(name)
    assert seen == [title for title in TITLES if title in seen], seen
    assert len(seen) >= 2, seen
    (only,) = said("web to staging")
    assert f"message-{only['ts']}" == name

    dana.button(message, "explain_deployment").click()
    modal = dana.by_id("modal")
    expect(modal).to_contain_text("aws codepipeline start-pipeline-execution")
    expect(modal).to_contain_text("web-staging")
    expect(modal).to_contain_text("v2")
    dana.picture("5-how")
    dana.by_id("modal-close").click()
    expect(modal).to_have_count(0)


def test_a_deployment_is_cancelled_by_its_button(open_room: Callable, said: Callable):
    dana = open_room("U0DEPLOYER")
    dana.say("/ops deploy worker@v3 to staging")
    card = dana.messages(re.compile("(Starting to deploy|Deploying) worker to staging")).last
    message = dana.by_id(identity(card))
    cancel = dana.button(message, "cancel_deployment")

    cancel.click()
    confirm = dana.by_id("confirm")
    expect(confirm).to_contain_text("Stop worker to staging?")
    dana.picture("1-asks-first")
    dana.by_id("confirm-deny").click()
    expect(confirm).to_have_count(0)
    expect(cancel).to_be_visible()

    cancel.click()
    dana.by_id("confirm-yes").click()
    expect(message).to_contain_text("Cancelled: worker to staging by @Dana Deployer")
    expect(cancel).to_have_count(0)
    dana.picture("2-cancelled")
    assert len(said("worker to staging")) == 1


def test_a_typo_in_a_read_is_a_button_away_from_its_answer(open_room: Callable, said: Callable, slack: Callable):
    since = slack("U0DEPLOYER").chat_postMessage(channel="C0OPS", text="What runs now?")["ts"]
    dana = open_room("U0DEPLOYER")
    expect(dana.by_id(f"message-{since}")).to_be_visible()
    dana.say("/ops statsu")
    answer = dana.answers(since, "statsu")
    expect(answer).to_have_count(1)
    run = dana.button(answer, "run_read")
    expect(run).to_have_text("Run /ops status")
    dana.picture("1-typo")
    run.click()
    status = dana.answers(since, "What runs where")
    expect(status).to_have_count(1)
    expect(status).to_contain_text("production")
    dana.picture("2-answer")
    assert said("statsu") == []
    assert said("What runs where") == []


def test_who_may_not_deploy_is_told_why_and_alone(open_room: Callable, said: Callable, slack: Callable):
    since = slack("U0DEPLOYER").chat_postMessage(channel="C0OPS", text="Robin, can you deploy?")["ts"]
    room = open_room("U0DEPLOYER")
    room.become("U0READER")
    expect(room.by_id(f"message-{since}")).to_be_visible()
    room.say("/ops deploy api to staging")
    refusal = room.answers(since, "Not allowed")
    expect(refusal).to_have_count(1)
    expect(refusal).to_contain_text("Rule: role")
    expect(refusal).to_contain_text("nothing was done")
    room.picture("1-robin")

    # Asked after the refusal and answered: what Robin was told would have come by now, had it been sent to Dana.
    room.become("U0DEPLOYER")
    expect(room.by_id(f"message-{since}")).to_be_visible()
    room.say("/ops whoami")
    expect(room.answers(since, "You are @Dana Deployer")).to_have_count(1)
    expect(room.answers(since, "Not allowed")).to_have_count(0)
    room.picture("2-dana")
    assert said("api to staging") == []


def test_a_mention_in_a_thread_is_answered_there(open_room: Callable, slack: Callable):
    parent = slack("U0DEPLOYER").chat_postMessage(channel="C0OPS", text="What can this app do?")["ts"]
    dana = open_room("U0DEPLOYER")
    message = dana.by_id(f"message-{parent}")
    message.hover()
    dana.by_id(f"reply-{parent}").click()
    thread = dana.by_id("thread-pane")
    dana.by_id("thread-composer").press_sequentially("@ops he")
    expect(dana.by_id("suggestion-help")).to_be_visible()
    dana.picture("1-typing")
    dana.by_id("thread-composer").press_sequentially("lp")
    dana.by_id("thread-composer").press("Enter")
    answer = thread.get_by_test_id(re.compile("^message-")).filter(has_text="What you can ask here")
    expect(answer).to_have_count(1)
    expect(answer).to_contain_text("deploy <service>[@ref]… to <environment>")
    dana.picture("2-answered")
    dana.by_id("thread-close").click()
    expect(thread).to_have_count(0)


def test_a_narrow_window_has_room_for_all(open_room: Callable):
    dana = open_room("U0DEPLOYER", size=NARROW, theme="dark")
    dana.say("/ops deploy web@broken to production --reason shows a failure")
    card = dana.messages(re.compile("(Starting to deploy|Deploying) web to production")).last
    message = dana.by_id(identity(card))
    expect(message).to_contain_text("Failed to deploy web to production")
    expect(message).to_contain_text("shows a failure")
    expect(message).to_contain_text(re.compile(r"✕\s*Test"))
    replies = message.get_by_test_id(re.compile("^replies-"))
    expect(replies).to_be_visible()
    dana.picture("1-failed")
    dana.has_room_for_all()

    replies.click()
    expect(dana.by_id("thread-pane")).to_contain_text("@Dana Deployer")
    dana.picture("2-thread")
    dana.by_id("thread-close").click()
    dana.by_id("menu").click()
    expect(dana.by_id("persona-U0READER")).to_be_in_viewport()
    dana.picture("3-menu")


def test_a_push_from_the_outside_world_appears_beside_it(open_room: Callable):
    title = f"Count what the panel pushes {uuid.uuid4().hex[:6]}"
    dana = open_room("U0DEPLOYER")
    dana.by_id("channel-C0GITHUB").click()
    dana.say("/ops gh subscribe acme/web commits")
    expect(dana.messages("acme/web").last).to_be_visible()

    dana.by_id("outside").click()
    panel = dana.by_id("outside-panel")
    expect(panel).to_be_focused()
    expect(dana.by_id("outside")).to_have_attribute("aria-expanded", "true")
    dana.by_id("field-repository").fill("acme/web")
    dana.by_id("field-commits").fill(title)
    dana.picture("1-panel")
    dana.by_id("do-github-push").press("Enter")
    expect(dana.by_id("deed")).to_contain_text("Pushed 1 commit to main of acme/web")
    expect(dana.by_id("sent")).to_contain_text("202 · queued")
    expect(dana.messages(title)).to_have_count(1)
    dana.by_id("sent").locator("summary").click()
    expect(dana.by_id("sent")).to_contain_text("X-Hub-Signature-256: sha256=")
    dana.picture("2-pushed")

    # What could not be done before can be now.
    dana.by_id("action-github-open_issue").click()
    dana.by_id("do-github-open_issue").click()
    expect(dana.by_id("deed")).to_contain_text("Opened acme/api#")
    dana.by_id("action-github-close_issue").click()
    expect(dana.by_id("do-github-close_issue")).to_be_enabled()

    dana.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(dana.by_id("outside")).to_be_focused()
    dana.say("/ops gh unsubscribe acme/web")
    expect(dana.messages("nsubscribed").last).to_be_visible()


def test_an_alert_is_raised_taken_and_over(open_room: Callable):
    name = f"panel-{uuid.uuid4().hex[:6]}"
    dana = open_room("U0DEPLOYER")
    dana.by_id("channel-C0MONIT").click()
    dana.by_id("outside").click()
    dana.by_id("sender-grafana").click()
    dana.by_id("field-name").fill(name)
    dana.by_id("field-service").fill("web")
    dana.by_id("do-grafana-raise").click()
    expect(dana.by_id("deed")).to_contain_text(f"{name} fires")
    shown = dana.messages(f"Alert: {name}")
    expect(shown).to_have_count(1)
    dana.picture("1-raised")
    acted_on = identity(shown)

    shown.get_by_role("button", name="Acknowledge").click()
    taken = dana.by_id(acted_on)
    expect(taken).to_contain_text(f"Acknowledged: {name}")
    expect(taken).to_contain_text("Dana Deployer has it")
    dana.picture("2-taken")

    dana.by_id("action-grafana-resolve").click()
    dana.by_id("do-grafana-resolve").click()
    expect(taken).to_contain_text(f"Resolved: {name}")
    expect(taken).to_contain_text("by itself")
    dana.picture("3-over")
