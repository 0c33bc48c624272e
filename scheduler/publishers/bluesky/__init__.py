"""Publishes to Bluesky: the session, the record and the calls."""
