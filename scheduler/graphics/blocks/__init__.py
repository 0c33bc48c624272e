"""One building block of a graphic a file."""
