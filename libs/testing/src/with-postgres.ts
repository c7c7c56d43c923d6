import {
  createTierDatabase,
  type PostgresServer,
  startPostgres,
  type TierDatabase,
} from '@liandong/adapters/postgres';
import type { TierCode } from '@liandong/kernel';
import { afterAll, beforeAll } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type TestPostgres = {
  readonly server: PostgresServer;
  /** A fresh tier with its roles, store and schemas. */
  readonly tier: (code: string) => Promise<TierDatabase>;
};

/**
 * A real PostgreSQL for the tests of one file, ended after them; `server` is there once they
 * run. Durable only if durability is what they test.
 */
export const withPostgres = ({ durable = false }: { readonly durable?: boolean } = {}): TestPostgres => {
  const dir = mkdtempSync(path.join(tmpdir(), 'liandong-test-'));
  chmodSync(dir, 0o711);
  let server: PostgresServer | undefined;
  const running = (): PostgresServer => {
    if (server === undefined) throw new Error('the server starts before the first test, not before');
    return server;
  };

  beforeAll(async () => {
    server = await startPostgres({ dir, durable });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  return {
    get server() {
      return running();
    },
    tier: (code) => createTierDatabase(running(), code as TierCode),
  };
};
