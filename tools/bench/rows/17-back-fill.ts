import type { NewEvent } from '@liandong/application';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../harness/arithmetic.ts';
import type { Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { type BenchNetwork, openNetwork, until } from '../support/network.ts';
import { caseWriter, type CaseWriter, type Place, placeOf, someDigests } from '../support/sample-case.ts';

const perSecond = 25;
const eventsPerCase = 20;
const liveCases = 50;

const mustAppend = async (
  network: BenchNetwork,
  tier: Place['city'],
  { caseId }: Pick<CaseWriter, 'caseId'>,
  seen: number,
  events: readonly NewEvent[],
): Promise<void> => {
  const outcome = await network.at(tier).store.append(caseId, seen, events);
  if (!outcome.ok) throw new Error(`refused at ${tier}: ${JSON.stringify(outcome.refusal)}`);
};

/** Cases that one tier opens and speaks in alone. */
const ownCase = (place: Place, tier: Place['city'], events: number): CaseWriter => {
  const writer = caseWriter(tier);
  const [opening] = place.beginning;
  if (opening !== undefined) writer.say(tier, opening[1]);
  for (let n = 1; n < events; n++) writer.say(tier, place.siteInspected(n, someDigests()));
  return writer;
};

/**
 * The county speaks at a steady rate for at least a second and until `over` says so; gives how long
 * each event took from when it was due until the city's store held it.
 */
const liveTraffic = async (
  network: BenchNetwork,
  place: Place,
  writers: readonly CaseWriter[],
  over: () => Promise<boolean>,
): Promise<readonly number[]> => {
  const { city, county } = place;
  const dueAt = new Map<string, number>();
  const arrivedAt = new Map<string, number>();
  const ending = new AbortController();
  const { store, pool } = network.at(city);
  const { rows } = await pool.query<{ last: string }>('SELECT max(position) AS last FROM store.event');
  const watching = (async () => {
    const from = BigInt(rows[0]?.last ?? 0) as never;
    for await (const page of store.follow(from, { limit: 500, signal: ending.signal }))
      for (const { hash } of page) arrivedAt.set(hash, performance.now());
  })();
  const sent: Promise<void>[] = [];
  const last = new Map<CaseWriter, Promise<void>>();
  const began = performance.now();
  for (let n = 0; n < perSecond || !(await over()); n++) {
    const due = began + (1000 * n) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const writer = writers[n % writers.length];
    if (writer === undefined) continue;
    const seen = writer.events.length;
    const event = writer.say(county, place.landInspected(n));
    dueAt.set(event.hash, due);
    const turn = (last.get(writer) ?? Promise.resolve()).then(() =>
      mustAppend(network, county, writer, seen, [event]),
    );
    last.set(writer, turn);
    sent.push(turn);
  }
  await Promise.all(sent);
  await until('the city has seen everything', async () =>
    [...dueAt.keys()].every((hash) => arrivedAt.has(hash)),
  );
  ending.abort();
  await watching;
  return [...dueAt].map(([hash, due]) => (arrivedAt.get(hash) ?? Number.NaN) - due);
};

export const backFill: Row = {
  number: 17,
  title: { zh: '一个乡镇补传积压时其他流量的延迟', en: 'live traffic beside the back-fill of a township' },
  physics: ['fdatasync/s', 'JSON.parse/s'],
  differences: [
    `live: ${perSecond} events a second of the county, from when each was due until the city holds it`,
    'beside a back-fill: a township comes back and sends the county and the city all it has said meanwhile, over the same links; the measuring ends when all of it has arrived',
    'all tiers on one PostgreSQL and in one process',
  ],
  run: async (bench) => {
    const place = placeOf('435');
    const { city, county, township } = place;
    const network = await openNetwork(bench, [
      { tier: city },
      { tier: county, parent: city },
      { tier: township, parent: county },
    ]);
    const events = bench.full ? 100_000 : 4_000;
    const writers = Array.from({ length: liveCases }, () => ownCase(place, county, 1));
    for (const writer of writers) await mustAppend(network, county, writer, 0, writer.events);
    let sent = 0;
    const arrived = async () => (await network.at(city).head(township, city)) === sent;
    const p99 = (latencies: readonly number[]) => ({ p99: quantile(latencies, 0.99) });
    const quiet: Cell = {
      name: 'quiet',
      measure: async () => p99(await liveTraffic(network, place, writers, async () => true)),
    };
    const beside: Cell = {
      name: 'beside a back-fill',
      measure: async () => {
        await network.cut(township);
        const cases = Array.from({ length: events / eventsPerCase }, () =>
          ownCase(place, township, eventsPerCase),
        );
        const lanes = Array.from({ length: 16 }, (_, lane) => cases.filter((_, n) => n % 16 === lane));
        await closedLoop(lanes, (writer) => mustAppend(network, township, writer, 0, writer.events));
        sent += events;
        await until(
          'the events are numbered',
          async () => (await network.at(township).head(township, city)) === sent,
        );
        network.restore(township);
        const figures = p99(await liveTraffic(network, place, writers, arrived));
        await network.at(city).assertHealthy();
        return figures;
      },
    };
    try {
      const rounds = await bench.play([beside, quiet]);
      return {
        comparisons: [
          {
            label: '县到市 county to city, p99',
            rounds,
            ours: { cell: 'beside a back-fill', figure: 'p99' },
            rival: { cell: 'quiet', figure: 'p99' },
            better: 'less',
            unit: 'ms',
            goal: { floor: 1 / 2, target: 1 / 1.3 },
          },
        ],
        notes: bench.full ? [] : [`quick: ${events} events are back-filled each round; 100,000 with --full`],
      };
    } finally {
      await network.stop();
    }
  },
};
