"""Start the engines on a folder, keep something in both, say so, and wait for the end."""

import json
import sys
import time
from pathlib import Path

import psycopg
import redis

from bot.local.engines import embedded_engines

with embedded_engines(Path(sys.argv[1])) as engines:
    with psycopg.connect(engines.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('窓口')")
    with redis.Redis.from_url(engines.redis_url) as client:
        client.incr("kept")
    print(json.dumps([process.pid for process in engines.processes]), flush=True)
    time.sleep(120)
