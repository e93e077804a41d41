"""The way from every earlier schema to this one; run by ``db.schema.upgrade``, no ini file."""
