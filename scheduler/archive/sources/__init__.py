"""One source of published posts a file, named as its network."""
