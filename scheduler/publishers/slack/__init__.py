"""Speaks with Slack as a bot."""
