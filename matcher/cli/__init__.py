"""The command line: ``maillage …``."""

import os

# The matcher multiplies short vectors only: a second thread of the linear algebra would do nothing
# but wait, and twice the CPU time went into that on a busy machine (ADR 8). Read when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
