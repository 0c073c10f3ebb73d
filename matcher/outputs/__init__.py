"""What comes out of a run: pages, workbook, graph and points, in French or in English."""

from matcher.outputs.files import write_outputs

__all__ = ["write_outputs"]
