"""The bundled newsroom: pages written for this project, and the server that shows them."""

from techwire.demo.newsroom import LATER, NOW, Piece, truth
from techwire.demo.server import Newsroom
from techwire.demo.sites import hosts, sources_toml

__all__ = ["LATER", "NOW", "Newsroom", "Piece", "hosts", "sources_toml", "truth"]
