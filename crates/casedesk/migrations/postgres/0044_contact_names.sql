-- What contacts are found by while somebody types: the beginnings of the words of their name, addresses and organisation.
-- Accents are taken off, and what holds an address together counts as a space.
CREATE FUNCTION words_of_name(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    to_tsvector('simple'::regconfig,
        translate(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g'), '@._-+/''', '       '));
CREATE INDEX contacts_words ON contacts USING gin (words_of_name(name));
CREATE INDEX contact_addresses_words ON contact_addresses USING gin (words_of_name(address));
CREATE INDEX organisations_words ON organisations USING gin (words_of_name(name));
