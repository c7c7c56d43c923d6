import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { start } from '@liandong/application';
import type { Row } from '../harness/row.ts';
import { figure } from '../harness/report.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';

const appenders = 32;
const sizes = [1, 1, 1, 5, 20, 100];
const least = 300_000;
const stores = 4;
const eventBytes = 760;
const callsPerRound = 5;

/** What was acknowledged at every position, and what the subscriber saw there. */
type Ledger = { readonly acknowledged: string[]; readonly seen: string[] };

export const subscriber: Row = {
  number: 7,
  title: {
    zh: '订阅者在 32 个混合写入者旁漏掉的事件',
    en: 'events a subscriber misses beside 32 mixed appenders',
  },
  physics: [],
  differences: [
    'appends of 1, 5, 20 and 100 events from four stores with connections of their own; the subscriber starts at nothing and follows while they write',
  ],
  run: async (bench) => {
    const ours = await openOurs(bench.server, '430007');
    const writers = Array.from({ length: stores }, () => {
      const pool = openPool(ours.url);
      return { pool, store: postgresEventStore({ pool, seal: ours.seal }) };
    });
    const wanted = bench.full ? 2 * least : least;
    const ledger: Ledger = { acknowledged: [], seen: [] };
    const ending = new AbortController();
    let acknowledged = 0;
    let writing = true;

    const append = async (appender: number) => {
      const store = writers[appender % stores]?.store;
      for (let n = appender; acknowledged < wanted; n++) {
        const size = sizes[n % sizes.length] ?? 1;
        const [jobs = []] = jobsFor(1, callsPerRound, { size, length: callsPerRound, bytes: eventBytes });
        for (const { stream, seen, events } of jobs) {
          const outcome = await store?.append(stream, seen, events);
          if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome?.refusal)}`);
          for (const { position, hash } of outcome.value) ledger.acknowledged[Number(position)] = hash;
          acknowledged += events.length;
        }
      }
    };

    const faults: string[] = [];
    let seen = 0;
    const subscribe = async () => {
      let last = 0;
      for await (const page of ours.store.follow(start, { limit: 2_000, signal: ending.signal })) {
        for (const { position, hash } of page) {
          if (Number(position) !== last + 1) faults.push(`${position} came after ${last}`);
          last = Number(position);
          ledger.seen[last] = hash;
          seen += 1;
        }
        if (!writing && seen >= acknowledged) ending.abort();
      }
    };

    const began = performance.now();
    const following = subscribe();
    try {
      await Promise.all(Array.from({ length: appenders }, (_, n) => append(n)));
    } finally {
      writing = false;
      if (seen >= acknowledged) ending.abort();
    }
    const patience = setTimeout(() => ending.abort(), 60_000);
    await following;
    clearTimeout(patience);
    const seconds = (performance.now() - began) / 1000;

    const missed = ledger.acknowledged.filter((hash, position) => ledger.seen[position] !== hash).length;
    const repeated = seen - ledger.seen.filter((hash) => hash !== undefined).length;
    if (acknowledged < wanted) throw new Error(`only ${acknowledged} events were written`);
    await ours.assertGrewBy(acknowledged).finally(async () => {
      for (const { pool } of writers) await pool.end();
    });
    await ours.close();
    const fact = (label: string, found: number) => ({ label, found: String(found), holds: found === 0 });
    return {
      comparisons: [],
      facts: [
        fact('漏掉的事件 events missed', missed),
        fact('重复的事件 events seen twice', repeated),
        fact('乱序或跳号 out of order or across a gap', faults.length),
      ],
      notes: [
        `${figure(acknowledged)} events acknowledged, ${figure(seen)} seen, in ${seconds.toFixed(1)} s (making them included)`,
        ...faults.slice(0, 5),
      ],
    };
  },
};
