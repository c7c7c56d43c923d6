import type { NewEvent } from '@liandong/application';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Row } from '../harness/row.ts';
import { copyBinary, int4 } from '../support/binary.ts';
import { assertSameStore, casesOf, eventsPerCase, sayAll } from '../support/county-says.ts';
import { type BenchTier, openNetwork, until } from '../support/network.ts';
import { freshDatabase } from '../support/plain.ts';
import { placeOf } from '../support/sample-case.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

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
          await sayAll(lower, casesOf(place, events));
          sent += events;
          const isAt = (tier: BenchTier) => async () => (await tier.head(county, city)) === sent;
          await until('the events are numbered', isAt(lower));
          const began = performance.now();
          network.restore(county);
          await until('the events have arrived', isAt(upper));
          const took = (performance.now() - began) / 1000;
          await upper.assertHealthy();
          await assertSameStore(upper, lower);
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
