-- What finalisation adds to the key database (infra/keys/finalising.py). Times are microseconds
-- since 1970 in UTC.

-- A bucket is dirty when one of its loose keys was destroyed since its own key was made.
ALTER TABLE loose_bucket ADD COLUMN IF NOT EXISTS dirty boolean NOT NULL DEFAULT false;

-- One run moves every wrap from root version from_version to to_version; step is the last that is
-- durable. The canaries are random bytes wrapped under the one and the other.
CREATE TABLE IF NOT EXISTS finalisation (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_version integer NOT NULL,
    to_version integer,
    step text NOT NULL,
    started_at bigint NOT NULL,
    rekeyed_at bigint,
    canary_before bytea,
    canary_after bytea,
    backup text,
    ended_at bigint
);
CREATE UNIQUE INDEX IF NOT EXISTS finalisation_under_way
    ON finalisation ((true)) WHERE ended_at IS NULL;

-- The journal of finalisations: a chain a controller. covers is the highest sequence of the erasure
-- journal whose keys no surviving key can unwrap, in whatever copy.
CREATE TABLE IF NOT EXISTS finalised (
    controller uuid NOT NULL,
    number bigint NOT NULL,
    run bigint NOT NULL,
    covers bigint NOT NULL,
    encoded bytea NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (controller, number),
    UNIQUE (controller, run)
);
