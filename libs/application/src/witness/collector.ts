import { sameBytes } from '@liandong/kernel';
import { openHead } from '@liandong/ledger';
import { bell } from '../exchange/bell.ts';
import { instant } from '../ports/clock.ts';
import type { AnchoredLedgerHead } from '../ports/ledger-book.ts';
import type { Collecting, CollectorDeps, Lane } from './collecting.ts';
import { withCosignatures } from './cosignatures.ts';
import { askWitness } from './lane.ts';
import { originHash } from './origin-hash.ts';
import { ringOrTime, usualPace } from './pace.ts';
import { isStale, quorumTime, staleAfterSeconds } from './quorum-time.ts';
import type { Cosigned } from './submit.ts';

export type CollectorStatus = {
  readonly state: 'nothing-signed' | 'waiting' | 'anchored' | 'frozen';
  /** The head that cosignatures are being collected for. */
  readonly target: number | undefined;
  readonly anchored: { readonly size: number; readonly at: string } | undefined;
  readonly witnesses: readonly {
    readonly name: string;
    readonly size: number | undefined;
    readonly cosignedAt: number | undefined;
    readonly trouble: string | undefined;
  }[];
};

/** Takes the heads of one ledger to its witnesses until the quorum has cosigned them. */
export type Collector = {
  /** Runs until the signal. One at a time. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** A new head is in the book. */
  readonly headSigned: () => void;
  readonly status: () => CollectorStatus;
};

export const collector = (deps: CollectorDeps): Collector => {
  const lanes = new Map(
    deps.policy.witnesses.map((witness): [string, Lane] => [
      witness.name,
      { witness, client: deps.clientFor(witness), old: 0, cosigned: undefined, trouble: undefined },
    ]),
  );
  const shared: Collecting = {
    ...deps,
    lanes,
    ...{ work: bell(), news: bell(), pace: deps.pace ?? usualPace, frozen: new AbortController() },
    ...{ target: undefined, anchored: undefined, waiting: undefined, known: undefined },
  };
  return {
    run: (signal) => run(shared, signal),
    headSigned: () => shared.news.ring(),
    status: () => statusOf(shared),
  };
};

const run = async (shared: Collecting, outer: AbortSignal): Promise<void> => {
  const { suite, origin, splitViews, frozen, report } = shared;
  const evidence = await splitViews.find(originHash(suite.sha256, origin));
  if (evidence !== undefined) {
    frozen.abort();
    report({ kind: 'split-view', witness: '', evidence });
  }
  const signal = AbortSignal.any([outer, frozen.signal]);
  const asking = [...shared.lanes.values()].map((lane) => askWitness(shared, lane, signal));
  await Promise.all([anchor(shared, signal), watch(shared, outer), ...asking]);
};

/** The only writer: keeps what the lanes brought, and sets the next head before them. */
const anchor = async (shared: Collecting, signal: AbortSignal): Promise<void> => {
  const { news, wait, pace, report } = shared;
  let pause = pace.firstRetry;
  let failing = false;
  while (!signal.aborted) {
    const seen = news.rung();
    try {
      await keepQuorum(shared);
      await chooseTarget(shared);
      [pause, failing] = [pace.firstRetry, false];
      await ringOrTime(wait, news, seen, pace.look, signal);
    } catch (error) {
      if (!failing) report({ kind: 'book-failed', reason: (error as Error).message });
      failing = true;
      await wait(pause, signal);
      pause = Math.min(2 * pause, pace.longestRetry);
    }
  }
};

const keepQuorum = async (shared: Collecting): Promise<void> => {
  const { suite, policy, target, book, clock, report } = shared;
  if (target === undefined) return;
  const witnessed = withCosignatures(suite, policy, target, cosignedIn(shared));
  if (witnessed === undefined) return;
  if (shared.anchored === undefined || !sameBytes(shared.anchored.note, witnessed.note)) {
    const again = shared.anchored?.size === target.size;
    const at = again && shared.anchored ? shared.anchored.at : instant(clock.now());
    const head: AnchoredLedgerHead = { ...target, note: witnessed.note, at };
    await book.anchor(head);
    shared.anchored = head;
  }
  if (shared.waiting?.told) report({ kind: 'quorum-reached', size: target.size });
  shared.waiting = undefined;
};

