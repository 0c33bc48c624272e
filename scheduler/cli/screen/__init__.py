"""How the command line speaks: code frames, tables, JSON, and the words around errors."""
