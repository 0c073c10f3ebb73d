"""Beyond the leads: what holds the network together, and what it lacks."""