const cosignedIn = ({ lanes }: Collecting): readonly Cosigned[] =>
  [...lanes.values()].flatMap(({ cosigned }) => (cosigned === undefined ? [] : [cosigned]));

/**
 * All witnesses are asked for one and the same head until it has its quorum: were each
 * asked for the newest, a busy ledger would never have enough lines under one. Only a
 * witness that already knows more of the log makes a larger head the target earlier.
 */
const chooseTarget = async (shared: Collecting): Promise<void> => {
  const { book, clock, report, target, known, work } = shared;
  shared.anchored ??= await book.anchored();
  const newest = await book.head();
  if (newest === undefined) return;
  if (known !== undefined && known.size > newest.size && !known.told) {
    known.told = true;
    report({ kind: 'behind', witness: known.witness, size: known.size, held: newest.size });
  }
  const isDue =
    target === undefined || shared.waiting === undefined || (known !== undefined && known.size > target.size);
  if (!isDue || newest.size <= (target?.size ?? -1)) return;
  shared.target = newest;
  shared.waiting = { since: clock.now(), told: false };
  work.ring();
};

/**
 * Says when the quorum stays away, and when the newest head that has one grows old. Both by the
 * clock and by what was waited here: a clock that was set, or a simulated one, may jump, and
 * then nobody has been silent.
 */
const watch = async (shared: Collecting, signal: AbortSignal): Promise<void> => {
  const { clock, wait, pace, report } = shared;
  let waited = 0;
  let begun = { waiting: shared.waiting, at: 0 };
  let fresh: { readonly time: number | undefined; readonly at: number } = { time: undefined, at: 0 };
  let stale = false;
  while (!signal.aborted) {
    await wait(pace.look, signal);
    waited += pace.look;
    const { waiting, target, anchored } = shared;
    const now = clock.now();
    if (waiting !== begun.waiting) begun = { waiting, at: waited - pace.look };
    const longSince = waiting !== undefined && now.getTime() - waiting.since.getTime() > pace.alarm;
    if (waiting && target && !waiting.told && longSince && waited - begun.at > pace.alarm) {
      waiting.told = true;
      report({ kind: 'quorum-unreachable', size: target.size, since: instant(waiting.since) });
    }
    if (anchored === undefined) continue;
    const { time, old } = ageOf(shared, anchored, now);
    if (time !== fresh.time) fresh = { time, at: waited - pace.look };
    const isOld = old && (time === undefined || waited - fresh.at > staleAfterSeconds * 1_000);
    const seconds = time === undefined ? undefined : Math.floor(now.getTime() / 1000) - time;
    if (isOld && !stale) report({ kind: 'checkpoint-stale', size: anchored.size, seconds });
    stale = isOld;
  }
};

const ageOf = ({ suite, policy }: Collecting, anchored: AnchoredLedgerHead, now: Date) => {
  const known = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  const head = openHead(suite, anchored.note, known);
  return head.ok
    ? { time: quorumTime(policy, head.value), old: isStale(policy, head.value, now) }
    : { time: undefined, old: true };
};

const statusOf = ({ frozen, target, anchored, waiting, lanes }: Collecting): CollectorStatus => ({
  state: frozen.signal.aborted
    ? 'frozen'
    : target === undefined
      ? 'nothing-signed'
      : waiting === undefined
        ? 'anchored'
        : 'waiting',
  target: target?.size,
  anchored: anchored && { size: anchored.size, at: anchored.at },
  witnesses: [...lanes.values()].map(({ witness, cosigned, trouble }) => ({
    name: witness.name,
    size: cosigned?.size,
    cosignedAt: cosigned?.time,
    trouble,
  })),
});
