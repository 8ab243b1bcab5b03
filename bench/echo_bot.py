"""What people would write instead: an echo bot after the README of line-bot-sdk, without any state."""

from __future__ import annotations

import os

from flask import Flask, abort, request
from linebot.v3 import WebhookHandler  # type: ignore[import-untyped]  # the SDK ships no types
from linebot.v3.exceptions import InvalidSignatureError  # type: ignore[import-untyped]
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiClient,
    Configuration,
    MessagingApi,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.webhooks import MessageEvent, TextMessageContent  # type: ignore[import-untyped]

from bench.events import PATH, SECRET
from bot.lifeline import die_with_parent


def create_echo() -> Flask:
    """The app, for each process of granian; LINE_API_BASE names the stub."""
    die_with_parent()
    app = Flask("echo")
    handler = WebhookHandler(SECRET)
    configuration = Configuration(host=os.environ["LINE_API_BASE"], access_token="bench")

    @app.post(PATH)
    def callback() -> str:
        try:
            handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(400)
        return "OK"

    @handler.add(MessageEvent, message=TextMessageContent)  # type: ignore[untyped-decorator]
    def echo(event: MessageEvent) -> None:
        with ApiClient(configuration) as client:
            reply = ReplyMessageRequest(reply_token=event.reply_token, messages=[TextMessage(text=event.message.text)])
            MessagingApi(client).reply_message_with_http_info(reply)

    return app


def serve(port: int, *, workers: int, threads: int) -> None:
    """The echo bot behind the same server as the counter, with the same settings."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        target="bench.echo_bot:create_echo",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=1024,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    import sys

    die_with_parent()
    serve(int(sys.argv[1]), workers=int(sys.argv[2]), threads=int(sys.argv[3]))
