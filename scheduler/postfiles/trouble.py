"""What stops the reading of a whole folder."""

from scheduler.model.errors import SchedulerError


class PostFolderError(SchedulerError):
    """Says that ``posts/`` or a folder in it cannot be read, so that nobody takes its posts for deleted."""
