"""Sending files to a batch in tests, as the browser's script does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

import httpx

PDF = b"%PDF-1.7\n" + b"an invoice " * 50 + b"\n%%EOF\n"
SCRIPT = {"Accept": "application/json"}


async def begun(visitor: httpx.AsyncClient, **fields: str) -> str:
    """Begin a batch; gives its address."""
    answer = await visitor.post("/documents/batches", data=fields, headers=SCRIPT)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


async def offered(client: httpx.AsyncClient, url: str, files: list[tuple[str, int]]) -> list[dict[str, str]]:
    """Offer files by path and size; gives what is known of each."""
    listed = json.dumps([[path, size, 1] for path, size in files])
    answer = await client.post(f"{url}/files", data={"files": listed}, headers=SCRIPT)
    assert answer.status_code == 201, answer.text
    found: list[dict[str, str]] = answer.json()["files"]
    return found


async def brought(client: httpx.AsyncClient, at: str, content: bytes) -> int:
    """Send a small file by the form that is given for it; the storage's answer."""
    way = (await client.post(f"{at}/way", headers=SCRIPT)).json()
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(way["url"], data=way["fields"], files={"file": ("x", content)})
    return answer.status_code


async def sent(client: httpx.AsyncClient, url: str, files: Mapping[str, bytes]) -> dict[str, UUID]:
    """Offer and send files; gives their ids by path."""
    known = await offered(client, url, [(path, len(content)) for path, content in files.items()])
    ids = {}
    for (path, content), one in zip(files.items(), known, strict=True):
        ids[path] = UUID(one["id"])
        if one["state"] == "awaited":
            at = f"{url}/files/{one['id']}"
            assert await brought(client, at, content) < 300
            assert (await client.post(f"{at}/arrived", headers=SCRIPT)).status_code == 200
    return ids
