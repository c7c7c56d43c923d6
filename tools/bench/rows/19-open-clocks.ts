import { nextDue } from '@liandong/domain/supervision';
import type { StreamName } from '@liandong/kernel';
import pg from 'pg';
import type { Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { startChild } from '../support/child.ts';
import { judgedAt, matterName, matterOf, newAgenda } from '../support/open-clocks.ts';
import { placeOf } from '../support/sample-case.ts';
import { type BenchSupervision, openSupervision } from '../support/supervision.ts';

/** How many are due. */
const batch = 20;
const rowsAtOnce = 10_000;
/** Before any clock begins. */
const longBefore = '2026-01-01T00:00:00.000Z';

type Found = { readonly matters: readonly StreamName[]; readonly cards: number };

/** Puts every clock into the book of a supervision, each under the instant at which it is due next. */
const fill = async ({ pool }: BenchSupervision, clocks: number): Promise<readonly string[]> => {
  const agendaOf = newAgenda();
  const dues: string[] = [];
  for (let n = 0; n < clocks; n++) {
    const due = nextDue(agendaOf(matterOf(n, clocks)), longBefore);
    if (due === undefined) throw new Error(`clock ${n} is never due`);
    dues.push(due);
  }
  for (let n = 0; n < clocks; n += rowsAtOnce) {
    const some = dues.slice(n, n + rowsAtOnce);
    await pool.query(
      `INSERT INTO supervision.matter (matter, due, calendar)
       SELECT m.*, 'bench' FROM unnest($1::text[], $2::text[]) AS m`,
      [some.map((_, k) => matterName(n + k)), some],
    );
  }
  await pool.query('VACUUM ANALYZE supervision.matter');
  return dues;
};

const bytesInBook = async ({ pool }: BenchSupervision, clocks: number): Promise<number> => {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT pg_total_relation_size('supervision.matter') AS bytes`,
  );
  return Number(rows[0]?.bytes) / clocks;
};

/** What the same costs in the memory of a process that keeps no book. */
const bytesInMemory = async (clocks: number): Promise<number> => {
  const child = await startChild<{ readonly matters: number; readonly bytes: number }>(
    'due-index-process.ts',
    [String(clocks)],
    ['--expose-gc'],
  );
  await child.end();
  const { matters, bytes } = child.greeting;
  if (matters !== clocks || !(bytes > 0)) throw new Error(`the index holds ${matters} of ${clocks}`);
  return bytes;
};

/** The same table, read from one end to the other. */
const scanning = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const way of ['indexscan', 'bitmapscan', 'indexonlyscan'])
    await client.query(`SET enable_${way} = off`);
  return client;
};

export const openClocks: Row = {
  number: 19,
  title: { zh: '在全部未结时钟中找出到期者并评定', en: 'open clocks: find and evaluate those that are due' },
  physics: [],
  differences: [
    'ours: the book of a tier’s supervision in PostgreSQL is asked for what is due, and those matters are judged',
    'scanning: every open clock is judged, to find out which are due; all of them lie in memory, nothing is read',
    'scanning the book: the same table without its index, each row compared; then the same matters are judged',
    'due cards: from the look of a supervisor until the two cards of a case that is late are stored and issued, with all open clocks in the book and with those of such cases alone; a supervisor looks every half a second, which comes on top',
    `all three must find the same ${batch} matters and the same cards`,
  ],
  run: async (bench) => {
    const clocks = bench.full ? 1_000_000 : 20_000;
    const [full, empty] = [
      await openSupervision(bench.server, placeOf('436')),
      await openSupervision(bench.server, placeOf('437')),
    ];
    const dues = await fill(full, clocks);
    const scan = await scanning(full.url);
    const at = dues.toSorted()[batch - 1] ?? longBefore;
    const numberOf = (matter: StreamName) => Number.parseInt(matter.slice('case-'.length), 16);

    const judged = (numbers: Iterable<number>): Found => {
      const agendaOf = newAgenda();
      const matters: StreamName[] = [];
      let cards = 0;
      for (const n of numbers) {
        const found = judgedAt(agendaOf, n, clocks, at).length;
        if (found > 0) matters.push(matterName(n));
        cards += found;
      }
      return { matters: matters.toSorted(), cards };
    };
    const expected = judged(Array.from({ length: clocks }, (_, n) => n));

    const cell = (name: string, find: () => Promise<Found>): Cell => ({
      name,
      measure: async () => {
        const began = performance.now();
        const found = await find();
        const milliseconds = performance.now() - began;
        if (found.matters.length !== batch || JSON.stringify(found) !== JSON.stringify(expected))
          throw new Error(
            `${name} found ${found.matters.length} matters and ${found.cards} cards of ${batch}`,
          );
        return { milliseconds };
      },
    });
    try {
      const rounds = await bench.play([
        cell('by due time', async () => judged((await full.book.due(at, 100)).map(numberOf))),
        cell('the table scanned', async () => {
          const { rows } = await scan.query<{ matter: StreamName }>(
            'SELECT matter FROM supervision.matter WHERE due <= $1',
            [at],
          );
          return judged(rows.map(({ matter }) => numberOf(matter)));
        }),
        cell('every clock judged', async () => judged(Array.from({ length: clocks }, (_, n) => n))),
      ]);
      const raising = await bench.play([
        { name: 'among all', measure: async () => ({ milliseconds: await full.raiseOne() }) },
        { name: 'alone', measure: async () => ({ milliseconds: await empty.raiseOne() }) },
      ]);
      const against = (label: string, rival: string, goal?: Comparison['goal']): Comparison => ({
        ...{ label, rounds, better: 'less', unit: 'ms' },
        ours: { cell: 'by due time', figure: 'milliseconds' },
        rival: { cell: rival, figure: 'milliseconds' },
        ...(goal && { goal }),
      });
      return {
        comparisons: [
          against('对全部重算 against judging every clock', 'every clock judged', {
            floor: 100,
            target: 1_000,
          }),
          against('对全表扫描 against scanning the book', 'the table scanned'),
          {
            ...{
              label: '到期出牌，账上仅此一案 due cards, with no other clock in the book',
              rounds: raising,
              better: 'less',
              unit: 'ms',
            },
            ours: { cell: 'among all', figure: 'milliseconds' },
            rival: { cell: 'alone', figure: 'milliseconds' },
          },
        ],
        notes: [
          `${clocks.toLocaleString('en-US')} open clocks, ${batch} due: ${Math.round(await bytesInBook(full, clocks))} bytes a clock in the book with its indexes, ${Math.round(await bytesInMemory(clocks))} in the index of a process that keeps them in memory`,
          ...(bench.full ? [] : ['quick: 20,000 open clocks; 1,000,000 with --full']),
        ],
      };
    } finally {
      await scan.end();
      await full.close();
      await empty.close();
    }
  },
};
