"""The pool with a driver that fails, hangs and disconnects at random, on a virtual clock.

No connection may be lost, and no task may wait forever.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import selectors
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import pytest

from authhero_sql import ConfigurationError, DatabaseUnavailableError, PoolTimeoutError
from authhero_sql.dialects.managed import CLOSE_TIMEOUT
from authhero_sql.dialects.pool import RESET_TIMEOUT, Pool
from authhero_sql.dialects.transactions import SETTLE_TIMEOUT
from authhero_sql.dialects.wait_queue import WaitQueue
from authhero_sql.errors import ConflictError

ACQUIRE_TIMEOUT = 30.0


class _Selector(selectors.DefaultSelector):
    """A selector that advances the virtual clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found: list[Any] = super().select(0)
        if timeout is None and not found:
            raise AssertionError("all tasks are waiting, and no timer is set")
        if not found:
            self.now += timeout or 0.0
        return found


class Loop(asyncio.SelectorEventLoop):
    """An event loop with a virtual clock, which advances when all tasks are waiting."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run on an event loop with a virtual clock, and check that asyncio reports no unhandled error."""
    errors: list[Any] = []
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: errors.append(context))
        runner.run(work)
        gc.collect()
    assert errors == []


class Connection:
    """A fake connection with the state that a pool checks."""

    def __init__(self) -> None:
        self.open = True
        self.in_transaction = False
        self.unknown = False
        """Whether its state is unknown, so that it must not be acquired."""


class Driver:
    """A fake driver whose connections open immediately and never fail, unless a test overrides ``pause``."""

    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self.opening = 0
        self.max_opened = 0
        self.log: list[str] = []

    async def pause(self, what: str) -> None:
        """Wait or fail before an operation."""

    def connection_count(self) -> int:
        """Return the number of connections that the server has."""
        return self.opening + sum(connection.open for connection in self.opened)

    async def open(self) -> Connection:
        self.opening += 1
        try:
            self.max_opened = max(self.max_opened, self.connection_count())
            await self.pause("open")
            connection = Connection()
        finally:
            self.opening -= 1
        self.opened.append(connection)
        return connection

    def is_open(self, connection: Connection) -> bool:
        return connection.open

    def in_transaction(self, connection: Connection) -> bool:
        return connection.in_transaction

    async def reset(self, connection: Connection) -> None:
        self.log.append("reset")
        await self.pause("reset")
        connection.in_transaction = connection.unknown = False

    async def close(self, connection: Connection) -> None:
        self.log.append("close")
        await self.pause("close")
        connection.open = False

    def terminate(self, connection: Connection) -> None:
        if connection.open:
            self.log.append("terminate")
        connection.open = False


def make_pool(driver: Driver, **options: Any) -> Pool[Connection]:
    """Return a pool of two connections, unless other options are given."""
    return Pool(driver, **{"min_size": 0, "max_size": 2, "acquire_timeout": ACQUIRE_TIMEOUT, **options})


@contextmanager
def suppress_cancellation() -> Iterator[None]:
    with suppress(asyncio.CancelledError):
        yield


# --- single scenarios ----------------------------------------------------------------------------------------------------------


def test_sizes_that_make_no_sense_are_refused() -> None:
    async def work() -> None:
        for least, max_opened in ((0, 0), (2, 1), (-1, 5), (0, -1)):
            with pytest.raises(ConfigurationError, match="max_size"):
                make_pool(Driver(), min_size=least, max_size=max_opened)

    run(work())


def test_the_one_that_came_back_last_is_lent_first_and_no_more_are_opened_than_are_needed() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, max_size=5)
        first, second = await pool.acquire(), await pool.acquire()
        await pool.release(first)
        await pool.release(second)
        for _ in range(3):
            assert await pool.acquire() is second
            await pool.release(second)
        assert len(driver.opened) == 2
        await pool.close()
        assert driver.connection_count() == 0

    run(work())


def test_an_idle_connection_is_had_without_giving_up_control() -> None:
    async def work() -> None:
        pool = make_pool(Driver(), min_size=1)
        await pool.open()
        with pytest.raises(StopIteration) as taken:
            pool.acquire().send(None)
        with pytest.raises(StopIteration):
            pool.release(taken.value.value).send(None)
        await pool.close()

    run(work())


def test_the_smallest_number_is_opened_at_once_and_what_is_wrong_is_said_once() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, min_size=3, max_size=4)
        await pool.open()
        assert driver.connection_count() == 3
        await pool.close()

        class Down(Driver):
            async def pause(self, what: str) -> None:
                self.log.append(what)
                raise DatabaseUnavailableError("down")

        down = Down()
        pool = make_pool(down, min_size=3, max_size=4)
        with pytest.raises(DatabaseUnavailableError, match="down"):
            await pool.open()
        await pool.close()
        assert down.log == ["open"]

    run(work())


