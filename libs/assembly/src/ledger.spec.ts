import { describe, expect, it } from '@jest/globals';
import type { Incident } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import pg from 'pg';
import {
  type AssembledNetwork,
  county,
  say,
  sharedCase,
  tiers,
  withAssembledNetwork,
} from '../test/network.ts';

const tested = withAssembledNetwork();

const incidentsOf = async (net: AssembledNetwork, tier: TierCode): Promise<readonly Incident[]> =>
  (await net.running.get(tier)?.active.book.incidents(1_000)) ?? [];

/** As somebody with the database's own password. */
const asInsider = async (tier: TierCode, ...statements: readonly string[]) => {
  const client = new pg.Client({ connectionString: tested.postgres.server.url('postgres', `tier_${tier}`) });
  await client.connect();
  try {
    const tables = ['store.event', 'store.event_0', 'ledger.tile', 'ledger.entry'];
    const unlocked = tables.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    await client.query(['BEGIN', ...unlocked, ...statements, 'COMMIT'].join(';\n'));
  } finally {
    await client.end();
  }
};

const flipEvent = `UPDATE store.event SET bytes = set_byte(bytes, 60, get_byte(bytes, 60) # 1)
  WHERE position = (SELECT max(position) FROM ledger.entry)`;
const flipTile = `UPDATE ledger.tile SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1)
  WHERE level = 0 AND index = 0`;

describe('the scrub of a running exchange', () => {
  it('reports a stored event that was rewritten, and a tile that was, within its interval', async () => {
    const net = await tested.open(() => ({ ledger: { scrubSeconds: 1, timeToleranceSeconds: 300 } }));
    const stream = await sharedCase(net.store(county), county);
    for (let n = 0; n < 3; n++) await say(net.store(county), county, stream);
    await net.drained();
    for (const tier of tiers)
      expect((await incidentsOf(net, tier)).filter(({ code }) => code.startsWith('scrub'))).toEqual([]);
    const found = (code: string) => async () =>
      (await incidentsOf(net, county)).some((each) => each.code === code);
    const shown = async () => (await net.statusOf(county))?.incidents.map(({ code }) => code);

    await asInsider(county, flipEvent);
    await net.until(found('scrub-bytes-changed'));
    expect(await shown()).toContain('scrub-bytes-changed');
    await asInsider(county, flipEvent, flipTile);
    await net.until(found('scrub-tile-differs'));
    await asInsider(county, flipTile);
  });
});
