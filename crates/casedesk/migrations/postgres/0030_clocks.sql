ALTER TABLE support_option_targets ADD COLUMN resolve_min BIGINT;

-- The option that counts where no contract is in force; one at the most.
ALTER TABLE support_options ADD COLUMN is_default BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX support_options_default ON support_options (is_default) WHERE is_default;

-- Who is told when a promise to a customer is about to be broken.
ALTER TABLE teams ADD COLUMN lead_id BIGINT REFERENCES agents (id);

-- The newest round of each promise of a case. Instants move only with what happens, never with the time.
CREATE TABLE case_clocks (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    promise TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    -- None: the clock stands before it was due, or the promise was kept.
    due_at BIGINT,
    warn_at BIGINT,
    met_at BIGINT,
    -- Business seconds that are left while the clock stands.
    left_s BIGINT,
    target_min BIGINT NOT NULL,
    option_name TEXT NOT NULL,
    -- When it was told that the end is near, and that it is over.
    warning_told_at BIGINT,
    breach_told_at BIGINT,
    PRIMARY KEY (case_id, promise)
);

-- Of the promise that is due first.
ALTER TABLE cases ADD COLUMN due_at BIGINT;
ALTER TABLE cases ADD COLUMN due_promise TEXT;
ALTER TABLE cases ADD COLUMN due_state TEXT;
CREATE INDEX cases_due ON cases (due_state, due_at, id) WHERE due_state IS NOT NULL AND merged_into IS NULL;
CREATE INDEX cases_due_first ON cases (COALESCE(due_at, 9223372036854775807), id) WHERE merged_into IS NULL;

