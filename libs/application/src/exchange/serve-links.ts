import { ok, type Result, type TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { LinkConnection } from '../ports/link-transport.ts';
import { type HandshakeRefusal, shakeHands } from './handshake.ts';
import { inTurn } from './in-turn.ts';
import type { Neighbours } from './neighbours.ts';
import type { LinkEnd } from './open-link.ts';
import { linkSession, type LinkSession, type SessionContext } from './session.ts';

/** What the exchange remembers of a neighbour besides the open session. */
export type PeerNote = {
  readonly direction: 'up' | 'down';
  readonly since?: string;
  readonly lastEnd?: LinkEnd;
  readonly at?: string;
};

export type LinkServer = {
  /** Shakes hands and works the link, in the place of an earlier one with the same neighbour, until it has ended. */
  readonly serve: (
    connection: LinkConnection,
    direction: PeerNote['direction'],
    expected?: TierCode,
  ) => Promise<Result<LinkEnd, HandshakeRefusal>>;
  /** Notes why there is no link any more, or why none came about. */
  readonly note: (peer: TierCode, direction: PeerNote['direction'], lastEnd: LinkEnd) => void;
  readonly notes: ReadonlyMap<TierCode, PeerNote>;
};

/** The links of one exchange: `opened` is told of each session, and when `ending` aborts all connections are closed. */
export const linkServer = (
  context: SessionContext,
  { sessions, lanes }: Pick<Neighbours, 'sessions' | 'lanes'>,
  opened: (session: LinkSession) => void,
  ending: AbortSignal,
): LinkServer => {
  const { deps } = context;
  const { tree, clock, wait, settings } = deps;
  const notes = new Map<TierCode, PeerNote>();
  const perPeer = inTurn<TierCode>();

  const note: LinkServer['note'] = (peer, direction, lastEnd) =>
    notes.set(peer, { direction, lastEnd, at: instant(clock.now()) });

  const serve: LinkServer['serve'] = async (connection, direction, expected) => {
    const frames = connection.frames[Symbol.asyncIterator]();
    const next = async () => {
      const result = await frames.next();
      return result.done === true ? undefined : result.value;
    };
    const close = () => connection.close();
    ending.addEventListener('abort', close);
    if (ending.aborted) close();
    const greeted = new AbortController();
    void wait(settings.handshakeMs, greeted.signal).then(() => {
      if (!greeted.signal.aborted) close();
    });
    try {
      const shaken = await shakeHands(deps, connection, next, expected).finally(() => greeted.abort());
      if (!shaken.ok) {
        const { code, peer } = shaken.refusal;
        await connection.send({ kind: 'stop', code, detail: '' }).catch(() => undefined);
        if (peer !== undefined && tree.has(peer)) note(peer, direction, { code: 'broken', detail: code });
        return shaken;
      }
      const peer = shaken.value;
      const session = await perPeer(peer, async () => {
        const earlier = sessions.get(peer);
        earlier?.close();
        await earlier?.ended;
        const latest = linkSession(context, connection, next, peer);
        sessions.set(peer, latest);
        lanes.get(peer)?.look();
        return latest;
      });
      notes.set(peer, { direction, since: instant(clock.now()) });
      opened(session);
      const end = await session.ended;
      if (sessions.get(peer) === session) {
        sessions.delete(peer);
        lanes.get(peer)?.look();
        note(peer, direction, end);
      }
      return ok(end);
    } finally {
      ending.removeEventListener('abort', close);
      connection.close();
    }
  };

  return { serve, note, notes };
};
