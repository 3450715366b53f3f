"""May this address be read by a program?  robots.txt (RFC 9309) and reservations of rights.

Source of the second: TDM Reservation Protocol, W3C community group report, 2024: a header, a
`meta` element, or rules in /.well-known/tdmrep.json.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from pipeline.fetch.client import AGENT, Answer, Client
from pipeline.fetch.errors import FetchFailed, Late, Refused
from pipeline.fetch.retry_after import LONGEST
from pipeline.fetch.wire import list_values

MAX_RULES = 500 * 1024  # bytes that are read of a robots.txt: what RFC 9309 asks for
_LIMIT = 4 * MAX_RULES
_LONGEST_RULE = 2000
_META = re.compile(rb"<meta\b[^<>]{0,500}\btdm-reservation\b[^<>]{0,500}>", re.IGNORECASE)
_CONTENT = re.compile(rb"\bcontent\s{0,9}=\s{0,9}[\"']?\s{0,9}1\b", re.IGNORECASE)


class Permission:
    """What the hosts of a visit allow; each is asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._robots: dict[str, Protego] = {}
        self._rights: dict[str, Protego] = {}

    def check(self, url: str) -> float:
        """Return the seconds between visits that the host of `url` asks for.

        Raises Refused if it does not want the address to be read by programs.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._ask_robots(f"{origin}/robots.txt")
        robots = self._robots[origin]
        if not robots.can_fetch(url, AGENT):
            raise Refused(f"{origin}/robots.txt does not allow {AGENT} to read {url}")
        if origin not in self._rights:
            self._rights[origin] = self._ask_rights(f"{origin}/.well-known/tdmrep.json")
        if not self._rights[origin].can_fetch(url, AGENT):
            raise Refused(f"{origin}/.well-known/tdmrep.json reserves the rights to mine {url}")
        return min(robots.crawl_delay(AGENT) or 0.0, LONGEST)

    def _ask_robots(self, url: str) -> Protego:
        try:
            answer = self._client.get(url, limit=_LIMIT)
            if answer.status != 200 and not 400 <= answer.status < 500:
                raise Refused(f"{url} answers {answer.status}", http_status=answer.status)
        except Late:
            raise
        except FetchFailed as error:
            raise FetchFailed(
                f"{url} cannot be had, so nothing may be read: {str(error).removeprefix(f'{url}: ')}",
                "refused" if error.http_status and not error.wait_until else error.outcome,
                http_status=error.http_status,
                wait_until=error.wait_until,
            ) from None
        rules = answer.content
        if len(rules) > MAX_RULES:  # whole lines only: `Allow: /a` must not become `Allow: /`
            rules = rules[: rules.rfind(b"\n", 0, MAX_RULES) + 1]
        return _parse_rules(rules.decode("utf-8-sig", "replace"))

    def _ask_rights(self, url: str) -> Protego:
        try:
            answer = self._client.get(url, limit=_LIMIT, attempts=1)
            rules = json.loads(answer.content) if answer.content else []
        except Late:
            raise
        except (FetchFailed, ValueError, RecursionError):  # it reserves nothing that can be read
            rules = []
        return _parse_rules("\n".join(["User-agent: *", *_iter_rules(rules)]))


def _parse_rules(text: str) -> Protego:
    lines = re.split(r"\r\n|\r|\n", text)
    return Protego.parse("\n".join(line for line in lines if len(line) <= _LONGEST_RULE))


def _iter_rules(rules: Any) -> list[str]:
    """Return the rules of a tdmrep.json in the words of a robots.txt, whose patterns they share."""
    return [
        f"{'Disallow' if rule.get('tdm-reservation') in (1, '1') else 'Allow'}: {where}"
        for rule in (rules if isinstance(rules, list) else [])[: MAX_RULES // 100]
        if isinstance(rule, dict)
        and isinstance(where := rule.get("location"), str)
        and where.isprintable()
    ]


def check_reserved(answer: Answer) -> None:
    """Raise Refused if a page itself reserves the rights to mine it."""
    if "1" in [value.strip() for value in list_values(answer.headers, "tdm-reservation")]:
        reason = f"{answer.url} carries the header tdm-reservation: 1"
        raise Refused(reason, http_status=answer.status)
    for tag in _META.findall(answer.content):
        if _CONTENT.search(tag):
            shown = tag.decode("ascii", "replace")
            reason = f"{answer.url} reserves the rights to mine it: {shown}"
            raise Refused(reason, http_status=answer.status)
