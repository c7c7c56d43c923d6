import type { TierCode } from '@liandong/kernel';
import type { Feed } from '../ports/link-book.ts';
import type { LinkConnection, LinkFrame } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { type LinkWays, linkWays } from './link-ways.ts';

/** Why a link ended. Anything but `stopped` is tried again. */
export type LinkEnd = {
  readonly code: 'closed' | 'broken' | 'stopped' | 'stopped-by-peer';
  readonly detail: string;
};

/** What a link needs to know of the lane beside it. */
export type LaneBeside = {
  /** How far the peer was told of a feed; `undefined` while the lane takes nothing and the link carries all. */
  readonly said: (feed: Feed) => number | undefined;
  /** What the peer says here is being read. */
  readonly reads: () => boolean;
};

export type OpenLinkContext = {
  readonly deps: ExchangeDeps;
  /** Keeps the evidence and lets the link rest until an operator resumes it. */
  readonly stopLink: (peer: TierCode, breach: Breach, feed?: Feed) => Promise<void>;
  /** The lane beside the link, where there is one. */
  readonly lane: (peer: TierCode) => LaneBeside | undefined;
};

/** A link from the handshake to its end: what its sending and its receiving share. */
export type OpenLink = {
  readonly peer: TierCode;
  readonly ways: Pick<LinkWays, 'comesFromPeer' | 'goesToPeer'>;
  readonly lane: LaneBeside | undefined;
  /** Aborts when the link ends. */
  readonly over: AbortSignal;
  /** Never rejects: what cannot be sent ends the link. */
  readonly send: (frame: LinkFrame) => Promise<void>;
  /** The peer broke the rules: stops the link, tells the peer why and ends. */
  readonly stop: (breach: Breach, feed?: Feed) => Promise<void>;
  readonly offPath: (feed: Feed) => Promise<void>;
  /** The link was stopped for this: tells the peer why and ends. */
  readonly stopped: (breach: Breach) => Promise<void>;
  readonly finish: (why: LinkEnd) => void;
  readonly broke: (error: unknown) => void;
  /** Why it ended, once it has. */
  readonly end: () => LinkEnd | undefined;
  /** Something was said on it, either way, by somebody who is not catching up. */
  readonly talked: () => void;
  /** Whether that was lately. */
  readonly othersSpeak: () => boolean;
  readonly tick: () => void;
};

/** So long after what was last said on a link, either way, nobody is held to speak there. */
const ticksOfTalk = 2;

export const openLink = (
  { deps, stopLink, lane }: OpenLinkContext,
  connection: LinkConnection,
  peer: TierCode,
): OpenLink => {
  const { self, tree, wait, settings } = deps;
  const ways = linkWays(tree, self.tier, peer);
  const over = new AbortController();
  let end: LinkEnd | undefined;
  let ticksWithoutTalk = ticksOfTalk;

  const finish = (why: LinkEnd) => {
    end ??= why;
    over.abort();
    connection.close();
  };
  const broke = (error: unknown) =>
    finish({ code: 'broken', detail: error instanceof Error ? error.message : '' });

  const stopped = async ({ code, detail }: Breach) => {
    // The peer should hear why, but one that does not listen must not keep the link open.
    const told = connection.send({ kind: 'stop', code, detail }).catch(() => undefined);
    await Promise.race([told, wait(settings.handshakeMs, over.signal)]);
    finish({ code: 'stopped', detail: `${code}: ${detail}` });
  };
  const stop = async (breach: Breach, feed?: Feed) => {
    if (over.signal.aborted) return;
    await stopLink(peer, breach, feed);
    await stopped(breach);
  };

  return {
    ...{ peer, ways, lane: lane(peer), over: over.signal },
    ...{ stop, stopped, finish, broke },
    send: (frame) => connection.send(frame).catch(broke),
    offPath: (feed) => stop(ways.offPath(feed), feed),
    end: () => end,
    talked: () => {
      ticksWithoutTalk = 0;
    },
    othersSpeak: () => ticksWithoutTalk < ticksOfTalk,
    tick: () => {
      ticksWithoutTalk += 1;
    },
  };
};
