-- What a log file says of time, by the SHA-256 of its bytes, so that each is read once. `reader` is the version of the
-- reader: what an older one read is read again.
CREATE TABLE log_readings (
    digest TEXT PRIMARY KEY,
    reader BIGINT NOT NULL,
    format TEXT,
    zone TEXT,
    first_stamp TEXT,
    last_stamp TEXT,
    lines BIGINT NOT NULL,
    stamped BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    ask_again BOOLEAN NOT NULL,
    read_at BIGINT NOT NULL
);
