"""The jobs that travel through Procrastinate, and the tables it keeps them in."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from scheduler.ledger import LedgerBusyError, LedgerError
from scheduler.model.errors import SchedulerError

LOG = logging.getLogger(__name__)

DELIVER = "scheduler.deliver"
REQUEUE = "scheduler.requeue_stalled"
DELIVERIES = "deliveries"
HOUSEKEEPING = "housekeeping"
HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 10.0
EVERY_FIVE_SECONDS = "* * * * * */5"

Deliver = Callable[[str], object]
"""Sends one delivery by its id; may be called twice for the same one."""


def delivery_job(delivery: str, account: str, at: datetime) -> Job:
    """Returns the job of one delivery: once in the queue, one at a time for each account, not before ``at`` (aware)."""
    return Job(
        queue=DELIVERIES,
        task_name=DELIVER,
        task_kwargs={"delivery": delivery},
        lock=f"account:{account}",
        queueing_lock=f"delivery:{delivery}",
        scheduled_at=at,
    )


def build_app(connector: BaseConnector, deliver: Deliver) -> App:
    """Returns Procrastinate's own object with our two tasks: sending a delivery, and taking jobs from workers that died."""
    app = App(connector=connector)

    @app.task(name=DELIVER, queue=DELIVERIES)
    def carry(delivery: str) -> None:
        try:
            deliver(delivery)
        except SchedulerError as error:
            LOG.error("%s: %s %s", delivery, error.message, error.hint)  # noqa: TRY400 - it is a sentence for people; the daemon hands the delivery out again

    @app.periodic(cron=EVERY_FIVE_SECONDS)
    @app.task(name=REQUEUE, queue=HOUSEKEEPING, queueing_lock=REQUEUE)
    async def requeue_stalled(timestamp: int) -> None:
        del timestamp
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            LOG.warning("a worker ended in the middle of %s; it is taken up again", job.task_kwargs.get("delivery", job.task_name))
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                # The daemon has handed the delivery out anew; the old job must end, since it holds the account's lock.
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    return app


def install(connector: BaseConnector) -> None:
    """Makes Procrastinate's tables where they are missing; several processes may do so at once.

    Raises:
        LedgerError: the database refuses.
    """
    if _is_installed(connector):
        return
    try:
        App(connector=connector).schema_manager.apply_schema()
    except ConnectorException as error:
        # Another process was quicker: the whole script is one transaction, so the tables are there, or none is.
        if not _is_installed(connector):
            raise LedgerError(
                f"The tables of the fleet cannot be made: {error.__cause__}.", "Give the database user the right to make tables."
            ) from error


def _is_installed(connector: BaseConnector) -> bool:
    try:
        row: dict[str, Any] = connector.get_sync_connector().execute_query_one(
            "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"
        )
    except ConnectorException as error:
        raise LedgerBusyError(
            f"The database of the fleet does not answer: {error.__cause__}.", "See that it runs and can be reached."
        ) from error
    return bool(row["there"])
