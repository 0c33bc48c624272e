"""A self-hosted scheduler that publishes post files from a folder, once and on time."""

__version__ = "0.1.0"
