"""``python -m matcher`` is the command ``maillage``."""

from matcher.cli import main

main()
