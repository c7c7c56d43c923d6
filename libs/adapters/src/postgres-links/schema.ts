import type { MigrationStep } from '../pg/migrate.ts';
import { readableByCounter } from '../pg/counter-reads.ts';

/**
 * What the exchange remembers, in the schema and under the role of the exchange. A step
 * that was released is never edited: a change is a new step.
 */
export const linkMigrations: readonly MigrationStep[] = [
  {
    version: 1,
    sql: `
CREATE TABLE exchange.lease ();

CREATE TABLE exchange.relay (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL,
  seq bigint NOT NULL
);
INSERT INTO exchange.relay (position, seq) VALUES (0, 0);

CREATE TABLE exchange.known (
  hash bytea PRIMARY KEY,
  stream text NOT NULL,
  position bigint NOT NULL,
  seq bigint
);
CREATE INDEX known_own ON exchange.known (stream, position) WHERE seq IS NOT NULL;

CREATE TABLE exchange.audience (
  stream text NOT NULL,
  tier text NOT NULL,
  PRIMARY KEY (stream, tier)
);

CREATE TABLE exchange.feed (
  author text NOT NULL,
  destination text NOT NULL,
  head bigint NOT NULL DEFAULT 0,
  digest text NOT NULL DEFAULT '',
  acked bigint NOT NULL DEFAULT 0,
  delivered bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (author, destination)
);

CREATE TABLE exchange.numbered (
  destination text NOT NULL,
  number bigint NOT NULL,
  position bigint NOT NULL,
  seq bigint NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (destination, number),
  UNIQUE (destination, position)
);

CREATE TABLE exchange.seal (
  signature bytea PRIMARY KEY,
  service text NOT NULL,
  key_id text NOT NULL,
  leaves bytea NOT NULL
);

CREATE TABLE exchange.forward (
  author text NOT NULL,
  destination text NOT NULL,
  number bigint NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  seal bytea NOT NULL REFERENCES exchange.seal,
  bytes bytea NOT NULL,
  PRIMARY KEY (author, destination, number)
);
CREATE INDEX forward_seal ON exchange.forward (seal);

CREATE TABLE exchange.received (
  author text NOT NULL,
  number bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (author, number)
);

CREATE TABLE exchange.held (
  author text NOT NULL,
  number bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'parked')),
  reason text NOT NULL,
  stream text,
  type text,
  since text NOT NULL,
  attempts integer NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  seal bytea NOT NULL REFERENCES exchange.seal,
  bytes bytea NOT NULL,
  missing bytea[] NOT NULL,
  PRIMARY KEY (author, number)
);
CREATE INDEX held_seal ON exchange.held (seal);
CREATE INDEX held_state ON exchange.held (state, since, number);
CREATE INDEX held_missing ON exchange.held USING gin (missing);

CREATE TABLE exchange.incident (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL,
  peer text NOT NULL,
  author text,
  destination text,
  number bigint,
  hash bytea,
  detail text NOT NULL,
  bytes bytea,
  at text NOT NULL
);

CREATE TABLE exchange.stopped (
  peer text PRIMARY KEY,
  code text NOT NULL,
  detail text NOT NULL,
  at text NOT NULL
);
`,
  },
  {
    version: 2,
    sql: `
-- The number of an event is its leaf in the ledger, from 0; it was counted from 1.
UPDATE exchange.numbered SET seq = seq - 1;
UPDATE exchange.known SET seq = seq - 1 WHERE seq IS NOT NULL;

CREATE TABLE exchange.head (
  digest bytea PRIMARY KEY,
  note bytea NOT NULL
);

ALTER TABLE exchange.forward ADD COLUMN head bytea REFERENCES exchange.head;
ALTER TABLE exchange.forward ADD COLUMN path bytea;
ALTER TABLE exchange.forward ADD CHECK ((head IS NULL) = (path IS NULL));
CREATE INDEX forward_head ON exchange.forward (head);

CREATE TABLE exchange.believed (
  origin text PRIMARY KEY,
  size bigint NOT NULL,
  root bytea NOT NULL,
  note bytea NOT NULL
);
`,
  },
  {
    version: 3,
    sql: `
CREATE TABLE exchange.delivery (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
INSERT INTO exchange.delivery (position) VALUES (0);

-- Cases in which this tier withholds something: open while they have moved since they were settled.
CREATE TABLE exchange.withholding (
  stream text PRIMARY KEY,
  moved bigint NOT NULL,
  settled bigint NOT NULL
);
CREATE INDEX withholding_open ON exchange.withholding (stream) WHERE moved > settled;

-- What each destination answered for a field. Never the field itself.
CREATE TABLE exchange.disclosed (
  digest text NOT NULL,
  destination text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('held', 'erased', 'refused')),
  PRIMARY KEY (digest, destination)
);
`,
  },
  {
    version: 4,
    sql: `
-- At a leaf of another tier's ledger that instant had come.
CREATE TABLE exchange.mark (
  origin text NOT NULL,
  seq bigint NOT NULL,
  at text NOT NULL,
  PRIMARY KEY (origin, seq)
);
`,
  },
  {
    version: 5,
    sql: `
-- What has come of a case and waits, for the counter to show. All else of the links stays the exchange's own.
CREATE INDEX held_stream ON exchange.held (stream);
CREATE VIEW exchange.pending AS
  SELECT author, number, stream, state, reason, since, hash, bytes, missing FROM exchange.held;
${readableByCounter('exchange', ['exchange.pending'])}`,
  },
  {
    version: 6,
    sql: `
-- The leaf of what was received: an author that lost its database asks for it from there on.
ALTER TABLE exchange.received ADD COLUMN seq bigint;
CREATE INDEX received_leaf ON exchange.received (author, seq);
`,
  },
  {
    version: 7,
    sql: `
-- In which epoch each author writes: its feeds are numbered from 1 in each.
CREATE TABLE exchange.epoch (
  tier text PRIMARY KEY,
  epoch integer NOT NULL
);

-- Of which epoch's ledger the leaf is. NULL: of the one in which its author wrote then.
ALTER TABLE exchange.received ADD COLUMN epoch integer;

-- What was received under the numbers of a former epoch.
CREATE TABLE exchange.leaf (
  author text NOT NULL,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (author, epoch, seq, hash)
);
`,
  },
];
