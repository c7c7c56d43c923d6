import { sha256 } from '@liandong/adapters/crypto';
import { caseBook, type CaseBook } from '@liandong/application';
import { decodeCaseFact } from '@liandong/contracts';
import type { StreamName } from '@liandong/kernel';
import type { Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { beginReview, type CaseWriter, inTurn, placeOf, recorded } from '../support/sample-case.ts';

const sizes = [10, 100, 10_000];
const lateEvents = 20;
const tailEvents = 5_000;
const begun = 4;
const place = placeOf('431');

/** A case of `size` events that lead and organs wrote in turn, each having seen everything. */
const orderly = (size: number): CaseWriter => {
  const writer = beginReview(place);
  for (let n = 0; n < size - begun; n++) inTurn(place, writer, n);
  return writer;
};

/** The county goes on alone; then comes what the township had said meanwhile, cut off from it. */
const disturbed = () => {
  const writer = beginReview(place);
  const { hash } = writer.events.at(-1) ?? { hash: undefined };
  if (hash === undefined) throw new Error('a case that nothing began');
  for (let n = 0; n < tailEvents; n++) writer.say(place.county, place.landInspected(n));
  const before = writer.events.length;
  let head = { hash, height: begun };
  for (let n = 0; n < lateEvents; n++)
    head = { hash: writer.say(place.township, place.siteInspected(n), head).hash, height: head.height + 1 };
  const events = recorded(writer.events);
  return { caseId: writer.caseId, early: events.slice(0, before), late: events.slice(before) };
};

const book = (caseId: StreamName): CaseBook => caseBook(caseId, decodeCaseFact, sha256);

const assertFolded = (folded: CaseBook, events: number, site: number, land: number) => {
  const { matter, withoutEffect, unread } = folded.state();
  const { placed } = folded.order();
  const found = [matter?.steps['site']?.inspections, matter?.steps['land']?.inspections];
  if (placed.length !== events || unread !== 0 || withoutEffect.length !== 0)
    throw new Error(
      `${placed.length} of ${events} events have a place, ${withoutEffect.length} no effect, ${unread} are unread`,
    );
  if (found[0] !== site || found[1] !== land)
    throw new Error(`${found.join()} inspections, not ${site}, ${land}`);
};

const turnsOf = (size: number, turn: number): number => Math.ceil((size - begun - turn) / 3);

const foldCell = (size: number): Cell => {
  const writer = orderly(size);
  const events = recorded(writer.events);
  const repeats = Math.max(1, Math.round(3_000 / size));
  return {
    name: `fold ${size}`,
    measure: async () => {
      const began = performance.now();
      let last: CaseBook | undefined;
      for (let n = 0; n < repeats; n++) {
        last = book(writer.caseId);
        last.take(events);
      }
      const took = performance.now() - began;
      if (last !== undefined) assertFolded(last, size, turnsOf(size, 0), turnsOf(size, 1));
      return { rate: (1000 * repeats * size) / took };
    },
  };
};

/** Appends a tenth to a case of `size` events, one at a time, as they come in. */
const appendCell = (size: number): Cell => {
  const appends = size / 10;
  const writer = orderly(size + appends);
  const events = recorded(writer.events);
  const news = events.slice(size);
  const books = Math.max(1, Math.round(10_000 / size));
  const beforehand = () =>
    Array.from({ length: books }, () => {
      const folded = book(writer.caseId);
      folded.take(events.slice(0, size));
      return folded;
    });
  return {
    name: `append at ${size}`,
    measure: async () => {
      const all = beforehand();
      const began = performance.now();
      for (const folded of all) for (const event of news) folded.take([event]);
      const took = performance.now() - began;
      for (const folded of all)
        assertFolded(folded, size + appends, turnsOf(size + appends, 0), turnsOf(size + appends, 1));
      return { rate: (1000 * books * appends) / took };
    },
  };
};

const lateCell = (name: string, events: number): Cell => {
  const { caseId, early, late } = disturbed();
  return {
    name,
    measure: async () => {
      const folded = book(caseId);
      folded.take(early);
      const began = performance.now();
      folded.take(late.slice(0, events));
      const milliseconds = performance.now() - began;
      assertFolded(folded, early.length + events, events, tailEvents);
      return { milliseconds };
    },
  };
};

const compare = (
  label: string,
  rounds: Comparison['rounds'],
  [ours, rival]: readonly [string, string],
  goal?: Comparison['goal'],
): Comparison => ({
  label,
  rounds,
  ours: { cell: ours, figure: 'rate' },
  rival: { cell: rival, figure: 'rate' },
  better: 'more',
  unit: 'events/s',
  ...(goal !== undefined && { goal }),
});

export const foldRow: Row = {
  number: 18,
  title: {
    zh: '案件登记顺序的折叠',
    en: 'fold of a case in register order: 10 / 100 / 10,000 events, an append, a late batch',
  },
  physics: ['JSON.parse/s'],
  differences: [
    'all of it: bytes → JSON → schema → causal graph → register order → state, as a service reads a case',
    'linear: an event of a large case costs what one of a small case costs (1×); O(log n): 10,000 instead of 100 events may cost twice as much an append (0.5×)',
    'late: what a township said while it was cut off comes before 5,000 others; a batch of 20 is to cost the one refold that a single event costs (1×), not 20 of them (0.05×)',
  ],
  run: async (bench) => {
    const rounds = await bench.play([
      ...sizes.map(foldCell),
      ...sizes.slice(1).map(appendCell),
      lateCell('20 late', lateEvents),
      lateCell('1 late', 1),
    ]);
    return {
      comparisons: [
        compare('每个事件，100 对 10 an event at 100 to 10', rounds, ['fold 100', 'fold 10']),
        compare('每个事件，1 万对 100 an event at 10,000 to 100', rounds, ['fold 10000', 'fold 100'], {
          floor: 0.5,
          target: 0.8,
        }),
        compare(
          '逐条续接，1 万对 100 an append at 10,000 to 100',
          rounds,
          ['append at 10000', 'append at 100'],
          {
            floor: 0.5,
            target: 0.8,
          },
        ),
        {
          label: '迟到 20 个对迟到 1 个 a late batch of 20 to one late event',
          rounds,
          ours: { cell: '20 late', figure: 'milliseconds' },
          rival: { cell: '1 late', figure: 'milliseconds' },
          better: 'less',
          unit: 'ms',
          goal: { floor: 0.5, target: 0.8 },
        },
      ],
    };
  },
};
