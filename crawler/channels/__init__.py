"""The ways in which sites tell what they have published, one file per format. No Scrapy in here."""
