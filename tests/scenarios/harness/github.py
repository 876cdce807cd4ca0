"""Payloads of one repository as GitHub sends them ("Webhook events and payloads", docs.github.com), with what is read of them."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

from .webhooks import Webhooks

CLOCK = itertools.count()
"""GitHub's times have whole seconds; each event here is a second later than the one before."""


def _now() -> str:
    return (datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(seconds=next(CLOCK))).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(login: str) -> dict:
    """A person, or an app."""
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User", "html_url": f"https://github.com/{login}"}


def sha(text: object) -> str:
    """A commit's id, the same for the same text."""
    return hashlib.sha1(str(text).encode(), usedforsecurity=False).hexdigest()


class Repository:
    """A repository with a hook to the app."""

    def __init__(self, webhooks: Webhooks, name: str):
        self.webhooks = webhooks
        self.name = name
        self.url = f"https://github.com/{name}"

    def tells(self, event: str, payload: dict, by: str = "octocat", *, delivery: str | None = None) -> dict:
        """Sends an event; returns the payload, to be sent again."""
        repository = {"id": 1, "full_name": self.name, "html_url": self.url, "default_branch": "main"}
        whole = {"repository": repository, "sender": user(by), **payload}
        self.webhooks.takes("github", event, whole, delivery=delivery)
        return whole

    def pushes(self, *titles: str, branch: str = "main", by: str = "octocat", forced: bool = False, paths: list[str] | None = None) -> dict:
        """Commits on a branch."""
        commits = [
            {
                "id": sha((self.name, branch, title)),
                "message": title,
                "url": f"{self.url}/commit/{sha((self.name, branch, title))}",
                "author": {"name": by, "email": f"{by}@example.com", "username": by},
                "added": [],
                "removed": [],
                "modified": paths or ["README.md"],
            }
            for title in titles
        ]
        head = commits[-1]
        payload = {
            "ref": f"refs/heads/{branch}",
            "before": sha("before"),
            "after": head["id"],
            "created": False,
            "deleted": False,
            "forced": forced,
            "compare": f"{self.url}/compare/1...2",
            "commits": commits,
            "head_commit": head,
            "pusher": {"name": by},
        }
        return self.tells("push", payload, by)

    def pull(self, number: int, title: str, *, by: str = "octocat", labels: tuple[str, ...] = ()) -> "Pull":
        """A pull request, not yet opened."""
        return Pull(self, number, title, by, labels)

    def run(self, number: int, action: str, conclusion: str | None = None, *, branch: str = "main", by: str = "octocat", name: str = "CI") -> dict:
        """A run of a workflow (`workflow_run`)."""
        now = _now()
        run = {
            "id": 9000 + number,
            "name": name,
            "run_number": number,
            "run_attempt": 1,
            "event": "push",
            "status": "completed" if conclusion else "in_progress",
            "conclusion": conclusion,
            "html_url": f"{self.url}/actions/runs/{9000 + number}",
            "head_branch": branch,
            "head_sha": sha((self.name, number)),
            "head_commit": {"id": sha((self.name, number)), "message": f"Change {number}", "author": {"name": by, "email": f"{by}@example.com"}},
            "actor": user(by),
            "triggering_actor": user(by),
            "run_started_at": f"2026-11-20T08:{number:02}:00Z",
            "created_at": f"2026-11-20T08:{number:02}:00Z",
            "updated_at": now,
            "pull_requests": [],
        }
        return self.tells("workflow_run", {"action": action, "workflow_run": run, "workflow": {"name": name}}, by)

    def job(self, number: int, name: str, conclusion: str | None, step: str) -> dict:
        """A job of a run (`workflow_job`)."""
        job = {
            "id": 70000 + number,
            "run_id": 9000 + number,
            "run_attempt": 1,
            "workflow_name": "CI",
            "name": name,
            "status": "completed" if conclusion else "in_progress",
            "conclusion": conclusion,
            "head_branch": "main",
            "head_sha": sha((self.name, number)),
            "html_url": f"{self.url}/actions/runs/{9000 + number}/job/1",
            "started_at": _now(),
            "completed_at": _now() if conclusion else None,
            "steps": [
                {"name": "Check out", "status": "completed", "conclusion": "success", "number": 1},
                {"name": step, "status": "completed" if conclusion else "in_progress", "conclusion": conclusion, "number": 2},
            ],
        }
        return self.tells("workflow_job", {"action": "completed" if conclusion else "in_progress", "workflow_job": job})


class Pull:
    """A pull request."""

    def __init__(self, repository: Repository, number: int, title: str, by: str, labels: tuple[str, ...]):
        self.repository = repository
        self.state = {
            "number": number,
            "title": title,
            "html_url": f"{repository.url}/pull/{number}",
            "state": "open",
            "draft": False,
            "merged": False,
            "merged_by": None,
            "user": user(by),
            "base": {"ref": "main"},
            "head": {"ref": "topic", "sha": sha((number, title))},
            "labels": [{"name": label} for label in labels],
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "additions": 12,
            "deletions": 3,
            "changed_files": 2,
            "comments": 0,
            "created_at": _now(),
            "updated_at": _now(),
        }

    def __str__(self) -> str:
        return self.state["html_url"]

    def does(self, action: str, by: str = "octocat", extra: dict | None = None, **changes: object) -> dict:
        """Something is done to it."""
        self.state = {**self.state, **changes, "updated_at": _now()}
        payload = {"action": action, "number": self.state["number"], "pull_request": self.state, **(extra or {})}
        return self.repository.tells("pull_request", payload, by)

    def reviewed(self, by: str, verdict: str, text: str = "") -> dict:
        """A review is submitted."""
        review = {
            "id": 5000 + next(CLOCK),
            "user": user(by),
            "body": text,
            "state": verdict,
            "html_url": f"{self}#pullrequestreview-1",
            "submitted_at": _now(),
        }
        return self.repository.tells("pull_request_review", {"action": "submitted", "review": review, "pull_request": self.state}, by)

    def checked(self, name: str, conclusion: str) -> dict:
        """A check of its newest commit ends."""
        check = {
            "id": 6000 + next(CLOCK),
            "name": name,
            "status": "completed",
            "conclusion": conclusion,
            "head_sha": self.state["head"]["sha"],
            "html_url": f"{self}/checks",
            "started_at": _now(),
            "completed_at": _now(),
            "pull_requests": [{"number": self.state["number"]}],
            "app": {"slug": "lint-app"},
            "check_suite": {"head_branch": "topic"},
        }
        return self.repository.tells("check_run", {"action": "completed", "check_run": check}, "lint-app[bot]")
