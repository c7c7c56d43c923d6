import { createTierDatabase } from '@liandong/adapters/postgres';
import type { TierCode } from '@liandong/kernel';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Row } from '../harness/row.ts';
import { installMessageDb } from '../rivals/message-db.ts';
import { type Child, startChild } from '../support/child.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { httpCaller } from '../support/http-caller.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const callers = 32;
const oursConnections = 6;
const rivalConnections = 32;

type Counter = Child<{ readonly url: string; readonly token: string }>;

const body = JSON.stringify({
  item: 'construction-joint',
  applicant: { kind: '2', creditworthy: true },
  supplied: [{ material: 'form', documents: ['02'.repeat(32)] }],
});

/** Opens cases over HTTP and asserts that exactly those events came into the database. */
const commandCell = (
  name: string,
  { greeting: { url, token } }: Counter,
  seconds: number,
  stored: () => Promise<number>,
) => {
  const caller = httpCaller(url, token, callers);
  let known = 0;
  return rateCell(name, { first: callers * 3, seconds, step: callers }, async (commands) => {
    const keys = Array.from({ length: callers }, () =>
      Array.from({ length: commands / callers }, () => randomUUID()),
    );
    const took = await closedLoop(keys, async (key) => {
      const { status, text } = await caller.post('/v1/cases', key, body);
      if (status !== 201) throw new Error(`${status}: ${text}`);
    });
    const now = await stored();
    if (now !== known + commands) throw new Error(`${now - known} events of ${commands} commands`);
    known = now;
    return took;
  });
};

const countIn = (client: pg.Client, table: string) => async () => {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
};

export const httpCommand: Row = {
  number: 6,
  title: {
    zh: '经 HTTP 开立案件：鉴权、校验、裁决、落盘，32 个连接',
    en: 'HTTP case command, authenticated, validated, decided, durable: 32 connections',
  },
  physics: ['fdatasync/s', 'Ed25519 verify/s', 'JSON.parse/s'],
  differences: [
    'both: one process with the same controller, token check, schemas, decider and desk; each looks for an earlier attempt and reads the stream before it appends',
    `ours: ${oursConnections} connections, as the service is deployed; a seal per commit, hashes and bytes kept`,
    `message-db: ${rivalConnections} connections, one for each caller; all cases one category, so one order`,
    'the callers are a third process on the same cores; what HTTP, the token and the decision cost is the same on both sides and bounds the ratio',
  ],
  run: async (bench) => {
    const { urls } = await createTierDatabase(bench.server, '430006' as TierCode);
    const rivalUrl = await installMessageDb(bench.server, 'message_db_06');
    const clients = [urls.approval, rivalUrl].map((connectionString) => new pg.Client({ connectionString }));
    const counters: Counter[] = [];
    try {
      const [ours, rival] = clients;
      if (ours === undefined || rival === undefined) throw new Error('two databases');
      for (const client of clients) await client.connect();
      const start = async (...args: readonly string[]) => {
        const counter: Counter = await startChild('counter-process.ts', args);
        counters.push(counter);
        return counter;
      };
      const seconds = secondsPerCell(bench.full) * 3;
      const rounds = await bench.play([
        commandCell(
          'ours',
          await start('ours', urls.approval, String(oursConnections)),
          seconds,
          countIn(ours, 'store.event'),
        ),
        commandCell(
          'message-db',
          await start('message-db', rivalUrl, String(rivalConnections)),
          seconds,
          countIn(rival, 'message_store.messages'),
        ),
      ]);
      return {
        comparisons: [
          {
            label: '开立案件 cases opened',
            rounds,
            ours: { cell: 'ours', figure: 'rate' },
            rival: { cell: 'message-db', figure: 'rate' },
            better: 'more',
            unit: 'commands/s',
            goal: { floor: 4, target: 8 },
          },
        ],
      };
    } finally {
      for (const counter of counters) await counter.end();
      for (const client of clients) await client.end();
    }
  },
};
