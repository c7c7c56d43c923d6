import { busLinkLane, kafkaEventBus } from '@liandong/adapters/kafka';
import { type EventBus, start } from '@liandong/application';
import { linkTopics } from '@liandong/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../harness/arithmetic.ts';
import type { Bench, Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { assertSameStore, casesOf, eventsPerCase, sayAll } from '../support/county-says.ts';
import { startKafka } from '../support/kafka.ts';
import {
  type BenchNetwork,
  type BenchTier,
  type NetworkOptions,
  openNetwork,
  until,
} from '../support/network.ts';
import { idOf, type RawTopic, rawTopic } from '../support/raw-topic.ts';
import { type CaseWriter, caseWriter, type Place, placeOf, someDigests } from '../support/sample-case.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const perSecond = 25;
const spokenCases = 50;

/** Two tiers whose line can be cut, whatever carries it. */
type Carried = {
  readonly network: BenchNetwork;
  readonly place: Place;
  readonly hold: () => Promise<void>;
  readonly restore: () => void;
  /** That what came up to now came as it should. */
  readonly assertCarried: (events: number) => void;
};

const membersOf = ({ city, county }: Place) => [{ tier: city }, { tier: county, parent: city }] as const;

const overGrpc = async (bench: Bench): Promise<Carried> => {
  const place = placeOf('438');
  const network = await openNetwork(bench, membersOf(place));
  return {
    ...{ network, place },
    hold: () => network.cut(place.county),
    restore: () => network.restore(place.county),
    assertCarried: () => undefined,
  };
};

const overKafka = async (bench: Bench, bus: EventBus): Promise<Carried> => {
  const place = placeOf('439');
  const { city, county } = place;
  await bus.ensureTopics(linkTopics(county, city));
  const gate = gated();
  let taken = 0;
  const laneOf: NonNullable<NetworkOptions['laneOf']> = (self, peer) => {
    const lane = busLinkLane(bus, self, peer);
    return {
      send: async (frames) => {
        if (self === county) await gate.passed();
        await lane.send(frames);
      },
      receive: (take) =>
        lane.receive(async (arrivals) => {
          await take(arrivals);
          if (self !== city) return;
          for (const arrival of arrivals)
            if (arrival.kind === 'frame' && arrival.frame.kind === 'block')
              taken += arrival.frame.entries.length;
        }),
    };
  };
  const network = await openNetwork(bench, membersOf(place), { laneOf });
  const carried: Carried = {
    ...{ network, place },
    hold: async () => {
      gate.shut();
      await network.cut(county);
    },
    restore: () => {
      gate.open();
      network.restore(county);
    },
    assertCarried: (events) => {
      if (taken < events)
        throw new Error(`${taken} of ${events} events came over Kafka, the others over gRPC`);
    },
  };
  await until('the lanes are up', async () =>
    (await Promise.all([city, county].map((tier) => network.at(tier).status()))).every(({ links }) =>
      links.every(({ lane }) => lane?.sends === true && lane.reads),
    ),
  );
  return carried;
};

const gated = () => {
  let open = Promise.withResolvers<void>();
  open.resolve();
  return {
    shut: () => (open = Promise.withResolvers()),
    open: () => open.resolve(),
    passed: () => open.promise,
  };
};

/** What the county said while the line was cut, from the moment it is back until the city's store holds all of it. */
const throughput = (name: string, { network, place, ...line }: Carried, seconds: number): Cell => {
  const { city, county } = place;
  const [upper, lower] = [network.at(city), network.at(county)];
  let sent = 0;
  const isAt = (tier: BenchTier) => async () => (await tier.head(county, city)) >= sent;
  return rateCell(name, { first: 500, seconds, step: eventsPerCase }, async (events) => {
    sent = await lower.head(county, city);
    await line.hold();
    await sayAll(lower, casesOf(place, events));
    sent += events;
    await until('the events are numbered', isAt(lower));
    const began = performance.now();
    line.restore();
    await until('the events have arrived', isAt(upper));
    const took = (performance.now() - began) / 1000;
    await upper.assertHealthy();
    await assertSameStore(upper, lower);
    line.assertCarried(sent);
    return took;
  });
};

const rawThroughput = (place: Place, { say, readAt }: RawTopic, seconds: number): Cell =>
  rateCell('produce-consume', { first: 2_000, seconds, step: eventsPerCase }, async (events) => {
    const all = casesOf(place, events).flat();
    const before = readAt.size;
    const began = performance.now();
    for (let at = 0; at < all.length; at += 250) await say(all.slice(at, at + 250));
    await until('all records are read', async () => readAt.size === before + events);
    const took = (performance.now() - began) / 1000;
    if (!all.every(({ bytes }) => readAt.has(idOf(bytes)))) throw new Error('other bytes were read');
    return took;
  });

/** Open loop: each is due at its time, whatever became of those before; latency counts from then. */
const spoken = async (
  seconds: number,
  say: (n: number) => { readonly key: string; readonly said: Promise<unknown> },
  seenAt: ReadonlyMap<string, number>,
) => {
  const dueAt = new Map<string, number>();
  const saying: Promise<unknown>[] = [];
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = began + (1000 * n) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const { key, said } = say(n);
    dueAt.set(key, due);
    saying.push(said);
  }
  await Promise.all(saying);
  await until('all that was said was seen', async () => [...dueAt.keys()].every((key) => seenAt.has(key)));
  const latencies = [...dueAt].map(([key, due]) => (seenAt.get(key) ?? Number.NaN) - due);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
};

