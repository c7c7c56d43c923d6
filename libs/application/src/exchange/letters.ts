import type { TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Letter, LetterReceipt } from '../ports/link-transport.ts';
import { delivery } from '../privacy/delivery.ts';
import { letterTaker } from '../privacy/take-letter.ts';
import type { ExchangeDeps } from './deps.ts';
import { inTurn } from './in-turn.ts';
import type { LinkSession } from './session.ts';

/** Letters of personal fields: own ones go out, those for this tier come in, all others pass through. */
export type Letters = {
  /** One came over the link to `peer`. Never waits: a letter too many is let go, and sent again. */
  readonly arrived: (peer: TierCode, frame: Letter | LetterReceipt) => void;
  readonly again: (destination: TierCode) => void;
  readonly reconnected: (behind: (destination: TierCode) => boolean) => void;
  /** Cases in which something may be owed to others. */
  readonly owing: () => Promise<number>;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** Letters for this tier that wait to be taken in. */
const mostWaiting = 8;

export const letters = (
  deps: ExchangeDeps,
  sessions: ReadonlyMap<TierCode, LinkSession>,
  failed: (error: unknown) => void,
): Letters => {
  const { self, tree, book, clock, privacy } = deps;
  const perAuthor = inTurn<TierCode>();
  const tasks = new Set<Promise<void>>();
  const forged = new Set<TierCode>();

  const towards = (tier: TierCode) => sessions.get(tree.nextHop(self.tier, tier) ?? self.tier);
  const carry = (frame: Letter | LetterReceipt, to: TierCode) => towards(to)?.carry(frame) ?? false;
  const out =
    privacy &&
    delivery({
      ...deps,
      ...privacy,
      send: (letter) => carry(letter, letter.feed.destination),
      reachable: (destination) => towards(destination) !== undefined,
    });
  const takeLetter = privacy && letterTaker({ ...deps, ...privacy });

  const doing = (task: Promise<void>) => {
    const done = task.catch(failed).finally(() => tasks.delete(done));
    tasks.add(done);
  };

  const takeIn = async (peer: TierCode, letter: Letter) => {
    const receipt = await takeLetter?.(peer, letter);
    if (receipt !== undefined) carry(receipt, letter.feed.author);
  };

  const hearBack = async (peer: TierCode, receipt: LetterReceipt) => {
    const { feed } = receipt;
    if (out === undefined || (await out.answered(receipt)) || forged.has(feed.destination)) return;
    forged.add(feed.destination);
    const detail = `a receipt in the name of ${feed.destination}`;
    await book.report({ code: 'letter-receipt-forged', peer, feed, detail, at: instant(clock.now()) });
  };

  return {
    arrived: (peer, frame) => {
      const { author, destination } = frame.feed;
      const to = frame.kind === 'letter' ? destination : author;
      if (to !== self.tier) carry(frame, to);
      else if (frame.kind === 'letterReceipt') doing(hearBack(peer, frame));
      else if (tasks.size < mostWaiting) doing(perAuthor(author, () => takeIn(peer, frame)));
    },
    again: (destination) => out?.again(destination),
    reconnected: (behind) => out?.reconnected(behind),
    owing: async () => (await privacy?.deliveries.openCount()) ?? 0,
    run: async (signal) => {
      try {
        if (out !== undefined) await out.run(signal);
        else await untilAborted(signal);
      } finally {
        await Promise.all(tasks);
      }
    },
  };
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