def test_whoever_waits_too_long_is_told_what_there_is() -> None:
    async def work() -> None:
        pool = make_pool(Driver())
        acquired = [await pool.acquire(), await pool.acquire()]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(PoolTimeoutError, match=r"in 30 seconds \(2 of 2 open, 0 idle\)"):
            await pool.acquire()
        assert loop.time() - begun == ACQUIRE_TIMEOUT
        await pool.release(acquired.pop())
        await pool.release(await pool.acquire())
        await pool.release(acquired.pop())
        await pool.close()

    run(work())


def test_an_opening_that_fails_is_told_to_one_and_leaves_its_room_to_the_next() -> None:
    async def work() -> None:
        class Flaky(Driver):
            async def pause(self, what: str) -> None:
                await asyncio.sleep(1)
                self.log.append(what)
                if len(self.log) % 2:
                    raise DatabaseUnavailableError("just now")

        driver = Flaky()
        pool = make_pool(driver, max_size=1)
        outcomes = await asyncio.gather(*(using(pool) for _ in range(4)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailableError, type(None), type(None), type(None)]
        await pool.close()

    async def using(pool: Pool[Connection]) -> None:
        await pool.release(await pool.acquire())

    run(work())


def test_an_opening_outlives_whoever_it_was_begun_for() -> None:
    async def work() -> None:
        class Slow(Driver):
            async def pause(self, what: str) -> None:
                await asyncio.sleep(1)

        driver = Slow()
        pool = make_pool(driver)
        task = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0.5)
        task.cancel()
        with suppress_cancellation():
            await task
        await pool.release(await pool.acquire())
        assert len(driver.opened) == 1
        await pool.close()

    run(work())


def test_a_connection_that_comes_just_as_its_waiter_is_cancelled_goes_to_the_next() -> None:
    async def work() -> None:
        pool = make_pool(Driver(), max_size=1)
        connection = await pool.acquire()
        first, second = asyncio.ensure_future(pool.acquire()), asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)
        await pool.release(connection)
        first.cancel()
        assert await second is connection
        assert first.cancelled()
        await pool.release(connection)
        await pool.close()

    run(work())


def test_one_that_has_been_closed_is_not_lent_and_its_room_is_filled() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, max_size=1)
        connection = await pool.acquire()
        waiting = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)
        connection.open = False
        await pool.release(connection)
        another = await waiting
        assert another is not connection
        await pool.release(another)
        another.open = False
        assert await pool.acquire() is not another
        assert driver.max_opened == 1

    run(work())


@pytest.mark.parametrize(
    ("error", "in_transaction", "revived"),
    [
        (None, False, False),
        (None, True, True),
        (ConflictError(code="23505"), False, False),
        (ConflictError(code="23505"), True, True),
        (DatabaseUnavailableError(), False, True),
        (asyncio.CancelledError(), False, True),
    ],
)
def test_what_was_left_in_doubt_is_revived_before_it_is_lent_again(
    error: BaseException | None, in_transaction: bool, revived: bool
) -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, max_size=1)
        connection = await pool.acquire()
        connection.in_transaction = in_transaction
        await pool.release(connection, error)
        assert await pool.acquire() is connection
        assert driver.log == ["reset"] * revived
        await pool.release(connection)
        await pool.close()

    run(work())


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_what_cannot_be_revived_is_cut_and_another_comes(how: str, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        class Dead(Driver):
            async def pause(self, what: str) -> None:
                if what == "reset" and how == "fails":
                    raise DatabaseUnavailableError
                if what == "reset":
                    await asyncio.sleep(3600)

        driver = Dead()
        pool = make_pool(driver, max_size=1)
        connection = await pool.acquire()
        await pool.release(connection, asyncio.CancelledError())
        begun = asyncio.get_running_loop().time()
        assert await pool.acquire() is not connection
        assert asyncio.get_running_loop().time() - begun == (RESET_TIMEOUT if how == "hangs" else 0)
        assert driver.connection_count() == 1

    with caplog.at_level(logging.WARNING, "authhero_sql.pool"):
        run(work())
    assert "could not be released" in caplog.text


def test_one_that_was_idle_for_long_is_revived_before_it_is_lent() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, reset_after_idle=20, max_idle=100)
        connection = await pool.acquire()
        await pool.release(connection)
        await asyncio.sleep(20)
        assert await pool.acquire() is connection
        assert driver.log == []
        await pool.release(connection)
        await asyncio.sleep(21)
        assert await pool.acquire() is connection
        assert driver.log == ["reset"]
        await pool.release(connection)
        await pool.close()

    run(work())


