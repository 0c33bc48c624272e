"""The engine and the daemon, with independent receivers that keep their own account of what arrived."""
