"""One spider per way of finding pages."""
