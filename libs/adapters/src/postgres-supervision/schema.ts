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
];
