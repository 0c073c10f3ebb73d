"""Maillage: matchmaking between the firms of a territory, proved and explained."""
