"""Between rows and the matcher: a round as a survey, a plan as leads, a card as a few questions."""
