"""Reads what posts are given from outside: their campaign, the hashtag sets, the partners and the house’s own words."""
