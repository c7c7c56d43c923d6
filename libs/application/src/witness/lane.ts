import type { WitnessClient } from '../ports/witness-client.ts';
import type { Collecting, Lane } from './collecting.ts';
import { originHash } from './origin-hash.ts';
import { ringOrTime } from './pace.ts';
import { submit, type Submitted } from './submit.ts';

/** Offers a witness every head that is set before it, and the same one again before its signature grows old. */
export const askWitness = async (shared: Collecting, lane: Lane, signal: AbortSignal): Promise<void> => {
  const { client } = lane;
  if (client === undefined) return void (lane.trouble = 'no-address');
  const { work, wait, pace } = shared;
  let pause = pace.firstRetry;
  while (!signal.aborted) {
    const seen = work.rung();
    const due = dueIn(shared, lane);
    if (due > 0) {
      // A clock that jumps makes it due at once, and rings no bell.
      await ringOrTime(wait, work, seen, Math.min(due, pace.look), signal);
      continue;
    }
    const done = await offer(shared, lane, client, signal);
    if (done === 'stop') return;
    if (done === 'again') await wait(pause, signal);
    pause = done === 'again' ? Math.min(2 * pause, pace.longestRetry) : pace.firstRetry;
  }
};

/** In how many milliseconds the witness is to be asked. */
const dueIn = ({ target, clock, pace }: Collecting, { cosigned }: Lane): number => {
  if (target === undefined) return pace.look;
  if (cosigned === undefined || cosigned.size < target.size) return 0;
  return Math.max(0, cosigned.at.getTime() + pace.refresh - clock.now().getTime());
};

/** Whether to look for more at once, to try again after a while, or never. */
type Done = 'go-on' | 'again' | 'stop';

const offer = async (
  shared: Collecting,
  lane: Lane,
  client: WitnessClient,
  signal: AbortSignal,
): Promise<Done> => {
  const { target, policy } = shared;
  if (target === undefined) return 'again';
  const deps = { ...shared, logKeys: policy.logs.map(({ key }) => key) };
  const answer = await submit(deps, lane.witness, client, target, Math.min(lane.old, target.size), signal);
  return signal.aborted ? 'stop' : take(shared, lane, answer);
};

const take = async (shared: Collecting, lane: Lane, answer: Submitted): Promise<Done> => {
  const { report, news } = shared;
  const witness = lane.witness.name;
  switch (answer.kind) {
    case 'cosigned':
      lane.cosigned = { ...answer.cosigned, at: shared.clock.now() };
      lane.old = answer.cosigned.size;
      lane.trouble = undefined;
      news.ring();
      return 'go-on';
    case 'other-size':
      return resume(shared, lane, answer.size);
    case 'claimed':
      trouble(lane, 'size-claimed', () => report({ kind: 'size-claimed', witness, size: answer.size }));
      return 'again';
    case 'fork':
      if (answer.evidence !== undefined) {
        await freeze(shared, witness, answer.evidence);
        return 'stop';
      }
      if (answer.known !== undefined && answer.known > (shared.target?.size ?? 0))
        return resume(shared, lane, answer.known);
      trouble(lane, 'fork-claimed', () =>
        report({ kind: 'fork-claimed', witness, size: shared.target?.size ?? 0 }),
      );
      // What does not change is not asked again: only a person can tell who is right.
      return 'stop';
    case 'refused':
      trouble(lane, answer.reason, () => report({ kind: 'witness-refuses', witness, reason: answer.reason }));
      return 'again';
    case 'failed':
      trouble(lane, 'unreachable', () =>
        report({ kind: 'witness-unreachable', witness, reason: answer.reason }),
      );
      return 'again';
  }
};

/** The witness holds another size than was thought. Once that is known it is asked at once, but not in circles. */
const resume = (shared: Collecting, lane: Lane, size: number): Done => {
  const { target, news, report } = shared;
  const witness = lane.witness.name;
  if (target !== undefined && size > target.size) {
    lane.trouble = 'behind';
    if (size > (shared.known?.size ?? 0)) shared.known = { witness, size, told: false };
    news.ring();
    return 'again';
  }
  const { cosigned } = lane;
  if (cosigned !== undefined && size < cosigned.size)
    trouble(lane, 'forgot', () => report({ kind: 'witness-forgot', witness, size, cosigned: cosigned.size }));
  const inCircles = lane.old === size;
  lane.old = size;
  return inCircles ? 'again' : 'go-on';
};

const trouble = (lane: Lane, what: string, say: () => void): void => {
  if (lane.trouble !== what) say();
  lane.trouble = what;
};

/** Stopped at once; kept before it is told, so that no restart thaws what was frozen. */
const freeze = async (shared: Collecting, witness: string, evidence: Uint8Array): Promise<void> => {
  const { suite, origin, splitViews, frozen, report } = shared;
  frozen.abort();
  try {
    await splitViews.keep(originHash(suite.sha256, origin), evidence);
  } finally {
    report({ kind: 'split-view', witness, evidence });
  }
};
