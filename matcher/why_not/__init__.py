"""The "pourquoi non": for each declaration left alone, what stands in its way and by how much."""
