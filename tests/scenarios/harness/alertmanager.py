"""A real Prometheus Alertmanager that tells the app's door of its alerts (Debian's package `prometheus-alertmanager`)."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import urllib3
from opsroom_local.network import HOST, choose_port

from .waiting import until

CONFIGURATION = """
route:
  receiver: opsroom
  group_by: [alertname, service, environment]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: opsroom
    webhook_configs:
      - url: {url}
        send_resolved: true
        http_config:
          authorization: {{type: Bearer, credentials: "{secret}"}}
"""


class Alertmanager:
    """The server, for as long as a scenario needs it."""

    def __init__(self, endpoints: dict, folder: Path):
        program = shutil.which("prometheus-alertmanager")
        assert program, "prometheus-alertmanager is missing; install it (Debian: apt-get install prometheus-alertmanager)"
        self.address = f"http://{HOST}:{choose_port(0, set())}"
        url = endpoints["webhook_ingress"].rstrip("/") + "/alerts/alertmanager"
        configuration = folder / "alertmanager.yml"
        configuration.write_text(CONFIGURATION.format(url=url, secret=endpoints["alertmanager_webhook_secret"]))
        self._log = folder / "alertmanager.log"
        command = [program, f"--config.file={configuration}", f"--storage.path={folder / 'data'}", "--cluster.listen-address="]
        self._command = [*command, f"--web.listen-address={self.address.removeprefix('http://')}"]

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)  # noqa: S603
        until("Alertmanager is ready", self._is_ready, 20, self._log.read_text)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _is_ready(self) -> bool:
        try:
            return urllib3.request("GET", f"{self.address}/-/ready", retries=False, timeout=2).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def fires(self, name: str, summary: str, **labels: str) -> None:
        """An alert fires from now on."""
        self._tells(name, summary, labels, timedelta(hours=1))

    def is_well(self, name: str, summary: str, **labels: str) -> None:
        """It fires no more."""
        self._tells(name, summary, labels, timedelta())

    def _tells(self, name: str, summary: str, labels: dict, ends_in: timedelta) -> None:
        """As Prometheus does it: Alertmanager's API, version 2."""
        ends = (datetime.now(UTC) + ends_in).isoformat()
        alert = {
            "labels": {"alertname": name, **labels},
            "annotations": {"summary": summary, "runbook_url": "https://runbooks.example/" + name},
            "endsAt": ends,
            "generatorURL": "https://prometheus.example/graph",
        }
        answer = urllib3.request("POST", f"{self.address}/api/v2/alerts", json=[alert], retries=False, timeout=5)
        assert answer.status == 200, answer.data
