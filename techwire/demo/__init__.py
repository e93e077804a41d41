"""The bundled newsroom: pages written for this project, and the server that shows them."""
