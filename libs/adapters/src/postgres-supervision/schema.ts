import type { MigrationStep } from '../pg/migrate.ts';

/**
 * What supervision keeps beside the store. All of it follows from events. Instants are
 * text as events write them, whose order is time order.
 */
export const supervisionMigrations: readonly MigrationStep[] = [
  {
    version: 1,
    sql: `
CREATE TABLE supervision.matter (
  matter text PRIMARY KEY,
  due text COLLATE "C",
  calendar text NOT NULL
);
CREATE INDEX matter_due ON supervision.matter (due) WHERE due IS NOT NULL;

CREATE TABLE supervision.card (
  card text COLLATE "C" PRIMARY KEY,
  matter text NOT NULL,
  issuer text NOT NULL,
  department text NOT NULL,
  colour text NOT NULL,
  status text NOT NULL,
  due text COLLATE "C" NOT NULL,
  issued text COLLATE "C",
  -- As JSON text, not as a document: what was written comes back as it was.
  state text NOT NULL
);
CREATE INDEX card_matter ON supervision.card (matter);
CREATE INDEX card_due ON supervision.card (due DESC, card DESC);
`,
  },
  {
    version: 2,
    sql: `
CREATE TABLE supervision.overview_row (
  key text COLLATE "C" PRIMARY KEY,
  stream text NOT NULL,
  matter text NOT NULL,
  tier text NOT NULL,
  department text NOT NULL,
  at_window text,
  staff text,
  item text,
  at text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  figures text[] NOT NULL,
  -- What it was counted as, so that it can be taken from the tally again.
  tallied text NOT NULL,
  row text NOT NULL
);
CREATE INDEX overview_row_stream ON supervision.overview_row (stream);
CREATE INDEX overview_row_matter ON supervision.overview_row (matter);
CREATE INDEX overview_row_at ON supervision.overview_row (at DESC, key DESC);
CREATE INDEX overview_row_figures ON supervision.overview_row USING gin (figures);
CREATE INDEX overview_row_late ON supervision.overview_row (tier, department, at) WHERE kind = 'lateEntry';

CREATE TABLE supervision.overview_stream (
  stream text COLLATE "C" PRIMARY KEY,
  due text COLLATE "C",
  anew boolean NOT NULL
);
CREATE INDEX overview_stream_due ON supervision.overview_stream (due, stream) WHERE due IS NOT NULL;

CREATE TABLE supervision.overview_tally (
  tallied text COLLATE "C" PRIMARY KEY,
  tier text NOT NULL,
  count integer NOT NULL
);
CREATE INDEX overview_tally_tier ON supervision.overview_tally (tier);
`,
  },
  {
    version: 3,
    sql: `
CREATE TABLE supervision.overseen (
  stream text COLLATE "C" PRIMARY KEY,
  card text NOT NULL,
  matter text NOT NULL,
  state text NOT NULL,
  since text COLLATE "C" NOT NULL,
  row text NOT NULL
);
CREATE INDEX overseen_card ON supervision.overseen (card);
CREATE INDEX overseen_matter ON supervision.overseen (matter);
CREATE INDEX overseen_disagreed ON supervision.overseen (since DESC, stream DESC) WHERE state = 'disagreed';

CREATE TABLE supervision.outlook (
  matter text PRIMARY KEY,
  due text COLLATE "C",
  again text COLLATE "C"
);
CREATE INDEX outlook_due ON supervision.outlook (due) WHERE due IS NOT NULL;
CREATE INDEX outlook_again ON supervision.outlook (again) WHERE again IS NOT NULL;
`,
  },
  {
    version: 4,
    sql: `
-- The audit compares the overview with what the events make of it, by a role named after the tier as this one is.
DO $$ DECLARE audit text := regexp_replace(current_user, '_supervision$', '_audit'); BEGIN
  IF audit <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = audit) THEN
    EXECUTE format('GRANT USAGE ON SCHEMA supervision TO %I', audit);
    EXECUTE format('GRANT SELECT ON supervision.overview_row, supervision.overview_tally TO %I', audit);
  END IF;
END $$;
`,
  },
];
