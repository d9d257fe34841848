-- The key database. Its owner is the key role; the event role may not connect (see create_schema).
-- No foreign keys: every write goes through infra/keys, and a check per row would cost more than
-- the row. All times are microseconds since 1970 in UTC. No column holds a personal value.

CREATE TABLE IF NOT EXISTS controller (
    controller uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    -- How many subjects ever arrived; its row lock makes arrivals of one controller serial.
    arrivals bigint NOT NULL DEFAULT 0
);

-- The controller key under each root version: one provider call per process and version.
CREATE TABLE IF NOT EXISTS controller_key (
    controller uuid NOT NULL,
    root_version integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (controller, root_version)
);

-- HMAC secrets, wrapped under the controller key of root_version.
CREATE TABLE IF NOT EXISTS controller_secret (
    controller uuid NOT NULL,
    purpose text NOT NULL,
    root_version integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (controller, purpose)
);

CREATE TABLE IF NOT EXISTS pepper (
    controller uuid NOT NULL,
    epoch integer NOT NULL,
    root_version integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (controller, epoch)
);

-- At most 256 subjects in order of arrival. generation counts the cohort's keys; dirty since an
-- erasure until it is rekeyed.
CREATE TABLE IF NOT EXISTS cohort (
    cohort bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    controller uuid NOT NULL,
    number bigint NOT NULL,
    root_version integer NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    dirty boolean NOT NULL DEFAULT false,
    rekeyed_at_seq bigint NOT NULL DEFAULT 0,
    wrapped bytea NOT NULL,
    UNIQUE (controller, number)
);

-- cohort is null only for a subject first heard of in an erasure replayed from the log.
CREATE TABLE IF NOT EXISTS subject (
    subject uuid PRIMARY KEY,
    controller uuid NOT NULL,
    cohort bigint,
    created_at bigint NOT NULL,
    confirmed boolean NOT NULL DEFAULT false,
    restricted boolean NOT NULL DEFAULT false,
    erased boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS subject_of_cohort ON subject (cohort);
CREATE INDEX IF NOT EXISTS subject_pending ON subject (created_at) WHERE NOT confirmed AND NOT erased;
CREATE INDEX IF NOT EXISTS subject_suspended ON subject (controller, subject)
    WHERE restricted AND NOT erased;

-- One live DEK per person and category, wrapped under her cohort's key. survives: notice/, request/.
CREATE TABLE IF NOT EXISTS dek (
    key_id uuid PRIMARY KEY,
    subject uuid NOT NULL,
    category text NOT NULL,
    epoch integer NOT NULL,
    survives boolean NOT NULL,
    created_at bigint NOT NULL,
    fingerprint bytea NOT NULL,
    wrapped bytea NOT NULL,
    UNIQUE (subject, category)
);
CREATE INDEX IF NOT EXISTS dek_surviving ON dek (created_at) WHERE survives;

-- erasure_id is null for a notice or request key that was acknowledged or expired. fingerprint is
-- empty when the key was named by a fence and already absent (a restored key database).
CREATE TABLE IF NOT EXISTS tombstone (
    key_id uuid PRIMARY KEY,
    controller uuid NOT NULL,
    subject uuid NOT NULL,
    category text NOT NULL,
    epoch integer NOT NULL,
    fingerprint bytea NOT NULL,
    erasure_id uuid,
    destroyed_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS tombstone_of_category ON tombstone (subject, category);

-- mark is empty for (source, remote id), which therefore names one person; for a contact it is an
-- HMAC under the cohort key, so that one person's repeated address is one row.
CREATE TABLE IF NOT EXISTS lookup (
    token bytea NOT NULL,
    mark bytea NOT NULL,
    controller uuid NOT NULL,
    kind smallint NOT NULL,
    epoch integer NOT NULL,
    cohort bigint NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (token, mark)
);
CREATE INDEX IF NOT EXISTS lookup_of_cohort ON lookup (cohort);

-- The late-fact guard.
CREATE TABLE IF NOT EXISTS erased_source (
    token bytea PRIMARY KEY,
    controller uuid NOT NULL,
    erased_at bigint NOT NULL,
    until bigint NOT NULL
);

-- A pointer: a keyed hash of a folded address, and no subject. since and until are whole days, so that
-- the pointers of one person are not told by their moment; until is null until somebody lifts it.
CREATE TABLE IF NOT EXISTS suppression (
    token bytea NOT NULL,
    reason text NOT NULL,
    controller uuid NOT NULL,
    kind smallint NOT NULL,
    since bigint NOT NULL,
    until bigint,
    PRIMARY KEY (token, reason)
);
CREATE INDEX IF NOT EXISTS suppression_of_controller ON suppression (controller, reason, kind);
CREATE INDEX IF NOT EXISTS suppression_due ON suppression (until) WHERE until IS NOT NULL;

CREATE TABLE IF NOT EXISTS journal (
    controller uuid NOT NULL,
    sequence bigint NOT NULL,
    erasure_id uuid NOT NULL UNIQUE,
    encoded bytea NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (controller, sequence)
);

CREATE TABLE IF NOT EXISTS journal_head (
    controller uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    chain bytea NOT NULL
);

-- Loose keys: one-off, in a bucket a day and purpose. wrapped is null once destroyed.
CREATE TABLE IF NOT EXISTS loose_bucket (
    bucket uuid PRIMARY KEY,
    controller uuid NOT NULL,
    purpose text NOT NULL,
    day integer NOT NULL,
    root_version integer NOT NULL,
    until bigint NOT NULL,
    wrapped bytea
);
CREATE UNIQUE INDEX IF NOT EXISTS loose_bucket_of_day
    ON loose_bucket (controller, purpose, day) WHERE wrapped IS NOT NULL;

CREATE TABLE IF NOT EXISTS loose_key (
    key_id uuid PRIMARY KEY,
    item uuid NOT NULL,
    bucket uuid NOT NULL,
    until bigint NOT NULL,
    wrapped bytea
);
CREATE INDEX IF NOT EXISTS loose_key_of_item ON loose_key (item);
CREATE INDEX IF NOT EXISTS loose_key_of_bucket ON loose_key (bucket);
CREATE INDEX IF NOT EXISTS loose_key_due ON loose_key (until) WHERE wrapped IS NOT NULL;