def test_those_that_are_idle_for_too_long_are_closed_but_for_the_smallest_number() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, min_size=1, max_size=4, max_idle=100)
        acquired = [await pool.acquire() for _ in range(4)]
        for connection in acquired:
            await pool.release(connection)
            await asyncio.sleep(10)
        await asyncio.sleep(59)
        assert driver.connection_count() == 4
        await asyncio.sleep(2)
        assert driver.connection_count() == 3
        await asyncio.sleep(1000)
        assert [connection.open for connection in acquired] == [False, False, False, True]
        await pool.close()

    run(work())


def test_one_that_is_kept_and_was_idle_for_too_long_is_replaced_where_idle_ones_are_not_trusted() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, min_size=1, max_size=1, max_idle=100, reset_after_idle=20)
        await pool.open()
        await asyncio.sleep(101)
        assert await pool.acquire() is driver.opened[1]
        assert (driver.log, driver.max_opened) == (["close"], 1)

    run(work())


def test_what_is_outdated_is_not_lent_again() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver)
        acquired, idle = await pool.acquire(), await pool.acquire()
        await pool.release(idle)
        pool.expire_connections()
        await pool.release(acquired)
        again = {await pool.acquire(), await pool.acquire()}
        assert not again & {acquired, idle}
        assert driver.max_opened == 2
        for connection in again:
            await pool.release(connection)
        await pool.close()

    run(work())


def test_a_close_waits_for_what_is_lent_and_tells_whoever_waits() -> None:
    async def work() -> None:
        driver = Driver()
        pool = make_pool(driver, max_size=1)
        connection = await pool.acquire()
        waiting = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(pool.close())
        await asyncio.sleep(0)
        with pytest.raises(DatabaseUnavailableError, match="closed"):
            await waiting
        with pytest.raises(DatabaseUnavailableError, match="closed"):
            await pool.acquire()
        await asyncio.sleep(1)
        assert not closing.done()
        await pool.release(connection)
        await closing
        assert driver.log == ["close"]

    run(work())


@pytest.mark.parametrize("hangs", ["lent", "open", "reset", "close"])
def test_a_close_ends_whatever_hangs(hangs: str, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        class Stuck(Driver):
            async def pause(self, what: str) -> None:
                if what == hangs:
                    await asyncio.sleep(3600)

        driver = Stuck()
        pool = make_pool(driver)
        taking = asyncio.ensure_future(pool.acquire())
        if hangs == "open":
            await asyncio.sleep(1)
        else:
            connection = await taking
            if hangs != "lent":
                await pool.release(connection, asyncio.CancelledError() if hangs == "reset" else None)
        begun = asyncio.get_running_loop().time()
        await pool.close()
        assert asyncio.get_running_loop().time() - begun <= CLOSE_TIMEOUT + SETTLE_TIMEOUT
        assert driver.connection_count() == 0
        if hangs == "open":
            with pytest.raises(DatabaseUnavailableError):
                await taking
        if hangs == "lent":
            await pool.release(connection)

    with caplog.at_level(logging.CRITICAL, "authhero_sql.pool"):
        run(work())


def test_one_that_comes_after_the_end_is_cut() -> None:
    async def work() -> None:
        class Stubborn(Driver):
            async def pause(self, what: str) -> None:
                while what == "open" and asyncio.get_running_loop().time() < CLOSE_TIMEOUT + 0.1:
                    with suppress(asyncio.CancelledError):
                        await asyncio.sleep(1)

        driver = Stubborn()
        pool = make_pool(driver)
        taking = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)
        await pool.close()
        await asyncio.gather(taking, return_exceptions=True)
        await asyncio.sleep(2)
        assert driver.log == ["terminate"]

    run(work())


# --- random scenarios ----------------------------------------------------------------------------------------------------------


class RandomDriver(Driver):
    """A driver whose operations fail or take time at random."""

    def __init__(self, rng: Random, fault_rate: float) -> None:
        super().__init__()
        self.rng = rng
        self.fault_rate = fault_rate

    async def pause(self, what: str) -> None:
        for _ in range(self.rng.randrange(4)):
            await asyncio.sleep(0)
        if self.rng.random() < self.fault_rate:
            await asyncio.sleep(self.rng.choice((0.0, 0.01, 1.0, 7.0)))
        if self.rng.random() < self.fault_rate:
            raise DatabaseUnavailableError(what)


class CheckedQueue(WaitQueue[Connection]):
    """A wait queue that checks the order in which the waiting tasks are served."""

    def __init__(self, queue: WaitQueue[Connection]) -> None:
        super().__init__(queue._timeout, queue._make_error, queue._take_back)
        self.joined = self.last = 0

    def wait(self) -> Awaitable[Connection]:
        self.joined += 1
        return self.check_order(self.joined, super().wait())

    async def check_order(self, number: int, served: Awaitable[Connection]) -> Connection:
        connection = await served
        assert number > self.last, "out of order"
        self.last = number
        return connection


