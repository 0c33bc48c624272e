"""Sends outgoing posts to networks; one network a file."""
