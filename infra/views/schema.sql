-- The views: derived from the log, thrown away and rebuilt at will. They carry tokens, ids, enums,
-- instants and counts; nothing personal in clear.
--
-- Schema views is what readers read. A rebuild folds into tables of the same shape in views_next and
-- moves them over in one transaction. A reader's role needs its SELECT granted as a default privilege
-- in both schemas, because a swap replaces the tables:
--   ALTER DEFAULT PRIVILEGES IN SCHEMA views, views_next GRANT SELECT ON TABLES TO <reader>;
-- Row-level security holds such a role to the controller its transaction names; the owner, who
-- folds, is exempt.

CREATE SCHEMA IF NOT EXISTS views;
CREATE SCHEMA IF NOT EXISTS views_next;

-- How far each table was folded. Its row is the lock of the table: folding, purging and swapping
-- hold it, so none of them works on what another is changing.
CREATE TABLE IF NOT EXISTS views.position (
    build    text   NOT NULL,
    view     text   NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (build, view)
);

CREATE TABLE IF NOT EXISTS views.board (
    subject        uuid   NOT NULL,
    application_id uuid   NOT NULL,
    controller     uuid   NOT NULL,
    assignment_id  uuid,
    kind           text,
    applied_at     bigint,
    stage          text   NOT NULL,
    staged_at      bigint,
    staged_by      uuid,
    status         text   NOT NULL,
    settled_at     bigint,
    settled_by     uuid,
    since          bigint NOT NULL,
    lane           text   NOT NULL GENERATED ALWAYS AS
                   (CASE status WHEN 'active' THEN stage ELSE status END) STORED,
    PRIMARY KEY (subject, application_id)
);
CREATE INDEX IF NOT EXISTS board_lane
    ON views.board (controller, lane, since DESC, application_id DESC);
CREATE INDEX IF NOT EXISTS board_assignment
    ON views.board (assignment_id, lane, since DESC, application_id DESC)
    WHERE assignment_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS views.dossier (
    subject     uuid    NOT NULL,
    slot        text    COLLATE "C" NOT NULL,
    controller  uuid    NOT NULL,
    topic       text    NOT NULL,
    fact_id     uuid    NOT NULL,
    occurred_at bigint  NOT NULL,
    source      text    NOT NULL,
    actor       text    NOT NULL,
    clear       bytea   NOT NULL,
    parts       bytea   STORAGE EXTERNAL NOT NULL, -- ciphertext does not compress
    state       text    NOT NULL,
    purgeable   boolean NOT NULL,
    PRIMARY KEY (subject, slot)
);

CREATE TABLE IF NOT EXISTS views.timeline (
    subject     uuid    NOT NULL,
    version     bigint  NOT NULL,
    controller  uuid    NOT NULL,
    position    bigint  NOT NULL,
    topic       text    NOT NULL,
    fact_id     uuid    NOT NULL,
    occurred_at bigint  NOT NULL,
    recorded_at bigint  NOT NULL,
    source      text    NOT NULL,
    actor       text    NOT NULL,
    clear       bytea   NOT NULL,
    parts       bytea   STORAGE EXTERNAL NOT NULL,
    purgeable   boolean NOT NULL,
    PRIMARY KEY (subject, version)
);

CREATE TABLE IF NOT EXISTS views.erasures (
    subject          uuid   NOT NULL,
    erasure_id       uuid   NOT NULL,
    controller       uuid   NOT NULL,
    first_position   bigint NOT NULL,
    progress         text   NOT NULL,
    category         text,
    reason           text,
    recipients       text[] NOT NULL,
    requested_at     bigint,
    approved_at      bigint,
    ordered_at       bigint,
    destroyed_at     bigint,
    erased_at        bigint,
    keys_destroyed   bigint,
    tokens_probed    bigint,
    tokens_opened    bigint,
    journal_sequence bigint,
    PRIMARY KEY (subject, erasure_id)
);
CREATE INDEX IF NOT EXISTS erasures_register ON views.erasures (controller, first_position DESC);

CREATE TABLE IF NOT EXISTS views.disclosures (
    subject        uuid    NOT NULL,
    item           text    COLLATE "C" NOT NULL,
    controller     uuid    NOT NULL,
    kind           text    NOT NULL,
    recipient      uuid,
    disclosed      text[]  NOT NULL,
    documents      bigint  NOT NULL,
    why            text,
    transfer_id    uuid,
    assignment_id  uuid,
    consent_id     uuid,
    needed_consent boolean NOT NULL,
    told_at        bigint,
    expires_at     bigint,
    viewed_at      bigint,
    expired_at     bigint,
    withdrawn_at   bigint,
    PRIMARY KEY (subject, item)
);

CREATE OR REPLACE PROCEDURE views.hold_to_controller(build text, view text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', build, view);
    EXECUTE format('DROP POLICY IF EXISTS own_controller ON %I.%I', build, view);
    EXECUTE format(
        'CREATE POLICY own_controller ON %I.%I FOR SELECT USING '
        '(controller = nullif(current_setting(''glemmebok.controller'', true), '''')::uuid)',
        build, view);
END $$;

CALL views.hold_to_controller('views', 'board');
CALL views.hold_to_controller('views', 'dossier');
CALL views.hold_to_controller('views', 'timeline');
CALL views.hold_to_controller('views', 'erasures');
CALL views.hold_to_controller('views', 'disclosures');
