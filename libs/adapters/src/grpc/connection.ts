import type { ClientDuplexStream, ServerDuplexStream } from '@grpc/grpc-js';
import type { LinkConnection } from '@liandong/application';
import { fromWire, MalformedFrame, toWire } from './wire-frame.ts';

export type Message = { readonly frame?: unknown };

/** The dialling end or the serving end of a call. */
type Stream = ClientDuplexStream<object, Message> | ServerDuplexStream<Message, object>;

/** Messages taken off the stream ahead of the reader. Beyond them the stream stands still, and with it the peer. */
const readAhead = 4;

/**
 * Either end of an open gRPC stream as a link. Reading pauses the stream while nobody
 * takes frames, writing waits for `drain`: so a slow side holds the other back.
 */
export const streamConnection = (call: Stream, end: () => void): LinkConnection => {
  const arrived: Message[] = [];
  let over: { readonly error?: Error } | undefined;
  let wake = () => {};
  const roomAgain = new Set<() => void>();

  const finish = (error?: Error) => {
    over ??= error === undefined ? {} : { error };
    wake();
    for (const resume of roomAgain) resume();
  };
  call.on('data', (message: Message) => {
    arrived.push(message);
    if (arrived.length >= readAhead) call.pause();
    wake();
  });
  call.on('end', () => finish());
  call.on('close', () => finish());
  call.on('error', (error: Error) => finish(error));
  call.on('drain', () => {
    for (const resume of roomAgain) resume();
  });

  /** Who sent what no release of ours would send is told so; the reader ends the link. */
  const read = (message: Message) => {
    try {
      return fromWire(message.frame);
    } catch (error) {
      if (error instanceof MalformedFrame && over === undefined)
        call.write({ frame: toWire({ kind: 'stop', code: 'malformed-frame', detail: error.message }) });
      throw error;
    }
  };

  async function* frames() {
    for (;;) {
      const message = arrived.shift();
      if (message !== undefined) {
        if (arrived.length < readAhead) call.resume();
        yield read(message);
      } else if (over === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (over.error === undefined) return;
      else throw over.error;
    }
  }

  const room = () =>
    new Promise<void>((resolve) => {
      const resume = () => {
        roomAgain.delete(resume);
        resolve();
      };
      roomAgain.add(resume);
    });

  return {
    frames: frames(),
    send: async (frame) => {
      if (over === undefined && !call.write({ frame: toWire(frame) })) await room();
      if (over !== undefined) throw over.error ?? new Error('the link has ended');
    },
    close: () => {
      if (over === undefined) {
        finish();
        end();
      }
    },
  };
};
