-- The newest walk over the verdicts of all open cases: an older one that is still under way gives way to it.
CREATE TABLE judge_walks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    begun_at BIGINT NOT NULL
);
