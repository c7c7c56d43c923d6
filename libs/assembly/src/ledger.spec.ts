import { describe, expect, it } from '@jest/globals';
import { type Incident, ledgerStream } from '@liandong/application';
import { simulatedClock } from '@liandong/assembly';
import type { StreamName, TierCode } from '@liandong/kernel';
import path from 'node:path';
import pg from 'pg';
import {
  type AssembledNetwork,
  city,
  county,
  say,
  sharedCase,
  tiers,
  township,
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

describe('the times that ledgers prove', () => {
  it('show every peer an author whose clock is an hour behind, and nobody whose clock is right', async () => {
    const right = path.join(tested.folder, 'right');
    const wrong = path.join(tested.folder, 'wrong');
    const times = simulatedClock(right);
    times.advance(3_600_000);
    const net = await tested.open(
      ({ tier }) => ({
        demonstration: { clockOffsetFile: tier === county ? wrong : right },
      }),
      times,
    );
    const sayNow = async (tier: TierCode, stream: StreamName) => {
      const now = (tier === county ? simulatedClock(wrong) : times).now().toISOString();
      await say(net.store(tier), tier, stream, { time: now, recordedtime: now });
    };
    const stream = await sharedCase(net.store(city), city);
    await net.drained();
    for (const tier of tiers) await sayNow(tier, stream);
    const anchored = async (tier: TierCode) =>
      (await net.store(tier).read(ledgerStream({ tier, epoch: 1 }))).length > 0;
    await net.until(async () => (await Promise.all(tiers.map(anchored))).every((done) => done));
    await net.drained();
    for (const tier of tiers) await sayNow(tier, stream);
    await net.drained();

    const misdated = async (tier: TierCode) =>
      (await incidentsOf(net, tier)).filter(({ code }) => code === 'back-dated' || code === 'post-dated');
    for (const tier of [city, township]) {
      const found = await misdated(tier);
      expect(new Set(found.map(({ code, feed }) => `${code} ${feed?.author}`))).toEqual(
        new Set([`back-dated ${county}`]),
      );
      expect(found.at(-1)?.detail).toContain('liandong.case.noted.v1');
    }
    expect(await misdated(county)).toEqual([]);
  });
});
