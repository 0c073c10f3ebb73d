"""Measurements beside the alternatives, each subject in a process of its own."""
