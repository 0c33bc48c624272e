"""The command line: one file a verb, and the one place that prints errors."""
