import type { TierCode } from '@liandong/kernel';
import type { Feed } from '../ports/link-book.ts';
import type { Heartbeat, Letter, LetterReceipt, LinkConnection, LinkFrame } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import { linkReceiving, type ReceivingContext } from './link-receiving.ts';
import { linkSending, type SendingContext } from './link-sending.ts';
import { type LinkEnd, openLink, type OpenLinkContext } from './open-link.ts';
import type { Taken } from './receive.ts';

export type LinkSession = {
  readonly peer: TierCode;
  /** There may be something new to send. */
  readonly ring: () => void;
  /** Asks the peer for a feed again from after this number. */
  readonly askAgain: (feed: Feed, after: number) => void;
  /** Asks for what comes after this number, unless it was asked for already. */
  readonly ask: (feed: Feed, after: number) => void;
  /** What came another way is kept here. */
  readonly acknowledge: (feed: Feed, taken: Taken) => void;
  /** The link was stopped for this: tells the peer why and ends. */
  readonly stopped: (breach: Breach) => Promise<void>;
  /** Sends a heartbeat once everything it speaks of has been sent. */
  readonly passOn: (beat: Heartbeat) => void;
  /** Sends a letter beside the feeds; `false` if too many are on their way already. */
  readonly carry: (frame: Letter | LetterReceipt) => boolean;
  /** Time has passed: what was asked for or sent and not answered is asked for or sent again. */
  readonly tick: () => void;
  readonly close: () => void;
  /** Resolves when the link has ended and nothing of it is still at work. */
  readonly ended: Promise<LinkEnd>;
};

/** What the sessions of one exchange share. */
export type SessionContext = OpenLinkContext & SendingContext & ReceivingContext;

/** Letters that the transport has not taken yet. */
const mostCarried = 16;

export const linkSession = (
  context: SessionContext,
  connection: LinkConnection,
  next: () => Promise<LinkFrame | undefined>,
  peer: TierCode,
): LinkSession => {
  const { feeds } = context;
  const link = openLink(context, connection, peer);
  const { send, stop, finish } = link;
  const sending = linkSending(context, link);
  const receiving = linkReceiving(context, link);
  let carried = 0;

  const onFrame = async (frame: LinkFrame): Promise<void> => {
    switch (frame.kind) {
      case 'hello':
      case 'proof':
        return stop({ code: 'unexpected-frame', detail: frame.kind });
      case 'resume':
        return sending.onResume(frame);
      case 'block':
        return receiving.onBlock(frame);
      case 'ack':
        return sending.onAck(frame);
      case 'heartbeat':
        return receiving.onHeartbeat(frame);
      case 'letter':
      case 'letterReceipt':
        return receiving.onLetter(frame);
      case 'stop':
        return finish({ code: 'stopped-by-peer', detail: `${frame.code}: ${frame.detail}` });
    }
  };

  const read = async () => {
    const places = [...feeds.all()]
      .filter((feed) => link.ways.comesFromPeer(feed) && feed.head > 0)
      .map(({ author, destination, head }) => ({ feed: { author, destination }, after: head }));
    await send({ kind: 'resume', opening: true, places });
    while (!link.over.aborted) {
      const frame = await next();
      if (frame === undefined) return finish({ code: 'closed', detail: 'the peer ended the link' });
      await onFrame(frame);
    }
  };

  const ended = Promise.all([read().catch(link.broke), sending.pump().catch(link.broke)]).then(async () => {
    await receiving.settled();
    return link.end() ?? ({ code: 'closed', detail: '' } as const);
  });

  return {
    peer,
    ring: sending.ring,
    askAgain: receiving.askAgain,
    ask: receiving.ask,
    acknowledge: (feed, taken) => void send({ kind: 'ack', feed, ...taken }),
    stopped: link.stopped,
    passOn: sending.passOn,
    carry: (frame) => {
      if (link.over.aborted || carried >= mostCarried) return false;
      carried += 1;
      void send(frame).finally(() => (carried -= 1));
      return true;
    },
    tick: () => {
      link.tick();
      receiving.tick();
      sending.tick();
    },
    close: () => finish({ code: 'closed', detail: 'closed here' }),
    ended,
  };
};
