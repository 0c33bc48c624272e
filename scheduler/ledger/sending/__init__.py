"""From taking a delivery to knowing what became of it."""
