"""The alarm clock: APScheduler sets an event at the next due time. It holds no post."""

import threading
from datetime import UTC, datetime

_JOB = "next"


class Alarm:
    """Sets ``wake`` at the instant it is armed for; a missed instant rings at once."""

    def __init__(self, wake: threading.Event) -> None:
        from apscheduler.jobstores.memory import MemoryJobStore  # noqa: PLC0415 - slow to load, and only what runs on needs the timer
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - as above

        self._wake = wake
        self._armed: datetime | None = None
        self._timer = BackgroundScheduler(timezone=UTC, jobstores={"default": MemoryJobStore()}, job_defaults={"misfire_grace_time": None})

    def start(self) -> None:
        """Starts the timer's thread."""
        self._timer.start()

    def stop(self) -> None:
        """Ends the timer's thread."""
        self._timer.shutdown(wait=False)

    def arm(self, at: datetime | None) -> None:
        """Sets the instant, aware UTC, in place of the one before; None for no instant."""
        if at == self._armed:
            return
        self._armed = at
        if at is None:
            if self._timer.get_job(_JOB) is not None:
                self._timer.remove_job(_JOB)
            return
        self._timer.add_job(self._wake.set, "date", run_date=at, id=_JOB, replace_existing=True)
