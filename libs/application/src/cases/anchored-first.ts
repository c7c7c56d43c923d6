import { type EventHash, ok, refuse, type Result } from '@liandong/kernel';
import type { LedgerStandings } from '../ports/ledger-standings.ts';
import type { Wait } from '../ports/wait.ts';

/** `events` are those of this tier in the case that no quorum has cosigned yet, oldest first, at most 64. */
export type NotAnchored = { readonly code: 'not-anchored'; readonly events: readonly EventHash[] };

/** What an act of the lead waits for. */
export type AnchoredFirst = {
  /** Those of these own events that are not anchored now. */
  readonly unanchored: (own: readonly EventHash[]) => Promise<readonly EventHash[]>;
  /**
   * Resolves once these own events are anchored, or refuses when they are not after so long. Where a
   * wait has run out and nothing was anchored since, the next one is refused at once.
   */
  readonly awaited: (waiting: readonly EventHash[]) => Promise<Result<'anchored', NotAnchored>>;
};

export type AnchoredFirstDeps = {
  readonly standings: LedgerStandings;
  readonly wait: Wait;
  /** Milliseconds; a quorum that is reachable answers in a fraction of it. */
  readonly patience: number;
};

const named = 64;
const firstLook = 20;
const looks = 250;

export const anchoredFirst = ({ standings, wait, patience }: AnchoredFirstDeps): AnchoredFirst => {
  const never = new AbortController().signal;
  /** The anchored size at which a wait ran out without its having grown. */
  let stalledAt: number | undefined;

  const unanchored: AnchoredFirst['unanchored'] = async (own) => {
    const known = await standings.of(own);
    return own.filter((hash) => known.get(hash)?.anchored === undefined);
  };

  return {
    unanchored,
    awaited: async (events) => {
      const before = await standings.anchoredSize();
      let waiting = await unanchored(events);
      let pause = firstLook;
      for (let waited = 0; waiting.length > 0; waited += pause, pause = Math.min(2 * pause, looks)) {
        if (before === stalledAt || waited >= patience) {
          if ((await standings.anchoredSize()) === before) stalledAt = before;
          return refuse({ code: 'not-anchored', events: waiting.slice(0, named) });
        }
        await wait(pause, never);
        waiting = await unanchored(waiting);
      }
      return ok('anchored');
    },
  };
};
