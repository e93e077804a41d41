"""STORE and QUERY. SQLAlchemy lives here, and nowhere else."""
