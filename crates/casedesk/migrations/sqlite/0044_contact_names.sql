-- What contacts are found by while somebody types: the beginnings of the words of their name, addresses and organisation.
-- Kept by triggers, so that whatever changes a contact changes this too.
CREATE VIRTUAL TABLE contact_words USING fts5 (
    name, addresses, organisation, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
-- What is deleted leaves nothing behind in the index.
INSERT INTO contact_words (contact_words, rank) VALUES ('secure-delete', 1);

INSERT INTO contact_words (rowid, name, addresses, organisation)
SELECT c.id, c.name, (SELECT group_concat(address, ' ') FROM contact_addresses WHERE contact_id = c.id), o.name
FROM contacts c LEFT JOIN organisations o ON o.id = c.organisation_id;

CREATE TRIGGER contact_words_added AFTER INSERT ON contacts BEGIN
    INSERT INTO contact_words (rowid, name, organisation)
    VALUES (NEW.id, NEW.name, (SELECT name FROM organisations WHERE id = NEW.organisation_id));
END;
CREATE TRIGGER contact_words_changed AFTER UPDATE OF name, organisation_id ON contacts BEGIN
    UPDATE contact_words SET name = NEW.name,
        organisation = (SELECT name FROM organisations WHERE id = NEW.organisation_id) WHERE rowid = NEW.id;
END;
CREATE TRIGGER contact_words_deleted AFTER DELETE ON contacts BEGIN
    DELETE FROM contact_words WHERE rowid = OLD.id;
END;
CREATE TRIGGER contact_words_address_added AFTER INSERT ON contact_addresses BEGIN
    UPDATE contact_words
    SET addresses = (SELECT group_concat(address, ' ') FROM contact_addresses WHERE contact_id = NEW.contact_id)
    WHERE rowid = NEW.contact_id;
END;
CREATE TRIGGER contact_words_address_moved AFTER UPDATE OF address, contact_id ON contact_addresses BEGIN
    UPDATE contact_words
    SET addresses = (SELECT group_concat(address, ' ') FROM contact_addresses WHERE contact_id = rowid)
    WHERE rowid IN (OLD.contact_id, NEW.contact_id);
END;
CREATE TRIGGER contact_words_address_deleted AFTER DELETE ON contact_addresses BEGIN
    UPDATE contact_words
    SET addresses = (SELECT group_concat(address, ' ') FROM contact_addresses WHERE contact_id = OLD.contact_id)
    WHERE rowid = OLD.contact_id;
END;
CREATE TRIGGER contact_words_organisation AFTER UPDATE OF name ON organisations BEGIN
    UPDATE contact_words SET organisation = NEW.name
    WHERE rowid IN (SELECT id FROM contacts WHERE organisation_id = NEW.id);
END;
