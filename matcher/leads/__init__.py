"""From what was chosen to what the agent reads of it: leads with reasons, doubts and first step."""
