-- The day on which a message that was put off arrived, by which it is found when the server numbers the folder anew.
ALTER TABLE mailbox_gaps ADD COLUMN arrived_on BIGINT;
-- Those days: below window_uid, what arrived on them is read too, however long ago. A JSON list.
ALTER TABLE mailboxes ADD COLUMN window_days TEXT NOT NULL DEFAULT '[]';
