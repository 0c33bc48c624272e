"""Publishes to Mastodon and to servers that speak its language."""
