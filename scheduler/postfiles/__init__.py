"""Reads ``posts/``: what authors wrote becomes posts, and what they mistyped becomes findings with a place and a fix."""

from scheduler.postfiles.folder import PostFolder, read_folder
from scheduler.postfiles.trouble import PostFolderError

__all__ = ["PostFolder", "PostFolderError", "read_folder"]
