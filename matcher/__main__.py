"""``python -m matcher`` is the command ``maillage``."""

from matcher.cli.commands import main

main()
