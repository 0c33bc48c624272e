"""Tests of the reading of ``posts/``."""
