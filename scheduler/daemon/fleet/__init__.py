"""Carries deliveries by Procrastinate: the daemon hands out ids, any number of workers on any machines send."""
