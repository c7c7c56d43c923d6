import { keyedNames, newSalt, sealer, sha256 } from '@liandong/adapters/crypto';
import { openPool } from '@liandong/adapters/postgres';
import type { Authoring, Clock, Disclosures, EventStore } from '@liandong/application';
import { checkOwnSchema, dataschemaOf, type TierConfig } from '@liandong/contracts';
import { type Author, canonicalJson, sourceOf, toHex, utf8 } from '@liandong/kernel';
import type pg from 'pg';
import { realClock, simulatedClock } from './clock.ts';
import { openEventStore } from './event-store.ts';
import { fileContent } from './files.ts';

export { fileContent } from './files.ts';

/** One service's access to its tier: a role of its own in the database, a key of its own for its commits. */
export type Access = {
  readonly author: Author;
  readonly clock: Clock;
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly disclosures: Disclosures;
  /** Throws unless the store answers. */
  readonly reach: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The services that write events, each under its own key. */
export type WritingService = 'approval' | 'supervision' | 'exchange';

export const openAccess = (config: TierConfig, service: WritingService, connections: number): Access => {
  const author = { network: config.network, tier: config.tier, epoch: config.epoch };
  const pool = openPool(fileContent(config.databaseUrlFiles[service], `databaseUrlFiles.${service}`), {
    max: connections,
  });
  const seal = sealer(service, sourceOf(author), privateKeyOf(config, service));
  const opened = openEventStore(config, pool, seal);
  return {
    ...opened,
    ...{ author, pool },
    clock: clockOf(config),
    close: async () => {
      await opened.close();
      await pool.end();
    },
  };
};

export const privateKeyOf = (config: TierConfig, service: WritingService): string =>
  fileContent(config.keyFiles[service], `keyFiles.${service}`);

/** A network that an operator runs has real time; only a demonstration's is simulated. */
export const clockOf = ({ demonstration }: TierConfig): Clock =>
  demonstration === undefined ? realClock : simulatedClock(demonstration.clockOffsetFile);

export const authoringOf = (config: TierConfig, { author, clock }: Access): Authoring => ({
  author,
  clock,
  sha256,
  newSalt,
  checkOwnSchema,
  dataschemaOf,
  ...keyedNames(fileContent(config.secretFile, 'secretFile')),
});

/**
 * For what a service records of itself, without the tier's secret: it acts for no person, and
 * what it says is nobody's guess.
 */
export const systemAuthoring = ({ author, clock }: Access): Authoring => ({
  ...{ author, clock, sha256, newSalt, checkOwnSchema, dataschemaOf },
  pseudonym: (principal) => principal,
  fingerprint: (command) => toHex(sha256(utf8(canonicalJson(command)))).slice(0, 32),
});
