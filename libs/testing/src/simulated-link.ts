import type { LinkConnection, LinkFrame } from '@liandong/application';

/** What a bad line or a bad forwarder does to one frame: pass it on, lose it, double it, hold it back, or say something else. */
export type Mischief = (frame: LinkFrame, from: 'a' | 'b') => readonly LinkFrame[];

export const honest: Mischief = (frame) => [frame];

export type SimulatedLink = {
  readonly a: LinkConnection;
  readonly b: LinkConnection;
  readonly cut: () => void;
  /** Puts a frame on the line to `a` that `b` never sent. */
  readonly toA: (frame: LinkFrame) => void;
};

/** Two ends of a link in one process. Frames are copied, so nobody shares memory with the other side. */
export const simulatedLink = (mischief: Mischief = honest): SimulatedLink => {
  const toA = mailbox();
  const toB = mailbox();
  const end = (broken: boolean) => {
    toA.end(broken);
    toB.end(broken);
  };
  const side = (from: 'a' | 'b', inbox: Mailbox, outbox: Mailbox): LinkConnection => ({
    frames: inbox.frames,
    send: async (frame) => {
      if (outbox.ended()) throw new Error('the line is cut');
      for (const each of mischief(frame, from)) outbox.put(structuredClone(each));
    },
    close: () => end(false),
  });
  return { a: side('a', toA, toB), b: side('b', toB, toA), cut: () => end(true), toA: toA.put };
};

type Mailbox = ReturnType<typeof mailbox>;

const mailbox = () => {
  const frames: LinkFrame[] = [];
  let ended: 'no' | 'closed' | 'broken' = 'no';
  let wake = () => {};
  async function* read(): AsyncGenerator<LinkFrame> {
    for (;;) {
      const frame = frames.shift();
      if (frame !== undefined) yield frame;
      else if (ended === 'broken') throw new Error('the line is cut');
      else if (ended === 'closed') return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    frames: read(),
    put: (frame: LinkFrame) => {
      frames.push(frame);
      wake();
    },
    end: (broken: boolean) => {
      if (ended === 'no') ended = broken ? 'broken' : 'closed';
      if (broken) frames.length = 0;
      wake();
    },
    ended: () => ended !== 'no',
  };
};
