"""Sends messages to chats that cannot be read back."""
