"""Real data: what no generator would think of. The files lie beside the repository, not in it."""
