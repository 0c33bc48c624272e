"""Reads ``posts/``: what authors wrote becomes posts, and what they mistyped becomes findings with a place and a fix.

Its inner rooms, each standing on those before it: ``lines``, ``settings``, ``text``, then one file whole (``parsing``),
``house``, ``writing`` and ``folder``.
"""

from scheduler.postfiles.folder.reading import PostFolder, read_folder
from scheduler.postfiles.trouble import PostFolderError

__all__ = ["PostFolder", "PostFolderError", "read_folder"]
