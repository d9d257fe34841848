-- What rotation adds to the key database (infra/keys/rotating.py). Times are microseconds since 1970
-- in UTC.

-- retired is 0 for the one key a category is sealed with now, and its own epoch for one that only
-- opens: so one index finds both, and a person has one present key a category.
ALTER TABLE dek ADD COLUMN IF NOT EXISTS retired integer NOT NULL DEFAULT 0;
ALTER TABLE dek DROP CONSTRAINT IF EXISTS dek_subject_category_key;
CREATE UNIQUE INDEX IF NOT EXISTS dek_of_category ON dek (subject, category, retired);

-- One rotation of cohort keys, data keys or peppers: it walks the cohorts in order, up to the last
-- there was when it began. reached moves in the transaction that carries a page.
CREATE TABLE IF NOT EXISTS rotation (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what text NOT NULL,
    started_at bigint NOT NULL,
    bound bigint NOT NULL,
    reached bigint NOT NULL DEFAULT 0,
    keys bigint NOT NULL DEFAULT 0,
    lookups bigint NOT NULL DEFAULT 0,
    ended_at bigint
);
CREATE UNIQUE INDEX IF NOT EXISTS rotation_under_way ON rotation (what) WHERE ended_at IS NULL;
