import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuditDesk, EntryStep, Position, ReplayStep } from '@liandong/application';
import { type EventHash, ok, refuse } from '@liandong/kernel';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { city, county, openAuditDoor, sibling, township } from '../../test/audit-door.ts';
import { auditOperations } from './operations.ts';

const doors: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of doors.splice(0)) await close();
});
const open = async (desk: Partial<AuditDesk> = {}) => {
  const door = await openAuditDoor(desk);
  doors.push(door.close);
  return door;
};
type Door = Awaited<ReturnType<typeof open>>;

const hash = 'ab'.repeat(32) as EventHash;
const stepOf = (seq: number, size = 3): EntryStep => ({
  kind: 'entry',
  seq,
  hash,
  bytes: new Uint8Array(size),
});
const of = async function* <Step>(...steps: readonly Step[]): AsyncGenerator<Step> {
  yield* steps;
};

const linesOf = async (answer: Response) =>
  (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const messagesOf = async (door: Door, method: string, request: object, person = `auditor-${county}`) => {
  const messages: Record<string, unknown>[] = [];
  const call = await door.call(method, request, person);
  try {
    for await (const message of call) messages.push(message as Record<string, unknown>);
    return { messages };
  } catch (error) {
    const { code, metadata } = error as { code: number; metadata: { get: (name: string) => unknown[] } };
    return { messages, code, reason: metadata.get('reason')[0] };
  }
};

describe('who may ask', () => {
  it.each([
    [`auditor-${county}`, 200],
    [`auditor-${city}`, 200],
    [`auditor-${sibling}`, 403],
    [`auditor-${township}`, 403],
    [`supervisor-${county}`, 403],
    [`operator-${city}`, 403],
    [undefined, 401],
  ])('%s: %s', async (person, status) => {
    const door = await open({ entries: async () => ok(of(stepOf(0))) });
    const answer = await door.get('/v1/audit/entries', person);
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([
      status,
      status === 200 ? 'application/x-ndjson' : 'application/problem+json',
    ]);
    if (person === undefined) return;
    const { code } = await messagesOf(door, 'readLedger', {}, person);
    expect(code).toBe(status === 200 ? undefined : 7);
  });

  it('goes for every operation that is not of health', async () => {
    const door = await open();
    for (const { path } of auditOperations.filter((operation) => operation.open !== true)) {
      const where = path.replace('{caseId}', `case-${'0'.repeat(32)}`);
      expect([where, (await door.get(where)).status]).toEqual([where, 401]);
      expect([where, (await door.get(where, `supervisor-${county}`)).status]).toEqual([where, 403]);
      expect([where, (await door.get(where, `auditor-${county}`)).status]).toEqual([where, 409]);
    }
    for (const method of ['replay', 'readLedger', 'export', 'verify', 'dossier'])
      expect(await messagesOf(door, method, {}, `supervisor-${county}`)).toMatchObject({ code: 7 });
  });
});

describe('an answer', () => {
  const place = { through: 7n as Position, projection: 'items', key: '1 2 3' } as const;
  const replayed: readonly ReplayStep[] = [
    { kind: 'progress', done: 1, of: 2 },
    { kind: 'row', projection: 'items', key: '1 2 3', row: { code: 'x' }, place },
    { kind: 'replayed', found: { tier: county, at: null, streams: 2, compared: { rows: 1 } } },
  ];

  it('is the same over both doors, and whole only with its end', async () => {
    const asked: unknown[] = [];
    const door = await open({
      replay: async (what) => {
        asked.push(what);
        return ok(of(...replayed));
      },
    });
    const lines = await linesOf(
      await door.get('/v1/audit/replay?projection=items&rows=true&at=12', `auditor-${county}`),
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['progress', 'row', 'replayed', 'end']);
    const cursor = lines[1]?.['cursor'] as string;
    const { messages } = await messagesOf(door, 'replay', {
      projection: 'items',
      rows: true,
      at: '12',
      cursor,
    });
    expect(messages).toMatchObject([
      { progress: { done: 1, of: 2 } },
      { row: { projection: 'items', key: '1 2 3', cursor } },
      { result: { fields: { tier: { stringValue: county } } } },
    ]);
    const what = { projection: 'items', rows: true, at: { kind: 'seq', seq: 12 } };
    expect(asked).toEqual([what, { ...what, after: place }]);
  });

  it('names files in parts, and the place to go on from', async () => {
    const asked: unknown[] = [];
    const at = { size: 9, through: 7n as Position, path: 'tile/0/000' };
    const part = { kind: 'file', path: 'tile/0/000', offset: 0, bytes: Uint8Array.of(1, 2) } as const;
    const door = await open({
      export: async (after) => {
        asked.push(after);
        return ok(of({ ...part, last: true, place: at }));
      },
    });
    const [line] = await linesOf(await door.get('/v1/audit/export', `auditor-${county}`));
    expect(line).toMatchObject({ path: 'tile/0/000', offset: 0, last: true, content: 'AQI=' });
    const cursor = line?.['cursor'] as string;
    const { messages } = await messagesOf(door, 'export', { cursor });
    expect(messages).toMatchObject([{ part: { content: Buffer.of(1, 2), last: true, cursor } }]);
    await door.get(`/v1/audit/export?cursor=${cursor}`, `auditor-${county}`);
    expect(asked).toEqual([undefined, at, at]);
  });

  it('that cannot be begun is a problem, and one that ends in its middle says why', async () => {
    const refusal = { code: 'sealed-event-gone', seq: 1 } as const;
    const door = await open({
      entries: async (from) =>
        from > 5
          ? refuse({ code: 'nothing-anchored' })
          : ok(of<EntryStep>(stepOf(0), { kind: 'refused', refusal })),
    });
    const problem = await door.get('/v1/audit/entries?from=6', `auditor-${county}`);
    expect(problem.status).toBe(409);
    expect(await problem.json()).toMatchObject({ code: 'nothing-anchored', status: 409 });
    expect(await messagesOf(door, 'readLedger', { from: 6 })).toMatchObject({
      ...{ messages: [], code: 9, reason: 'nothing-anchored' },
    });
    const lines = await linesOf(await door.get('/v1/audit/entries', `auditor-${county}`));
    expect(lines[1]).toMatchObject({ kind: 'refused', problem: { code: 'sealed-event-gone', seq: 1 } });
    expect(await messagesOf(door, 'readLedger', {})).toMatchObject({
      ...{ messages: [{ seq: 0 }], code: 9, reason: 'sealed-event-gone' },
    });
  });

  it.each([
    '/v1/audit/entries?from=-1',
    '/v1/audit/entries?to=3',
    '/v1/audit/export?cursor=AAAA',
    '/v1/audit/replay?at=yesterday',
    '/v1/audit/replay?projection=secrets',
    '/v1/audit/replay?cursor=WzFd',
    '/v1/audit/dossiers/case-1',
  ])('is refused for %s', async (where) => {
    const door = await open();
    const answer = await door.get(where, `auditor-${county}`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      422,
      'invalid-request',
    ]);
  });

  it('is described, one operation after the other', async () => {
    const door = await open();
    const document = (await (await door.get('/openapi.json')).json()) as { paths: Record<string, object> };
    expect(Object.keys(document.paths).sort()).toEqual(auditOperations.map(({ path }) => path).sort());
    expect(JSON.stringify(document.paths['/v1/audit/export'])).toContain('application/x-ndjson');
  });
});

