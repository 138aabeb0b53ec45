-- An option that everybody may read about, and when its words last changed. 0: not since it was made.
ALTER TABLE support_options ADD COLUMN is_public BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE support_options ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
