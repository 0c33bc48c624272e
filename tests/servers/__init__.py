"""The real servers and tools that the tests drive: one file each, installed by ``python -m tests.servers``, bound to loopback."""
