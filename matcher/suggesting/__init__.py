"""What a waste can become and who takes it; what can serve a need; what plain words mean.

The knowledge stands in ``datasets/reference``; this room only ranks it.
"""

from matcher.suggesting.asking import suggest, suggest_resources
from matcher.suggesting.suggestion import (
    SuggestedActivity,
    SuggestedCode,
    SuggestedOutlet,
    SuggestedResource,
    SuggestedSource,
    Suggestion,
)
from matcher.suggesting.words import Words, words_of

__all__ = (
    "SuggestedActivity",
    "SuggestedCode",
    "SuggestedOutlet",
    "SuggestedResource",
    "SuggestedSource",
    "Suggestion",
    "Words",
    "suggest",
    "suggest_resources",
    "words_of",
)
