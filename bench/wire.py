"""As much of HTTP/1.1 as the load generator and the stub need, so that they take little of the cores they share."""

from __future__ import annotations

import re
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer; size counts all its bytes."""

    head: bytes
    body: bytes
    size: int


def cut(data: bytes) -> Message | None:
    """The first whole message of `data`; None while a part of it is missing."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end]
    found = LENGTH.search(head)
    size = end + 4 + (int(found[1]) if found else 0)
    return Message(head, data[end + 4 : size], size) if size <= len(data) else None


def answer(body: bytes) -> bytes:
    """A 200 with headers and body in one piece: two would cost 40 ms (Nagle and delayed acknowledgement)."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def post(path: str, body: bytes, headers: dict[str, str], *, port: int) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
