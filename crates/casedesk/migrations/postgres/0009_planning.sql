-- PostgreSQL measures its tables itself; the pair of this file gives SQLite fixed figures.
ANALYZE cases;
