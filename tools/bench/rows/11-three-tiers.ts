import { start, type NewEvent, type Position } from '@liandong/application';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../harness/arithmetic.ts';
import type { Bench, Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { type BenchNetwork, openNetwork, until } from '../support/network.ts';
import { beginReview, type CaseWriter, type Place, placeOf } from '../support/sample-case.ts';

const perSecond = 25;
const cases = 50;
const pollMilliseconds = 50;

type Line = {
  readonly network: BenchNetwork;
  readonly place: Place;
  readonly writers: readonly CaseWriter[];
};

/** Three tiers that hold the same fifty cases under review. */
const openLine = async (bench: Bench, prefix: string, poll?: number): Promise<Line> => {
  const place = placeOf(prefix);
  const { city, county, township } = place;
  const network = await openNetwork(
    bench,
    [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }],
    poll === undefined ? {} : { pollMilliseconds: poll },
  );
  const writers = Array.from({ length: cases }, () => beginReview(place));
  const ofCounty = place.beginning.length - 1;
  for (const { caseId, events } of writers)
    await mustAppend(network, county, caseId, 0, events.slice(0, ofCounty));
  await until('the cases reached the city', () => hold(network, city, writers, ofCounty));
  for (const { caseId, events } of writers)
    await mustAppend(network, city, caseId, ofCounty, events.slice(ofCounty));
  await until('the cases reached the township', () => hold(network, township, writers, ofCounty + 1));
  return { network, place, writers };
};

/** Asks about every case: it is over in one question until nearly all are there. */
const hold = async (
  network: BenchNetwork,
  tier: Place['city'],
  writers: readonly CaseWriter[],
  events: number,
): Promise<boolean> => {
  for (const { caseId } of writers.toReversed())
    if ((await network.at(tier).store.read(caseId)).length !== events) return false;
  return true;
};

const mustAppend = async (
  network: BenchNetwork,
  tier: Place['city'],
  caseId: CaseWriter['caseId'],
  seen: number,
  events: readonly NewEvent[],
): Promise<void> => {
  const outcome = await network.at(tier).store.append(caseId, seen, events);
  if (!outcome.ok) throw new Error(`refused at ${tier}: ${JSON.stringify(outcome.refusal)}`);
};

/** Follows the city's store and says when each event could be read there. */
const watchCity = ({ network, place }: Line) => {
  const seen = new Map<string, number>();
  const ending = new AbortController();
  const { store, pool } = network.at(place.city);
  const watch = async (after: Position) => {
    for await (const page of store.follow(after, { limit: 500, signal: ending.signal }))
      for (const { hash } of page) {
        if (seen.has(hash)) throw new Error(`the city saw ${hash} twice`);
        seen.set(hash, performance.now());
      }
  };
  const watching = pool
    .query<{ last: string }>('SELECT coalesce(max(position), 0) AS last FROM store.event')
    .then(({ rows }) => watch(rows[0] === undefined ? start : (BigInt(rows[0].last) as Position)));
  return {
    seen,
    end: async () => {
      ending.abort();
      await watching;
    },
  };
};

/**
 * Open loop: what the township says is due at fixed times, whatever became of what it said
 * before, and the latency counts from when it was due.
 */
const latencyCell = (name: string, line: Line, seconds: number): Cell => ({
  name,
  measure: async () => {
    const { network, place, writers } = line;
    const city = watchCity(line);
    await pause(100);
    const dueAt = new Map<string, number>();
    const before = new Map<number, Promise<void>>();
    const began = performance.now();
    for (let n = 0; n < perSecond * seconds; n++) {
      const due = began + (1000 * n) / perSecond;
      const early = due - performance.now();
      if (early > 0) await pause(early);
      const at = n % writers.length;
      const writer = writers[at];
      if (writer === undefined) continue;
      const seen = writer.events.length;
      const event = writer.say(place.township, place.siteInspected(n));
      dueAt.set(event.hash, due);
      // A case's next event follows its last: only within one case must it wait.
      before.set(
        at,
        (before.get(at) ?? Promise.resolve()).then(() =>
          mustAppend(network, place.township, writer.caseId, seen, [event]),
        ),
      );
    }
    await Promise.all(before.values());
    await until('the city has seen everything', async () =>
      [...dueAt.keys()].every((hash) => city.seen.has(hash)),
    );
    await city.end();
    await network.at(place.city).assertHealthy();
    const latencies = [...dueAt].map(([hash, due]) => (city.seen.get(hash) ?? Number.NaN) - due);
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
  },
});

const compare = (
  rounds: Comparison['rounds'],
  figure: 'p50' | 'p99',
  goal: { readonly floor: number; readonly target: number },
): Comparison => ({
  label: `乡镇到市 township to city, ${figure}`,
  rounds,
  ours: { cell: 'woken', figure },
  rival: { cell: 'polling', figure },
  better: 'less',
  unit: 'ms',
  goal,
});

export const threeTiers: Row = {
  number: 11,
  title: { zh: '三级端到端延迟，匀速写入', en: 'three tiers end to end at a steady rate' },
  physics: ['fdatasync/s', 'Ed25519 verify/s'],
  differences: [
    `${perSecond} events a second of the township, in ${cases} cases: stored there, sealed and anchored by four witnesses, relayed, forwarded by the county, proven and stored at the city, read by a follower there`,
    `the rival is the same but for its followers, at the relays and at the city: the keepers’ too, they look every ${pollMilliseconds} ms instead of being woken; witnesses, links and forwarding are the same`,
    'all six tiers on one PostgreSQL and in one process; latency is from when an event was due, not from when it was sent',
  ],
  run: async (bench: Bench) => {
    const woken = await openLine(bench, '433');
    const polled = await openLine(bench, '434', pollMilliseconds);
    const seconds = bench.full ? 10 : 2;
    try {
      const rounds = await bench.play([
        latencyCell('woken', woken, seconds),
        latencyCell('polling', polled, seconds),
      ]);
      return {
        comparisons: [
          compare(rounds, 'p50', { floor: 10, target: 20 }),
          compare(rounds, 'p99', { floor: 4, target: 8 }),
        ],
      };
    } finally {
      await woken.network.stop();
      await polled.network.stop();
    }
  },
};
