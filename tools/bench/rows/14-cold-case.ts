import { keyedNames, newSalt, newTierSecret, sha256 } from '@liandong/adapters/crypto';
import { caseDesk, type CaseDesk, caseReader } from '@liandong/application';
import { checkOwnSchema, dataschemaOf, decodeCaseFact } from '@liandong/contracts';
import { randomUUID } from 'node:crypto';
import { quantile } from '../harness/arithmetic.ts';
import type { Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { nothingToAwait } from '../support/anchored.ts';
import { eventsPerCase, type LongLog, longLog, longPlace, logSizes } from '../support/long-log.ts';
import { anyDay, authorAt, document } from '../support/sample-case.ts';

const commands = 25;

const deskOf = ({ ours: { store } }: LongLog): CaseDesk =>
  caseDesk({
    store,
    cases: caseReader(store, decodeCaseFact, sha256),
    authoring: {
      author: authorAt(longPlace.county),
      clock: { now: () => new Date() },
      ...{ sha256, newSalt, checkOwnSchema, dataschemaOf },
      ...keyedNames(newTierSecret()),
    },
    legalDay: anyDay,
    anchoredFirst: nothingToAwait,
    resolveOpening: () => Promise.reject(new Error('nothing is opened here')),
  });

/** Acts on cases that nobody has touched since they were written, each once. */
const commandCell = (name: string, log: LongLog): Cell => {
  const desk = deskOf(log);
  // Far apart in the log, and never twice.
  const stride = Math.max(1, Math.floor(log.cases.length / (commands * 20)));
  let next = 0;
  return {
    name,
    measure: async () => {
      const latencies: number[] = [];
      for (let n = 0; n < commands; n++) {
        const caseId = log.cases[(next * stride) % log.cases.length];
        next += 1;
        if (caseId === undefined) throw new Error('the log holds no such case');
        const began = performance.now();
        const done = await desk.execute({
          caseId,
          command: { type: 'recordInspection', step: 'land', document: document(next) },
          by: landOfficer,
          principal: 'officer',
          authtype: 'user',
          idempotencyKey: randomUUID(),
        });
        latencies.push(performance.now() - began);
        if (!done.ok || done.value.revision !== eventsPerCase + 1)
          throw new Error(`refused: ${JSON.stringify(done)}`);
      }
      await log.ours.assertGrewBy(commands);
      return { p50: quantile(latencies, 0.5) };
    },
  };
};

const [land] = longPlace.opening.route.stages.flatMap(({ steps }) => steps.filter(({ id }) => id === 'land'));
const landOfficer = {
  tier: longPlace.county,
  department: land?.department ?? '',
  roles: ['reviewer'],
} as const;

export const coldCase: Row = {
  number: 14,
  title: {
    zh: '长日志中久未触及的二十事件案件上的命令',
    en: 'command on a cold 20-event case of a long log',
  },
  physics: ['fdatasync/s', 'JSON.parse/s'],
  differences: [
    'both: an earlier attempt looked for, twenty events read, verified against their schema and folded, the command decided, one event stored',
    'cold: no case is touched twice, and none is in the cache of the desk; what the operating system keeps of the file stays',
  ],
  run: async (bench) => {
    const { small, large, note } = logSizes(bench.full);
    const [short, long] = [await longLog(bench.server, small), await longLog(bench.server, large)];
    const rounds = await bench.play([commandCell('long', long), commandCell('short', short)]);
    return {
      comparisons: [
        {
          label: '命令 command p50',
          rounds,
          ours: { cell: 'long', figure: 'p50' },
          rival: { cell: 'short', figure: 'p50' },
          better: 'less',
          unit: 'ms',
          goal: { floor: 1 / 3, target: 1 / 1.5 },
        },
      ],
      notes: note,
    };
  },
};
