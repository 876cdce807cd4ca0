"""Hosts in a real browser: what a restart, a long log and a line that says too little look like to whoever asked."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

HOSTS = ["api-staging-1", "api-staging-2"]
# A commit, as short as people read it.
VERSION = re.compile(r"[0-9a-f]{7} · well again after \d+ s")


def test_a_restart_goes_host_by_host_in_one_message(open_room: Callable):
    dana = open_room("U0DEPLOYER")
    dana.say("/ops restart api in staging")
    message = dana.by_id(identity(dana.messages(re.compile("Restart(ing|ed) api in staging")).last))
    for host in HOSTS:
        expect(message).to_contain_text(host)
    dana.picture("1-under-way")
    expect(message).to_contain_text("Restarted api in staging")
    expect(message).to_contain_text("2 of 2 hosts")
    expect(message.get_by_text(VERSION)).to_have_count(len(HOSTS))
    expect(message.locator(".sign-good")).to_have_count(len(HOSTS))
    dana.picture("2-done")

    dana.button(message, "explain").or_(message.get_by_role("button", name="How?")).first.click()
    modal = dana.by_id("modal")
    expect(modal).to_contain_text("aws ssm send-command")
    expect(modal).to_contain_text("opsroom-restart-service")
    dana.picture("3-how")
    dana.by_id("modal-close").click()

    message.get_by_role("button", name="Check").click()
    table = dana.messages("How hosts stand: api in staging").last
    expect(table).to_contain_text("active")
    code = table.locator("pre")
    expect(code).to_have_class("columns")
    dana.picture("4-check")


def test_a_long_log_is_a_file_below_its_message(open_room: Callable):
    dana = open_room("U0DEPLOYER", size=(420, 860), theme="dark")
    dana.say("/ops logs api in staging --since 1h --lines 400")
    message = dana.by_id(identity(dana.messages("Log of api in staging").last))
    replies = message.get_by_test_id(re.compile("^replies-"))
    expect(replies).to_contain_text("2 replies")
    dana.picture("1-read")
    replies.click()
    thread = dana.by_id("thread-pane")
    expect(thread).to_contain_text("the file has all of them")
    file = thread.locator(".file-card")
    expect(file).to_contain_text(".txt")
    expect(file.get_by_role("link", name="Open")).to_have_attribute("href", re.compile("/files/"))
    expect(file.locator("pre")).to_contain_text("api-staging-1")
    file.scroll_into_view_if_needed()
    dana.picture("2-file")
    width = dana.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 420, f"{width} px wide"


def identity(message) -> str:
    """Which message it is."""
    expect(message).to_be_visible()
    return message.get_attribute("data-testid")
