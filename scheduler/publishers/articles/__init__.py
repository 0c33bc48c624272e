"""Publishes articles on an organisation's own site, and keeps pictures in its library."""
