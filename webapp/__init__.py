"""The trusted third party: what an intercommunality runs, from invitation to measured result."""
