"""Citations in texts: how resolutions, provisions, treaties and Recommendations are named, and what of them is held."""
