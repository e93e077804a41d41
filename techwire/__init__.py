"""techwire watches the tech press by company. This package holds the words every room speaks."""

__version__ = "0.1.0"
