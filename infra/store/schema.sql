-- The event database. Applied whole, again and again: every statement is idempotent.
--
-- No personal value is stored here in the clear: `state` and `token` columns hold what was sealed
-- at the door. Times are microseconds since 1970-01-01T00:00:00Z.

-- The log. `notification_id` is the position in the whole log, without gaps: it is given out under
-- the table's EXCLUSIVE lock, so the order of positions is the order of commits.
CREATE TABLE IF NOT EXISTS fact_log (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    -- Rows are never changed: only a freeze or an index scan's visibility map needs a vacuum.
    autovacuum_vacuum_insert_scale_factor = 0.5,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05
);
CREATE UNIQUE INDEX IF NOT EXISTS fact_log_notification_id_idx ON fact_log (notification_id);
-- What binds for as long as nobody ends it: found without reading the log, in the log's order.
CREATE INDEX IF NOT EXISTS fact_log_binding ON fact_log (topic, notification_id)
    WHERE topic IN ('subject.legal-hold-placed', 'subject.processing-restricted');

-- One row a batch: chain = SHA256(previous chain | first | last | SHA256 of the framed rows).
CREATE TABLE IF NOT EXISTS log_chain (
    last_position bigint PRIMARY KEY,
    first_position bigint NOT NULL,
    chain bytea NOT NULL
);

-- The folded state of each stream: rebuildable from the log, written with it.
CREATE TABLE IF NOT EXISTS subject_head (
    subject uuid PRIMARY KEY,
    controller uuid NOT NULL,
    version bigint NOT NULL,
    state_version integer NOT NULL,
    state bytea NOT NULL
) WITH (fillfactor = 70); -- room for the next version of a head on its own page
-- Whose stream it is: a person's, an assignment's, a client's or a controller's.
ALTER TABLE subject_head ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT 'person';

-- Every upstream fact ever recorded; never purged, so a fact delivered again years later is known.
CREATE TABLE IF NOT EXISTS inbox (
    controller uuid NOT NULL,
    fact_id uuid NOT NULL,
    PRIMARY KEY (controller, fact_id)
);

-- Where each named reader goes on, and the batch that brought it there.
CREATE TABLE IF NOT EXISTS position (
    name text PRIMARY KEY,
    pos bigint NOT NULL,
    batch uuid NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS notice (
    notice_id uuid PRIMARY KEY,
    controller uuid NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    subject uuid,
    erasure_id uuid,
    token bytea,
    created_at bigint NOT NULL,
    acknowledged_at bigint
);
-- The order of commits, as notices are written under the log's lock: recipients are told in it.
ALTER TABLE notice ADD COLUMN IF NOT EXISTS ordinal bigint GENERATED ALWAYS AS IDENTITY;
DROP INDEX IF EXISTS notice_waiting;
CREATE INDEX IF NOT EXISTS notice_in_order ON notice (ordinal) WHERE acknowledged_at IS NULL;
CREATE INDEX IF NOT EXISTS notice_about ON notice (subject, ordinal);
-- Acknowledged, and its key not yet known to be destroyed: another database holds the key.
ALTER TABLE notice ADD COLUMN IF NOT EXISTS settled_at bigint;
CREATE INDEX IF NOT EXISTS notice_unsettled ON notice (notice_id)
    WHERE acknowledged_at IS NOT NULL AND settled_at IS NULL;

CREATE TABLE IF NOT EXISTS parked (
    parked_id uuid PRIMARY KEY,
    controller uuid,
    position_name text NOT NULL,
    position_index bigint NOT NULL,
    reason text NOT NULL,
    token bytea NOT NULL,
    parked_at bigint NOT NULL,
    outcome text CHECK (outcome IN ('replayed', 'discarded')),
    settled_at bigint
);
CREATE INDEX IF NOT EXISTS parked_waiting ON parked (parked_at, parked_id) WHERE outcome IS NULL;
-- Whose and which fact a refused item is; both null of what could not be read that far.
ALTER TABLE parked ADD COLUMN IF NOT EXISTS subject uuid;
ALTER TABLE parked ADD COLUMN IF NOT EXISTS topic text;
CREATE INDEX IF NOT EXISTS parked_of ON parked (subject) WHERE subject IS NOT NULL;

-- The last erasure-journal head of each controller that the log has seen (E of the restore gate).
CREATE TABLE IF NOT EXISTS erasure_head (
    controller uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    chain bytea NOT NULL
);

-- Every erasure the log knows; pending while `ended_at` is null.
CREATE TABLE IF NOT EXISTS erasure_process (
    subject uuid NOT NULL,
    erasure_id uuid NOT NULL,
    controller uuid NOT NULL,
    category text,
    ordered_at bigint NOT NULL,
    ended_at bigint,
    PRIMARY KEY (subject, erasure_id)
);
CREATE INDEX IF NOT EXISTS erasure_pending ON erasure_process (controller, ordered_at)
    WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS erasure_by_id ON erasure_process (erasure_id);

-- The last run of each of the service's jobs; `ended_at` and `outcome` are null while one runs.
CREATE TABLE IF NOT EXISTS job_run (
    job text PRIMARY KEY,
    started_at bigint NOT NULL,
    ended_at bigint,
    outcome text CHECK (outcome IN ('ok', 'failed', 'away')),
    processed bigint NOT NULL,
    failure text,
    failures integer NOT NULL,
    period bigint NOT NULL,
    next_due bigint NOT NULL,
    process integer NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS controller (
    controller_id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE
);

-- Who saw whom: one row a person and opening, chained within the controller.
CREATE TABLE IF NOT EXISTS access_audit (
    controller uuid NOT NULL,
    sequence bigint NOT NULL,
    subject uuid NOT NULL,
    who text NOT NULL,
    purpose text NOT NULL,
    view text NOT NULL,
    opened bigint NOT NULL,
    at bigint NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (controller, sequence)
);
CREATE INDEX IF NOT EXISTS access_audit_subject ON access_audit (subject, at);

-- Appending is all that can be done to these; a change needs the owner to disable the trigger
-- first, and the hash chains then show it.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME;
END
$$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fact_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON inbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
