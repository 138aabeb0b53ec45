-- Every word of the search, so that a word's beginning becomes the words that begin so: the index reads all hits of
-- a beginning before it gives the first, and of a whole word only those that are asked for. Beginnings of two and
-- three letters have an index of their own.
CREATE TABLE search_words (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab (search_text, 'row');
INSERT INTO search_words (word) SELECT term FROM search_vocabulary WHERE length(term) BETWEEN 4 AND 40;
DROP TABLE search_vocabulary;
