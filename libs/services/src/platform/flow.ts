import type { ServerWritableStream } from '@grpc/grpc-js';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Observable } from 'rxjs';

type StreamingCall = ServerWritableStream<unknown, unknown>;

/** The call of a streaming method, whose reader sets the pace. */
export const TheCall = createParamDecorator((_: unknown, context: ExecutionContext): StreamingCall =>
  context.getArgByIndex<StreamingCall>(2),
);

/**
 * Values as gRPC is to send them. The next one is asked for only when the reader has room:
 * without this the framework takes everything at once and keeps what the reader has not.
 */
export const flowing = <Value>(call: StreamingCall, values: AsyncIterable<Value>): Observable<Value> =>
  new Observable((subscriber) => {
    const left = new AbortController();
    const flow = async () => {
      for await (const value of values) {
        if (left.signal.aborted) return;
        subscriber.next(value);
        if (call.writableNeedDrain) await once(call, 'drain', { signal: left.signal }).catch(() => undefined);
      }
      subscriber.complete();
    };
    flow().catch((failure: unknown) => {
      subscriber.error(failure);
    });
    return () => {
      left.abort();
    };
  });

export const ndjson = 'application/x-ndjson';

/** Lines of JSON as HTTP is to send them, again at the pace of the reader. What was cut has no line `end`. */
export const lines = (values: AsyncIterable<object>): Readable =>
  Readable.from(
    (async function* () {
      for await (const value of values) yield `${JSON.stringify(value)}\n`;
      yield '{"kind":"end"}\n';
    })(),
    { objectMode: false, highWaterMark: 65_536 },
  );