describe('a reader who is slow', () => {
  /** Gives entries of 32 KiB, one a turn, until far more are made than any buffer holds. */
  const endless = () => {
    const told = { made: 0, ended: false };
    const entries = async () =>
      ok(
        (async function* () {
          try {
            for (; told.made < 4_000; told.made++) {
              yield stepOf(told.made, 32_768);
              await new Promise(setImmediate);
            }
          } finally {
            told.ended = true;
          }
        })(),
      );
    const settled = async () => {
      for (let [before, same] = [-1, 0]; same < 20; await pause(10)) {
        same = told.made === before ? same + 1 : 0;
        before = told.made;
      }
      return told.made;
    };
    return { told, entries, settled };
  };
  const ended = async (told: { readonly ended: boolean }) => {
    while (!told.ended) await pause(5);
  };

  it('over HTTP holds up what is made, reads on where it was, and ends it by going away', async () => {
    const { told, entries, settled } = endless();
    const door = await open({ entries });
    const reader = (await door.get('/v1/audit/entries', `auditor-${county}`)).body!.getReader();
    await reader.read();
    const made = await settled();
    expect(made).toBeLessThan(1_000);
    while (told.made === made) await reader.read();
    await reader.cancel();
    await ended(told);
    expect(told.made).toBeLessThan(4_000);
  }, 60_000);

  it('over gRPC holds up what is made, reads on where it was, and ends it by going away', async () => {
    const { told, entries, settled } = endless();
    const door = await open({ entries });
    const call = await door.call('readLedger', {}, `auditor-${county}`);
    call.on('error', () => undefined);
    const seqs: number[] = [];
    call.on('data', ({ seq }: { seq: number }) => seqs.push(seq));
    await once(call, 'data');
    call.pause();
    const made = await settled();
    expect(made).toBeLessThan(1_000);
    call.resume();
    while (seqs.length <= made) await once(call, 'data');
    expect(seqs).toEqual([...seqs.keys()]);
    call.cancel();
    await ended(told);
    expect(told.made).toBeLessThan(4_000);
  }, 60_000);
});
