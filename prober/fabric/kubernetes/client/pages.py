"""Lists, page by page, to their end: which is the API server's to say, within what is reasonable.

A list is read with `limit` and the `continue` token of the page before (Kubernetes API concepts,
"Retrieving large results sets in chunks"). Nothing in that protocol makes it end: a token can come
again, or a new one each time, with objects or without. So each page has to be a step: with a token
that has not been there, with objects on it now and then, and the whole within bounds that no
cluster reaches.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from prober.fabric.kubernetes.client.answers import (
    MEBIBYTE,
    WrongAnswerError,
    check_listed,
    decoded,
)
from prober.fabric.kubernetes.client.refusals import Call
from prober.fabric.kubernetes.client.resources import Resource
from prober.manifest import wire

T = TypeVar("T")
Fetch = Callable[[Mapping[str, str]], Awaitable[bytes]]
MOST_PAGES = 2_000
"""Of 500 objects, as `Settings.page_size` asks for: a million."""
MOST_EMPTY = 8
"""Pages without an object, one after the other."""
LARGEST_LIST = 1_024 * MEBIBYTE
LONGEST_TOKEN = 65_536
"""Characters. Tokens are a few hundred bytes; they go into the address of the next request."""


class Pages(Generic[T]):
    """One list. `fetch` gets the body of a page for its query."""

    def __init__(self, resource: Resource, shape: type[T], namespace: str, made: Call) -> None:
        self._resource = resource
        self._page: type[wire.List[T]] = wire.List[shape]  # type: ignore[valid-type]  # a value here
        self._namespace = namespace
        self._made = made
        self._items: list[T] = []
        self._tokens: set[str] = set()
        self._size = self._empty = 0

    async def read(self, fetch: Fetch, query: Mapping[str, str]) -> list[T]:
        """All objects. Raises `WrongAnswerError` when they are none, or do not end."""
        while True:
            body = await fetch(query)
            token = self._take(body)
            if not token:
                return self._items
            # The token stands for the version that the first page is of.
            query = {key: part for key, part in query.items() if key != "resourceVersion"}
            query["continue"] = token

    def _take(self, body: bytes) -> str:
        """Add a page; the token of the next one, empty after the last."""
        page = decoded(body, self._page, self._made)
        items = page.items or []
        check_listed(items, self._resource, self._namespace, self._made)
        self._items += items
        token = page.metadata.continue_ or ""
        if token:
            self._expect_more(token, len(body), empty=not items)
        return token

    def _expect_more(self, token: str, size: int, *, empty: bool) -> None:
        self._size += size
        self._empty = self._empty + 1 if empty else 0
        if token in self._tokens:
            raise self._endless("the token of its next page is one that was there before")
        self._tokens.add(token)
        if len(token) > LONGEST_TOKEN:
            raise self._endless(f"the token of its next page has {len(token)} characters")
        if self._empty > MOST_EMPTY:
            raise self._endless(f"{self._empty} pages in a row have no object")
        if len(self._tokens) >= MOST_PAGES:
            raise self._endless(f"it has more than {MOST_PAGES} pages")
        if self._size > LARGEST_LIST:
            raise self._endless(f"it has more than {LARGEST_LIST // MEBIBYTE} MiB")

    def _endless(self, why: str) -> WrongAnswerError:
        return WrongAnswerError(self._made, f"the list does not end: {why}")
