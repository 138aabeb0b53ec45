-- Nothing: the words of a beginning are a table in SQLite alone, and PostgreSQL's index finds them by itself.
SELECT 1;
