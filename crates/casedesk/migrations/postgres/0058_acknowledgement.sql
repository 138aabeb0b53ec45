-- Which template is sent as the acknowledgement of new cases, one at the most. Until now it was the one of that name.
ALTER TABLE templates ADD COLUMN acknowledges BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE templates SET acknowledges = TRUE WHERE name = 'Acknowledgement';
CREATE UNIQUE INDEX templates_acknowledges ON templates (acknowledges) WHERE acknowledges;
