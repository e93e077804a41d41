"""FETCH: find pages and get them, politely. Scrapy lives here, and nowhere else."""
