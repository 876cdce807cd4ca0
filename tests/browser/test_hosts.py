"""Hosts in a real browser: what a restart, a long log and a line that says too little look like to whoever asked."""

import re
import time
from collections.abc import Callable

from chat_page import NARROW, identity
from playwright.sync_api import expect

GROUP = "/services/web-staging"
HOSTS = ["api-staging-1", "api-staging-2"]
# A commit, as short as people read it.
VERSION = r"[0-9a-f]{7} · healthy after \d+ s"


def test_a_restart_goes_host_by_host_in_one_message(open_room: Callable):
    dana = open_room("U0DEPLOYER")
    dana.say("/ops restart api in staging")
    message = dana.by_id(identity(dana.messages("Restarting api in staging").last))
    for host in HOSTS:
        expect(message).to_contain_text(host)
    dana.picture("1-under-way")
    expect(message).to_contain_text("Restarted api in staging")
    expect(message).to_contain_text("2 of 2 hosts")
    for host in HOSTS:
        expect(message).to_contain_text(re.compile(rf"{host}\s*{VERSION}"))
    expect(message.locator(".sign-good")).to_have_count(len(HOSTS))
    dana.picture("2-done")

    message.get_by_role("button", name="How?").click()
    modal = dana.by_id("modal")
    expect(modal).to_contain_text("aws ssm send-command")
    expect(modal).to_contain_text("opsroom-restart-service")
    dana.picture("3-how")
    dana.by_id("modal-close").click()

    message.get_by_role("button", name="Check").click()
    table = dana.below(identity(message).removeprefix("message-"), "How hosts stand: api in staging")
    expect(table).to_contain_text("active")
    code = table.locator("pre")
    expect(code).to_have_class("columns")
    dana.picture("4-check")


def test_a_long_log_is_a_file_below_its_message(open_room: Callable, slack: Callable, aws: Callable):
    write(aws("logs"), [f"order {number} was packed" for number in range(300)])
    since = slack("U0DEPLOYER").chat_postMessage(channel="C0OPS", text="What did it pack?")["ts"]
    dana = open_room("U0DEPLOYER", size=NARROW, theme="dark")
    expect(dana.by_id(f"message-{since}")).to_be_visible()
    dana.say("/ops logs web in staging --since 5m --lines 200 --grep packed")
    message = dana.by_id(identity(dana.below(since, "Log of web in staging")))
    replies = message.get_by_test_id(re.compile("^replies-"))
    expect(replies).to_contain_text("2 replies")
    dana.picture("1-read")
    replies.click()
    thread = dana.by_id("thread-pane")
    expect(thread).to_contain_text("The last 30 of 200 lines")
    file = thread.locator(".file-card")
    expect(file).to_contain_text("logs web in staging")
    expect(file.get_by_role("link", name="Open")).to_have_attribute("href", re.compile("/files/"))
    expect(file.locator("pre")).to_contain_text("order 100 was packed")
    file.scroll_into_view_if_needed()
    dana.picture("2-file")
    dana.has_room_for_all()


def write(logs, lines: list[str]) -> None:
    """Writes lines into the log group of web in staging, now."""
    stream = f"browser-{time.time_ns()}"
    try:
        logs.create_log_group(logGroupName=GROUP)
    except logs.exceptions.ResourceAlreadyExistsException:
        pass
    logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    now = time.time_ns() // 1_000_000
    events = [{"timestamp": now - len(lines) + number, "message": line} for number, line in enumerate(lines)]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


def test_a_line_that_says_too_little_is_finished_with_menus(open_room: Callable, slack: Callable):
    since = slack("U0DEPLOYER").chat_postMessage(channel="C0OPS", text="Which one again?")["ts"]
    dana = open_room("U0DEPLOYER")
    expect(dana.by_id(f"message-{since}")).to_be_visible()
    dana.say("/ops check")
    asked = dana.answers(since, "Still to say")
    expect(asked).to_have_count(1)
    dana.picture("1-asked")
    for menu, option in (("service", "api"), ("environment", "staging")):
        asked.get_by_role("button", name=re.compile(rf"{menu}$")).click()
        dana.page.get_by_role("option", name=option, exact=True).click()
    whole = dana.answers(since, "/ops check api in staging")
    expect(whole).to_contain_text("will be run when you press the button")
    dana.picture("2-chosen")
    whole.get_by_role("button", name="Run it").click()
    expect(dana.below(since, "How hosts stand: api in staging")).to_be_visible()
