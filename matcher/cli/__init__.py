"""The command line: ``maillage …``."""