class Model:
    """A pool whose invariants are checked after each event."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.driver = RandomDriver(rng, rng.choice((0.0, 0.1, 0.4)))
        self.max_size = rng.randrange(1, 5)
        options = {"min_size": rng.randrange(self.max_size + 1), "max_size": self.max_size}
        self.pool = make_pool(
            self.driver,
            **options,
            acquire_timeout=rng.choice((0.5, 3.0, ACQUIRE_TIMEOUT)),
            max_idle=rng.choice((None, 0.5, 5.0)),
            reset_after_idle=rng.choice((0.0, 0.2, 1000.0)),
        )
        self.pool._waiters = CheckedQueue(self.pool._waiters)
        self.acquired: set[Connection] = set()

    async def use(self) -> None:
        """Acquire a connection, use it, and release it."""
        connection = await self.pool.acquire()
        assert connection not in self.acquired, "acquired twice"
        assert not connection.unknown
        self.acquired.add(connection)
        assert self.driver.connection_count() <= self.max_size
        error: BaseException | None = None
        try:
            await self._something(connection)
        except BaseException as raised:
            error = raised
            connection.unknown = True
            raise
        finally:
            self.acquired.discard(connection)
            await self.pool.release(connection, error)

    async def _something(self, connection: Connection) -> None:
        for _ in range(self.rng.randrange(3)):
            await asyncio.sleep(self.rng.choice((0, 0, 0.05, 0.4)))
        kind = self.rng.random()
        if kind < 0.05:
            connection.open = False
        elif kind < 0.1:
            connection.in_transaction = True
        elif kind < 0.2:
            raise DatabaseUnavailableError("in use")

    async def random_event(self, group: list[asyncio.Task[None]]) -> None:
        """Make a random event happen."""
        kind = self.rng.random()
        if kind < 0.5:
            group.append(asyncio.ensure_future(self.use()))
        elif kind < 0.7 and group:
            self.rng.choice(group).cancel()
        elif kind < 0.75 and self.driver.opened:
            # The server closes a connection, which may be in use.
            self.rng.choice(self.driver.opened).open = False
        elif kind < 0.77:
            self.pool.expire_connections()
        else:
            await asyncio.sleep(self.rng.choice((0, 0, 0, 0.02, 0.3)))
        assert self.driver.connection_count() <= self.max_size
        assert len(self.pool._open) <= self.pool._size <= self.max_size


@pytest.mark.parametrize("seed", range(100))
def test_by_chance(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    rng = Random(seed)

    async def work() -> None:
        model = Model(rng)
        with suppress(DatabaseUnavailableError):
            await model.pool.open()
        group: list[asyncio.Task[None]] = []
        for _ in range(rng.randrange(20, 200)):
            await model.random_event(group)
        early = rng.random() < 0.3
        if not early:
            await wait_for_all(group)
            await check_no_connection_lost(model)
        begun = asyncio.get_running_loop().time()
        await model.pool.close()
        assert asyncio.get_running_loop().time() - begun <= CLOSE_TIMEOUT + SETTLE_TIMEOUT + 0.001
        await wait_for_all(group)
        assert model.driver.connection_count() == 0
        assert not model.pool._tasks
        assert not model.pool._idle

    with caplog.at_level(logging.CRITICAL, "authhero_sql.pool"):
        run(work())


async def wait_for_all(group: list[asyncio.Task[None]]) -> None:
    """Wait for all tasks and check that they only raised allowed exceptions."""
    outcomes = await asyncio.gather(*group, return_exceptions=True)
    wrong = [outcome for outcome in outcomes if not isinstance(outcome, DatabaseUnavailableError | asyncio.CancelledError | None)]
    assert wrong == []


async def check_no_connection_lost(model: Model) -> None:
    """Check that no connection was lost: without faults, the pool can acquire the maximum number of connections at the same time."""
    model.driver.fault_rate = 0.0
    while model.pool._tasks:
        await asyncio.wait(model.pool._tasks)
        await asyncio.sleep(0)
    assert model.pool._preparing == 0
    assert len(model.pool._waiters) == 0
    assert model.pool._size == len(model.pool._open) == len(model.pool._idle)
    every: list[Awaitable[Connection]] = [model.pool.acquire() for _ in range(model.max_size)]
    acquired = await asyncio.gather(*every)
    assert len(set(acquired)) == model.max_size
    assert model.pool._size == model.max_size
    release: Callable[[Connection], Awaitable[None]] = model.pool.release
    await asyncio.gather(*map(release, acquired))