const latency = (name: string, { network, place }: Carried, seconds: number): Cell => {
  const [upper, lower] = [network.at(place.city), network.at(place.county)];
  return {
    name,
    measure: async () => {
      const writers: readonly CaseWriter[] = Array.from({ length: spokenCases }, () =>
        caseWriter(place.county),
      );
      const [opening] = place.beginning;
      if (opening !== undefined) for (const writer of writers) writer.say(...opening);
      await sayAll(
        lower,
        writers.map(({ events }) => [...events]),
      );
      const at = await lower.head(place.county, place.city);
      await until('the cases have arrived', async () => (await upper.head(place.county, place.city)) >= at);
      const seenAt = new Map<string, number>();
      const ending = new AbortController();
      const watching = watch(upper, seenAt, ending.signal);
      const before = new Map<number, Promise<void>>();
      const figures = await spoken(
        seconds,
        (n) => {
          const turn = n % spokenCases;
          const writer = writers[turn] ?? caseWriter(place.county);
          const seen = writer.events.length;
          const event = writer.say(place.county, place.landInspected(n, someDigests()));
          const said = (before.get(turn) ?? Promise.resolve()).then(async () => {
            const outcome = await lower.store.append(writer.caseId, seen, [event]);
            if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
          });
          before.set(turn, said);
          return { key: event.hash, said };
        },
        seenAt,
      );
      ending.abort();
      await watching;
      await upper.assertHealthy();
      return figures;
    },
  };
};

/** Says when each event could be read at the tier. */
const watch = async ({ store }: BenchTier, seenAt: Map<string, number>, signal: AbortSignal) => {
  let after = start;
  for (
    let page = await store.readAll(after, 5_000);
    page.length > 0;
    page = await store.readAll(after, 5_000)
  )
    after = page.at(-1)?.position ?? after;
  for await (const page of store.follow(after, { limit: 500, signal }))
    for (const { hash } of page) {
      if (seenAt.has(hash)) throw new Error(`${hash} was seen twice`);
      seenAt.set(hash, performance.now());
    }
};

const rawLatency = (place: Place, { say, readAt }: RawTopic, seconds: number): Cell => ({
  name: 'produce-consume',
  measure: () => {
    const events = casesOf(place, perSecond * seconds).flat();
    return spoken(
      seconds,
      (n) => {
        const event = events[n];
        if (event === undefined) throw new Error('too few events were made');
        return { key: idOf(event.bytes), said: say([event]) };
      },
      readAt,
    );
  },
});

const against = (
  rounds: Comparison['rounds'],
  figure: 'rate' | 'p50' | 'p99',
  rival: 'gRPC' | 'produce-consume',
): Comparison => ({
  label:
    figure === 'rate'
      ? `县到市，经 Kafka，对 ${rival} county to city over Kafka, against ${rival}`
      : `延迟 latency ${figure}, against ${rival}`,
  rounds,
  ours: { cell: 'Kafka', figure },
  rival: { cell: rival, figure },
  ...(figure === 'rate' ? { better: 'more', unit: 'events/s' } : { better: 'less', unit: 'ms' }),
});

export const kafkaLane: Row = {
  number: 22,
  title: { zh: '链路经 Kafka 与经 gRPC', en: 'a link over Kafka and over gRPC' },
  physics: ['fdatasync/s', 'Ed25519 verify/s', 'JSON.parse/s'],
  differences: [
    'Kafka and gRPC: the same two tiers, ledgers, witnesses and checks; what the county said while the line was cut, from the moment it is back: handshake, sent, proven, stored, acknowledged. Over Kafka every event must have come from the topic, and acknowledgements still take gRPC',
    'produce-consume: the same driver and broker, an idempotent producer with all acknowledgements and gzip, a group that commits; the same bytes as bare records, neither proof nor check nor store',
    `latency: ${perSecond} events a second, from when an event was due to when the city’s follower reads it; of produce-consume to when the record is read`,
    'one broker on this machine, beside PostgreSQL and both tiers',
  ],
  run: async (bench) => {
    const kafka = await startKafka(bench.folder);
    if ('missing' in kafka)
      return { comparisons: [], notes: [`本行未测 (this row was not measured): ${kafka.missing}`] };
    const bus = kafkaEventBus({ brokers: kafka.brokers, clientId: 'bench' });
    const stops: (() => Promise<void>)[] = [kafka.stop, bus.close];
    try {
      const raw = await rawTopic(bus);
      stops.push(raw.close);
      const grpc = await overGrpc(bench);
      stops.push(grpc.network.stop);
      const lane = await overKafka(bench, bus);
      stops.push(lane.network.stop);
      const rateSeconds = secondsPerCell(bench.full) * 2;
      const rates = await bench.play([
        throughput('Kafka', lane, rateSeconds),
        throughput('gRPC', grpc, rateSeconds),
        rawThroughput(lane.place, raw, rateSeconds),
      ]);
      const seconds = bench.full ? 10 : 2;
      const latencies = await bench.play([
        latency('Kafka', lane, seconds),
        latency('gRPC', grpc, seconds),
        rawLatency(lane.place, raw, seconds),
      ]);
      const rivals = ['gRPC', 'produce-consume'] as const;
      return {
        comparisons: [
          ...rivals.map((rival) => against(rates, 'rate', rival)),
          ...rivals.flatMap((rival) => [against(latencies, 'p50', rival), against(latencies, 'p99', rival)]),
        ],
        notes: [`${kafka.name}, kafkajs`],
      };
    } finally {
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
    }
  },
};
