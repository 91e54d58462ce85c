"""The effect of a cancellation on a write to D1: all or nothing, and the database stays usable."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest

from authhero_sql import DatabaseUnavailableError, connect, create_adapters
from tests.engines import node_modules

GATEWAY = Path(__file__).parents[2] / "examples/d1_gateway"
USER: dict[str, Any] = {"connection": "db", "password": {"hash": "$argon2id$…", "algorithm": "argon2id"}}


@pytest.mark.engines("d1")
@pytest.mark.parametrize("seed", range(3))
async def test_a_write_that_is_cancelled_is_all_or_nothing(migrated_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with connect(migrated_url, max_size=2) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        whole = 0
        for number in range(60):
            id = f"auth0|u{number}"
            with anyio.move_on_after(chance.random() * 0.006):
                await store.users.create("acme", {"user_id": id, **USER})
            # On a separate connection, because the write may still be running on the other one.
            found = (await store.users.get("acme", id) is not None) + len(await store.passwords.list("acme", id))
            assert found in (0, 2)
            whole += found == 2
        assert whole > 0
        await store.users.create("acme", {"user_id": "auth0|last", **USER})
        assert await store.users.get("acme", "auth0|last") is not None


@pytest.mark.engines("d1")
async def test_the_gateway_lets_nobody_in_and_says_what_is_wrong(migrated_url: str) -> None:
    parts = urlsplit(migrated_url)
    endpoint, sql = parse_qs(parts.query)["endpoint"][0], {"sql": "SELECT 1 AS one"}
    token = {"Authorization": f"Bearer {parts.password}"}
    # One connection for each request, because a rejected request that was not read may close its connection.
    alone = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=f"{endpoint}/accounts/x/d1/database", limits=alone) as client:

        async def status(path: str, headers: dict[str, str], body: Any = sql, method: str = "POST") -> int:
            answer = await client.request(method, path, json=body, headers=headers)
            assert answer.json()["success"] is (answer.status_code == 200)
            assert parts.password is not None
            assert parts.password not in answer.text
            return answer.status_code

        assert await status(f"{parts.path}/query", token) == 200
        for wrong in ("Bearer", "Bearer x", f"Bearer {parts.password}x", parts.password or ""):
            assert await status(f"{parts.path}/query", {"Authorization": wrong}) == 401
        assert await status(f"{parts.path}/query", {}) == 401
        for path in ("/NOTHING/query", "/TOKEN/query", "/constructor/query", f"{parts.path}/other", f"{parts.path}/query/more"):
            assert await status(path, token) == 404
        assert await status(f"{parts.path}/query", token, method="PUT") == 404
        malformed: tuple[Any, ...] = (None, [], {"batch": 1}, {"batch": [None]}, "x")
        for body in malformed:
            assert await status(f"{parts.path}/query", token, body) == 400
    async with connect(migrated_url.replace(parts.path, "/NOTHING")) as db:
        with pytest.raises(DatabaseUnavailableError, match="does not have the database"):
            await (await create_adapters(db)).tenants.get("acme")


@pytest.mark.engines("d1")
@pytest.mark.usefixtures("engine")
def test_the_gateway_can_be_deployed(tmp_path: Path) -> None:
    shutil.copytree(GATEWAY, tmp_path / "gateway")
    command = [str(node_modules() / ".bin/wrangler"), "deploy", "--dry-run", "--outdir", str(tmp_path / "out")]
    environment = {**os.environ, "CI": "1", "WRANGLER_SEND_METRICS": "false", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = subprocess.run(command, cwd=tmp_path / "gateway", env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "env.AUTH_DB" in done.stdout
    assert (tmp_path / "out/worker.js").exists()
