"""Figures of speed and memory, each beside a baseline taken in the same run: ``python -m tests.benchmarks [NAME] [--json]``."""
