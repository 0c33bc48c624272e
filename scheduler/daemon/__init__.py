"""Publishes on time: wakes, claims, sends, settles and recovers."""
