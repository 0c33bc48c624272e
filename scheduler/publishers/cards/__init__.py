"""Reads the pages that posts link to, for networks that leave the card of a link to us."""
