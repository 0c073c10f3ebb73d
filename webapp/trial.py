"""One page a role, fetched over the network from the running demonstration, as a person would."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlencode

from webapp.demo import ReadyAccount

_MARK = re.compile(r'name="csrf_token" value="([^"]+)"')
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_CODE = re.compile(r"\b([2-9A-HJ-NP-Z]{8})\b")


class Kept:
    """A way out that keeps mails in memory: the codes of the trial are read from it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Keep one."""
        self.messages.append(message)

    def code_for(self, address: str) -> str:
        """The newest code that went to an address.

        Raises
        ------
        LookupError
            When none did.
        """
        for message in reversed(self.messages):
            found = _CODE.search(message["Subject"]) if message["To"] == address else None
            if found is not None:
                return found[1]
        raise LookupError(f"no code went to {address}")


@dataclass(slots=True)
class Person:
    """A browser, as plain as can be; it gives its secure cookie back to this machine only."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"localhost:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(fields or {}), headers)
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie") or []:
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            text = answer.read().decode()
            return answer.status, answer.headers.get("Location", ""), text
        finally:
            connection.close()

    def mark(self, path: str) -> str:
        """The mark that a form of a page carries."""
        found = _MARK.search(self.ask("GET", path)[2])
        return found[1] if found else ""


def visit(
    port: int, accounts: Sequence[ReadyAccount], mails: Kept, post_mails: Callable[[], object]
) -> list[tuple[str, int, str]]:
    """Sign in as each, open the home page. Returns address, status and title of each."""
    seen = []
    for account in accounts:
        person = Person(port)
        mark = person.mark("/connexion")
        person.ask("POST", "/connexion", {"csrf_token": mark, "address": account.address})
        post_mails()
        mark = person.mark("/connexion/code")
        code = mails.code_for(account.address)
        _, home, _ = person.ask("POST", "/connexion/code", {"csrf_token": mark, "code": code})
        status, _, page = person.ask("GET", home)
        title = _TITLE.search(page)
        seen.append((account.address, status, title[1] if title else ""))
    return seen
