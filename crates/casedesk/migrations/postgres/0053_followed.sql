-- The case had no organisation and took the one that its contact was given: it goes back when the contact has none again.
ALTER TABLE cases ADD COLUMN followed BOOLEAN NOT NULL DEFAULT FALSE;
