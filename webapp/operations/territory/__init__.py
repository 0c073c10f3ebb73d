"""What the EPCI's people can do, inside their own territory."""
