-- What came by the form. `typed` and the files stay only while it is held; the nonce of the form's time stamp is
-- remembered until the stamp is too old, so that the same form sent twice is one case.
CREATE TABLE form_submissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce TEXT UNIQUE,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    typed TEXT NOT NULL DEFAULT '',
    case_id BIGINT REFERENCES cases (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX form_submissions_held ON form_submissions (id) WHERE state = 'held';
CREATE INDEX form_submissions_done ON form_submissions (created_at) WHERE state <> 'held';

CREATE TABLE form_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id BIGINT NOT NULL REFERENCES form_submissions (id),
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    shows_inline BOOLEAN NOT NULL
);
CREATE INDEX form_files_submission ON form_files (submission_id);

-- Links that show one case each to whoever has them, in the name that was typed: what we call the contact is not
-- theirs to know. Only the digest is kept.
CREATE TABLE private_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX private_links_case ON private_links (case_id);
