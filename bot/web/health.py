"""Is the counter ready, and, to try it, what time is it."""

from __future__ import annotations

from datetime import datetime

import psycopg
import redis
from flask import Blueprint, Response, jsonify, request
from psycopg_pool import PoolTimeout

from bot.parts import Parts
from bot.store.clock import DemoClock
from bot.store.db import autocommit
from bot.store.migrate import head


def health(parts: Parts) -> Blueprint:
    """GET /healthz: 200 when the database is there and migrated; Redis is named, but the counter works without it."""
    routes = Blueprint("health", __name__)
    newest = head()

    @routes.get("/healthz")
    def healthz() -> tuple[Response, int]:
        database, meter = _database(parts, newest), _redis(parts)
        return jsonify(status="ok" if database == "ok" else "down", database=database, redis=meter), (
            200 if database == "ok" else 503
        )

    return routes


def demo_clock(parts: Parts, clock: DemoClock) -> Blueprint:
    """GET and POST /demo/clock {"at": ISO}: only there while CLOCK=demo."""
    routes = Blueprint("demo_clock", __name__)

    @routes.get("/demo/clock")
    def show() -> Response:
        return jsonify(now=clock.now().isoformat())

    @routes.post("/demo/clock")
    def move() -> tuple[Response, int]:
        try:
            to = datetime.fromisoformat(str((request.get_json(silent=True) or {})["at"]))
        except (KeyError, TypeError, ValueError):
            return jsonify(error='{"at": "2023-04-05T10:00:00+09:00"} expected'), 400
        if to.utcoffset() is None:
            return jsonify(error="at: a time with its offset expected, for example +09:00"), 400
        now = clock.move(to)
        parts.bell.ring("outgoing")
        return jsonify(now=now.isoformat()), 200

    return routes


def _database(parts: Parts, newest: str) -> str:
    try:
        with autocommit(parts.db) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (psycopg.Error, PoolTimeout):
        return "away"
    return "ok" if row and row[0] == newest else "not migrated"


def _redis(parts: Parts) -> str:
    try:
        parts.redis.ping()
    except redis.RedisError:
        return "away"
    return "ok"
