"""The only place that joins the pieces."""
