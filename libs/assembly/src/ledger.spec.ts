import { describe, expect, it } from '@jest/globals';
import { handBack, type Incident, ledgerStream } from '@liandong/application';
import { simulatedClock } from '@liandong/assembly';
import { decodeLedgerFact } from '@liandong/contracts';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
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
import { databasesOf, registers } from '../test/restored.ts';

const tested = withAssembledNetwork();
const { copyOf, restore } = databasesOf(tested);

const incidentsOf = async (net: AssembledNetwork, tier: TierCode): Promise<readonly Incident[]> =>
  (await net.running.get(tier)?.active.book.incidents(1_000)) ?? [];

/** As somebody with the database's own password. */
const asInsider = async (tier: TierCode, ...statements: readonly string[]): Promise<unknown> => {
  const client = new pg.Client({ connectionString: tested.postgres.server.url('postgres', `tier_${tier}`) });
  await client.connect();
  try {
    const tables = ['store.event', 'store.event_0', 'ledger.tile', 'ledger.entry'];
    const unlocked = tables.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    await client.query(['BEGIN', ...unlocked].join(';\n'));
    const { rows } = await client.query<Record<string, unknown>>(statements.join(';\n'));
    await client.query('COMMIT');
    return rows?.[0] && Object.values(rows[0])[0];
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

describe('the ledger of a superior tier', () => {
  it('is cosigned by the tiers below, which do not count', async () => {
    const net = await tested.open();
    await sharedCase(net.store(city), city);
    await net.drained();
    const below = `test.example/${county}/witness`;
    await net.until(async () => {
      const { size, witnesses } = (await net.statusOf(city))?.ledger ?? {};
      return witnesses?.find(({ name }) => name === below)?.size === size;
    });
    const { policy } = net.configs.get(county)!.members.find(({ tier }) => tier === city)!;
    expect(policy).toMatch(new RegExp(`^witness ${below} `, 'm'));
    expect(policy?.split('\n').find((line) => line.startsWith('group '))).not.toContain(below);
  });
});

describe('the times that ledgers prove', () => {
  it('show every peer an author whose clock is an hour behind, and nobody whose clock is right', async () => {
    const right = path.join(tested.folder, 'right');
    const wrong = path.join(tested.folder, 'wrong');
    const times = simulatedClock(right);
    times.advance(3_600_000);
    const begun = times.now().toISOString();
    const net = await tested.open(
      ({ tier }) => ({
        demonstration: { clockOffsetFile: tier === county ? wrong : right },
      }),
      times,
    );
    const nowAt = (tier: TierCode) => {
      const now = (tier === county ? simulatedClock(wrong) : times).now().toISOString();
      return { time: now, recordedtime: now };
    };
    const sayNow = (tier: TierCode, stream: StreamName) => say(net.store(tier), tier, stream, nowAt(tier));
    const stream = await sharedCase(net.store(city), city, nowAt(city));
    await net.drained();
    for (const tier of tiers) await sayNow(tier, stream);
    const ahead = new Date(times.now().getTime() - 1_800_000).toISOString();
    await net.until(async () => {
      // A minute must pass there, and something happen, before it records the heads of others again.
      simulatedClock(wrong).advance(5_000);
      await sayNow(county, stream);
      return (await net.store(county).read(ledgerStream({ tier: county, epoch: 1 })))
        .flatMap(({ bytes }) => decodeLedgerFact(decodeEvent(bytes)) ?? [])
        .some(
          ({ type, data }) =>
            type === 'liandong.ledger.anchored.v1' && data.checkpoints.some(({ time }) => time > ahead),
        );
    });
    await net.drained();
    for (const tier of tiers) await sayNow(tier, stream);
    await net.drained();

    const misdated = async (tier: TierCode) =>
      (await incidentsOf(net, tier)).filter(
        ({ code, at }) => at >= begun && (code === 'back-dated' || code === 'post-dated'),
      );
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

describe('a database that was restored from a backup', () => {
  it('signs nothing over what its witnesses have seen, says why, and goes on once it holds it all', async () => {
    const net = await tested.open();
    const stream = await sharedCase(net.store(county), county);
    await net.drained();
    const old = await copyOf(net, county, 'old');
    await net.restart(county);
    for (let n = 0; n < 3; n++) await say(net.store(county), county, stream);
    await net.drained();
    const sizeOf = async () => (await net.statusOf(county))?.ledger?.size;
    await net.until(async () => (await sizeOf()) !== undefined);
    const before = (await net.statusOf(county))?.ledger?.anchored?.size ?? 0;
    const whole = await copyOf(net, county, 'whole');

    await restore(county, old);
    await net.restart(county);
    await net.until(async () => (await net.statusOf(county))?.ledger?.state === 'behind');
    const { ledger } = (await net.statusOf(county))!;
    expect(ledger?.known).toBe(before);
    expect(ledger?.size).toBeLessThan(before);
    expect((await incidentsOf(net, county)).map(({ code }) => code)).toContain('ledger-behind');
    await say(net.store(county), county, stream);
    const heads = await asInsider(county, 'SELECT max(size) AS size FROM ledger.head');
    expect(Number(heads)).toBeLessThan(before);

    await net.running.get(county)?.close();
    await restore(county, whole);
    await net.restart(county);
    await say(net.store(county), county, stream);
    await net.drained();
    expect((await net.statusOf(county))?.ledger).toMatchObject({ state: 'sealing', frozen: false });
    expect(await net.store(city).read(stream)).toHaveLength(6);
  });
});

describe('a database that was restored from a backup, with no newer one to be had', () => {
  it('is whole again out of what its neighbours had received, in the same ledger', async () => {
    const net = await tested.open();
    const stream = await sharedCase(net.store(county), county);
    await net.drained();
    const old = await copyOf(net, county, 'older');
    await net.restart(county);
    for (const tier of [county, city, county, township, county]) {
      await say(net.store(tier), tier, stream);
      await net.drained();
    }
    const before = await registers(net, stream);
    expect(new Set(before).size).toBe(1);
    const { size: lastSize, root } = (await net.running.get(city)?.active.book.believedHeads())!.find(
      ({ origin }) => origin === `test.example/${county}/1`,
    )!;
    const stateOf = async () => (await net.statusOf(county))?.ledger?.state;
    const neighbours = [city, township];
    const numbered = (await net.statusOf(county))!.outgoing[0]!.head;

    // Somebody writes on what was restored, until there is as much as before.
    await net.running.get(county)?.close();
    await restore(county, old);
    await net.restart(county);
    await net.until(async () => (await stateOf()) === 'behind');
    const { size: oldSize } = (await net.statusOf(county))!.ledger!;
    for (let n = oldSize!; n < lastSize; n++) await say(net.store(county), county, stream);
    await net.until(async () => (await stateOf()) === 'parted');
    expect(await recoveredFrom(net, neighbours)).toMatchObject({
      ok: false,
      refusal: { code: 'written-since', seq: oldSize },
    });
    expect(Number(await asInsider(county, 'SELECT max(size) AS size FROM ledger.head'))).toBe(oldSize);

    await net.running.get(county)?.close();
    await restore(county, old);
    await net.restart(county);
    await net.until(async () => (await stateOf()) === 'behind');
    expect(await recoveredFrom(net, [])).toMatchObject({ refusal: { code: 'events-not-returned' } });
    expect(await recoveredFrom(net, neighbours)).toEqual({ ok: true, value: lastSize - oldSize! });
    await net.until(async () => (await stateOf()) === 'sealing');
    const heads = `SELECT encode(root, 'hex') AS root FROM ledger.head WHERE size = ${lastSize}`;
    await net.until(async () => (await asInsider(county, heads)) === Buffer.from(root).toString('hex'));
    const given = async () => (await net.statusOf(county))?.outgoing.map(({ head }) => head);
    await net.until(async () => (await given())?.every((head) => head === numbered) === true);
    for (const { peer } of (await net.running.get(county)?.active.book.stoppedLinks()) ?? [])
      await net.running.get(county)?.active.current()?.resumeLink(peer);
    await net.drained();
    expect(await registers(net, stream)).toEqual(before);

    for (const tier of tiers) await say(net.store(tier), tier, stream);
    await net.drained();
    expect(new Set(await registers(net, stream)).size).toBe(1);
    expect((await net.statusOf(county))?.ledger).toMatchObject({ state: 'sealing', frozen: false });
    for (const tier of tiers) expect(await net.running.get(tier)?.active.book.stoppedLinks()).toEqual([]);
  });
});

const recoveredFrom = async (net: AssembledNetwork, neighbours: readonly TierCode[]) => {
  const recovery = net.running.get(county)?.recovery();
  if (recovery === undefined) throw new Error('the exchange stands by');
  for (const tier of neighbours) {
    const { book } = net.running.get(tier)!.active;
    const given = handBack({ store: net.store(tier), book, epochOf: () => 1 });
    for (let from = 0, page = await given(county, from); page.length > 0; page = await given(county, from)) {
      expect(recovery.offer(page).ok).toBe(true);
      from = page.at(-1)!.seq + 1;
    }
  }
  return recovery.recover();
};
