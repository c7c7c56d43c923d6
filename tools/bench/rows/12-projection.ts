import { sha256 } from '@liandong/adapters/crypto';
import {
  migrateViews,
  postgresParking,
  postgresViewWriter,
  viewsDataSource,
} from '@liandong/adapters/postgres-views';
import {
  caseBook,
  type CaseBook,
  caseReader,
  caseRow,
  type Position,
  type ProjectionDeps,
  projectViews,
  type Recorded,
  start,
  type ViewWriter,
  workRows,
} from '@liandong/application';
import { decodeCaseFact, decodeDepartmentFact, decodeItemFact, decodeTierFact } from '@liandong/contracts';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import type { DataSource } from 'typeorm';
import type { Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { wait } from '../support/wait.ts';
import { openOurs, type Ours } from '../support/ours.ts';
import { beginReview, type CaseWriter, inTurn, placeOf } from '../support/sample-case.ts';

const eventsPerCase = 10;
const underWay = 40;
const pageSize = 1_000;

/** Cases side by side, `underWay` of them at a time, as a counter has them. */
const fill = async ({ store }: Ours, cases: number): Promise<number> => {
  const place = placeOf('431');
  for (let from = 0; from < cases; from += underWay) {
    const writers = Array.from({ length: Math.min(underWay, cases - from) }, () => beginReview(place));
    for (const writer of writers) for (let n = 4; n < eventsPerCase; n++) inTurn(place, writer, n);
    for (let n = 0; n < eventsPerCase; n++)
      await Promise.all(writers.map((writer) => appendNth(store, writer, n)));
  }
  return cases * eventsPerCase;
};

const appendNth = async (store: Ours['store'], { caseId, events }: CaseWriter, n: number): Promise<void> => {
  const outcome = await store.append(caseId, n, events.slice(n, n + 1));
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
};

/** What the views hold, as text: both sides must have come to the same rows. */
const contentOf = async (source: DataSource): Promise<string> => {
  const [found] = await source.query<readonly { content: string }[]>(
    `SELECT (SELECT count(*) FROM cases) || ' cases, ' || (SELECT sum(recorded) FROM cases) || ' events, ' ||
      (SELECT count(*) FROM work) || ' works, ' ||
      (SELECT md5(string_agg(c::text, '' ORDER BY case_id)) FROM cases c) || ' ' ||
      (SELECT md5(string_agg(w::text, '' ORDER BY case_id, key)) FROM work w) AS content`,
  );
  return found?.content ?? 'nothing';
};

/** A usual projector: it keeps its cases in memory and writes what each event made of one, in a transaction of its own. */
const oneByOne = async (
  { store }: Ours,
  views: ViewWriter,
  version: string,
  events: number,
): Promise<void> => {
  const books = new Map<StreamName, CaseBook>();
  const project = async (from: Position, recorded: Recorded) => {
    const book = books.get(recorded.stream) ?? caseBook(recorded.stream, decodeCaseFact, sha256);
    books.set(recorded.stream, book);
    book.take([recorded]);
    const file = book.file();
    const row = caseRow(file);
    const cases = row === undefined ? [] : [{ row, work: workRows(file) }];
    if (!(await views.save(from, recorded.position, { cases, items: [], departments: [], tiers: [] })))
      throw new Error('another projector has moved the position');
  };
  let position = await views.begin(version);
  for (let done = 0; done < events;)
    for (const recorded of await store.readAll(position, pageSize)) {
      await project(position, recorded);
      position = recorded.position;
      done += 1;
    }
};

export const projection: Row = {
  number: 12,
  title: { zh: '视图投影', en: 'projection of a view' },
  physics: ['fdatasync/s', 'JSON.parse/s'],
  differences: [
    `both: the rows of cases and of work, the position saved in the same transaction; ${underWay} cases under way at a time, ${eventsPerCase} events each, views empty at the start`,
    `ours: pages of ${pageSize} events, each case a page touches read once and written once`,
    'one upsert per event: cases kept in memory and never read again, one transaction an event',
    'both sides must come to the very same rows',
  ],
  run: async (bench) => {
    const ours = await openOurs(bench.server, '430012');
    const source = await viewsDataSource({ url: ours.url }).initialize();
    await migrateViews(source);
    const views = postgresViewWriter(source);
    const events = await fill(ours, bench.full ? 1_000 : 200);
    let version = 0;
    let content = '';
    const assertSame = async () => {
      const found = await contentOf(source);
      if (content === '') content = found;
      if (found !== content || !found.includes(` ${events} events,`))
        throw new Error(`the views hold ${found}, the first time ${content}, of ${events} events`);
    };
    const timed = (name: string, project: () => Promise<void>): Cell => ({
      name,
      measure: async () => {
        version += 1;
        const began = performance.now();
        await project();
        const took = (performance.now() - began) / 1000;
        await assertSame();
        return { rate: events / took };
      },
    });
    const deps = (ending: AbortController): ProjectionDeps => ({
      store: ours.store,
      cases: caseReader(ours.store, decodeCaseFact, sha256),
      decodeItem: ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
      decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
      decodeTier: ({ bytes }) => decodeTierFact(decodeEvent(bytes)),
      version: String(version),
      pageSize,
      parking: postgresParking(source),
      trying: {
        clock: { now: () => new Date() },
        wait,
        parked: (_handler, { stream, reason }) => {
          throw new Error(`${stream} was parked: ${reason}`);
        },
      },
      views: {
        ...views,
        save: async (from, to, changes) => {
          const saved = await views.save(from, to, changes);
          if (to - start >= BigInt(events)) ending.abort();
          return saved;
        },
      },
    });
    try {
      const rounds = await bench.play([
        timed('project', async () => {
          const ending = new AbortController();
          await projectViews(deps(ending), ending.signal);
        }),
        timed('one upsert per event', () => oneByOne(ours, views, String(version), events)),
      ]);
      return {
        comparisons: [
          {
            label: '案件与待办 cases and work',
            rounds,
            ours: { cell: 'project', figure: 'rate' },
            rival: { cell: 'one upsert per event', figure: 'rate' },
            better: 'more',
            unit: 'events/s',
            goal: { floor: 6, target: 10 },
          },
        ],
        notes: [`views: ${content.split(' ').slice(0, 6).join(' ')}`],
      };
    } finally {
      await source.destroy();
      await ours.close();
    }
  },
};
