import type { NewEvent } from '@liandong/application';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Row } from '../harness/row.ts';
import { copyBinary, int4 } from '../support/binary.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { type BenchTier, openNetwork, until } from '../support/network.ts';
import { freshDatabase } from '../support/plain.ts';
import { caseWriter, type Place, placeOf, someDigests } from '../support/sample-case.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const eventsPerCase = 10;

/** Cases of the county alone: what it says while nobody else speaks. */
const casesOf = (place: Place, events: number): readonly (readonly NewEvent[])[] =>
  Array.from({ length: events / eventsPerCase }, () => {
    const writer = caseWriter(place.county);
    const [opening] = place.beginning;
    if (opening !== undefined) writer.say(...opening);
    for (let n = 1; n < eventsPerCase; n++) writer.say(place.county, place.landInspected(n, someDigests()));
    return writer.events;
  });

const shareOut = <Item>(items: readonly Item[], parts: number): readonly (readonly Item[])[] =>
  Array.from({ length: parts }, (_, part) => items.filter((_, n) => n % parts === part));

const digestOf = async ({ pool }: BenchTier): Promise<string> => {
  const { rows } = await pool.query<{ digest: string }>(
    `SELECT count(*) || ' ' || encode(sha256(string_agg(hash || bytes, '' ORDER BY hash)), 'hex') AS digest FROM store.event`,
  );
  return rows[0]?.digest ?? '';
};

export const tierToTier: Row = {
  number: 10,
  title: { zh: '下级到上级：逐条核验并落盘', en: 'tier to tier, verified, durable' },
  physics: ['COPY rows/s', 'Ed25519 verify/s', 'JSON.parse/s'],
  differences: [
    'ours: PostgreSQL → gRPC → PostgreSQL, from the moment the line is back: handshake, blocks read and proven, bytes hashed, seals, proofs under cosigned heads, envelopes, schemas, parents, heights and sequences checked, stored, acknowledged',
    'the raw COPY: the same bytes from memory into a bare table with a primary and a unique key, one transaction',
    'the author’s events stand in its store, are anchored in its ledger by four witnesses, and are numbered before the clock starts',
  ],
  run: async (bench) => {
    const place = placeOf('432');
    const { city, county } = place;
    const network = await openNetwork(bench, [{ tier: city }, { tier: county, parent: city }]);
    const [upper, lower] = [network.at(city), network.at(county)];
    const raw = await freshDatabase(bench.server, 'copied');
    await raw.query(`CREATE TABLE event (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      stream text NOT NULL, revision integer NOT NULL, type text NOT NULL, bytes bytea NOT NULL, UNIQUE (stream, revision))`);
    const seconds = secondsPerCell(bench.full) * 2;
    const sizes = { first: 500, seconds, step: eventsPerCase };
    let sent = 0;
    let copied = 0;
    try {
      const rounds = await bench.play([
        rateCell('exchange', sizes, async (events) => {
          await network.cut(county);
          const made = shareOut(casesOf(place, events), 32);
          await closedLoop(made, async (all) => {
            const stream = all[0]?.envelope.subject;
            const outcome = stream && (await lower.store.append(stream, 0, all));
            if (outcome?.ok !== true) throw new Error('the county’s own events were refused');
          });
          sent += events;
          const isAt = (tier: BenchTier) => async () => (await tier.head(county, city)) === sent;
          await until('the events are numbered', isAt(lower));
          const began = performance.now();
          network.restore(county);
          await until('the events have arrived', isAt(upper));
          const took = (performance.now() - began) / 1000;
          await upper.assertHealthy();
          if ((await digestOf(upper)) !== (await digestOf(lower))) throw new Error('the two stores differ');
          return took;
        }),
        rateCell('COPY', { ...sizes, first: 5_000 }, async (events) => {
          const all = casesOf(place, events).flat();
          const began = performance.now();
          await copyIn(raw, all);
          const took = (performance.now() - began) / 1000;
          copied += events;
          const { rows } = await raw.query<{ n: number }>('SELECT count(*)::int AS n FROM event');
          if (rows[0]?.n !== copied) throw new Error(`COPY kept ${rows[0]?.n} of ${copied} rows`);
          return took;
        }),
      ]);
      return {
        comparisons: [
          {
            label: '县到市 county to city',
            rounds,
            ours: { cell: 'exchange', figure: 'rate' },
            rival: { cell: 'COPY', figure: 'rate' },
            better: 'more',
            unit: 'events/s',
            goal: { floor: 0.35, target: 0.6 },
          },
        ],
      };
    } finally {
      await network.stop();
      await raw.end();
    }
  },
};

const copyIn = async (client: pg.Client, events: readonly NewEvent[]): Promise<void> => {
  const fields = events.map(({ envelope: { subject, sequence, type }, bytes }) => [
    Buffer.from(subject),
    int4(Number(sequence)),
    Buffer.from(type),
    bytes,
  ]);
  await pipeline(
    copyBinary(events.length, (row) => fields[row] ?? []),
    client.query(copyFrom('COPY event (stream, revision, type, bytes) FROM STDIN (FORMAT binary)')),
  );
};
