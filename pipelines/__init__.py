"""CLEAN and TAG: a page goes in, an article comes out. Pure: no network, no database, no clock."""
