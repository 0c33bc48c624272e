"""Shows what will be sent."""
