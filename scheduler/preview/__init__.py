"""Shows what will be sent."""

from scheduler.preview.export import ExportError, export_page

__all__ = ["ExportError", "export_page"]
