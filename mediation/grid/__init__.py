"""Searches through the grids, and how property companies put things right."""
