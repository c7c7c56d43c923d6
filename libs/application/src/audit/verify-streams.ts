import { compareTexts } from '@liandong/kernel';
import { indexLines } from './exported-streams.ts';
import type { ExportFault, LedgerFault, StreamFault } from './faults.ts';
import type { IndexLine } from './folder.ts';
import {
  type InspectingStreams,
  type SoundExport,
  type StreamFindings,
  streamInspector,
  type StreamOrder,
} from './inspect-stream.ts';
import type { Inspectors } from './inspectors.ts';

export type VerifiedStreams = Omit<StreamFindings, 'faults'> & { readonly streams: number };

type Told = StreamFault | ExportFault | LedgerFault;

/** Streams that are inspected together: enough to be worth asking somebody else. */
const streamsEach = 64;

/**
 * Verifies what stands between events: every stream's numbers, parents and heights, the
 * order and the digest of every case, and that what one tier holds of another is what the
 * other's ledger says. Goes through all exports stream by stream.
 */
export const verifyStreams = async (
  deps: InspectingStreams & { readonly inspectors?: Inspectors },
  exports: readonly SoundExport[],
  tell: (fault: Told) => void,
): Promise<VerifiedStreams> => {
  const inspect = inspectionOf(deps, exports);
  const ahead = deps.inspectors?.ahead ?? 0;
  const walk = walkThrough(exports);
  const counts = { streams: 0, registers: 0, unproven: 0, later: 0 };
  const asked: { readonly told: readonly Told[]; readonly findings: ReturnType<typeof inspect> }[] = [];
  // In the order of the streams, whoever is done first.
  const settle = async ({ told, findings }: (typeof asked)[number]) => {
    told.forEach(tell);
    for (const found of await findings) {
      found.faults.forEach(tell);
      counts.streams++;
      counts.registers += found.registers;
      counts.unproven += found.unproven;
      counts.later += found.later;
    }
  };
  for (let more = true; more;) {
    const { orders, told } = await walk.next();
    more = orders.length > 0;
    const findings = inspect(orders);
    // Where one fails, those asked after it are never awaited.
    findings.catch(() => undefined);
    asked.push({ told, findings });
    for (const each of asked.splice(0, asked.length - (more ? ahead : 0))) await settle(each);
  }
  walk.notIndexed().forEach(tell);
  return counts;
};

const inspectionOf = (
  { inspectors, ...deps }: InspectingStreams & { readonly inspectors?: Inspectors },
  exports: readonly SoundExport[],
): ((orders: readonly StreamOrder[]) => Promise<readonly StreamFindings[]>) => {
  if (inspectors === undefined) return streamInspector(deps, exports);
  const known = exports.map(({ name, source, size, until }) => ({ name, source, size, until }));
  return (orders) => inspectors.inspectStreams(known, orders);
};

/** Goes through the indexes of all exports side by side, some streams at a time. */
const walkThrough = (exports: readonly SoundExport[]) => {
  let told: Told[] = [];
  const open = exports.map((from) => ({
    from,
    lines: indexLines(from.name, from.readFile, (fault) => void told.push(fault)),
    indexed: new Uint8Array(from.size),
    at: undefined as IndexLine | undefined,
  }));
  const advance = async (each: (typeof open)[number]) => {
    const { value } = await each.lines.next();
    each.at = value ?? undefined;
  };
  const begun = Promise.all(open.map(advance));

  const nextStream = async (): Promise<StreamOrder | undefined> => {
    const [stream] = open.flatMap(({ at }) => at?.stream ?? []).sort(compareTexts);
    if (stream === undefined) return undefined;
    const parts: StreamOrder['parts'][number][] = [];
    for (const [of, each] of open.entries()) {
      if (each.at?.stream !== stream) continue;
      for (const seq of each.at.own) if (seq < each.from.size) each.indexed[seq] = 1;
      parts.push({ of, line: each.at });
      await advance(each);
    }
    return { stream, parts };
  };

  return {
    /** No streams once there are no more. */
    next: async (): Promise<{ readonly orders: readonly StreamOrder[]; readonly told: readonly Told[] }> => {
      await begun;
      const orders: StreamOrder[] = [];
      while (orders.length < streamsEach) {
        const order = await nextStream();
        if (order === undefined) break;
        orders.push(order);
      }
      const saying = told;
      told = [];
      return { orders, told: saying };
    },
    /** The first leaf of each export that no stream of its index names. */
    notIndexed: (): readonly ExportFault[] =>
      open.flatMap(({ from, indexed }) => {
        const seq = indexed.indexOf(0);
        return seq < 0 ? [] : [{ code: 'not-in-the-index' as const, folder: from.name, seq }];
      }),
  };
};
