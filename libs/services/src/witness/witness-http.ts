import type { OriginHash, Witness } from '@liandong/application';
import { type HttpAnswer, maxRequestBytes } from '@liandong/ledger';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/**
 * The C2SP witness protocol over node:http alone. `witnesses` by the path each has on
 * this address, '' for none; `failed` hears of what a caller is only told as 500.
 */
export const witnessHandler =
  (witnesses: ReadonlyMap<string, Witness>, failed: (error: unknown) => void): RequestListener =>
  (request, response) => {
    answerTo(witnesses, request).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        if (request.destroyed && !request.complete) return;
        failed(error);
        send(request, response, refusal(500, 'the witness failed'));
      },
    );
  };

type Answer = HttpAnswer & { readonly allow?: string };

const answerTo = async (
  witnesses: ReadonlyMap<string, Witness>,
  request: IncomingMessage,
): Promise<Answer> => {
  const { method = '', url = '' } = request;
  if (url === '/health/live') return isRead(method) ? refusal(200, 'live') : notAllowed('GET, HEAD');
  const [, path = '', way] = shape.exec(url) ?? [];
  const witness = witnesses.get(path);
  if (witness === undefined || way === undefined) return refusal(404, 'nothing is here');
  if (way === 'add-checkpoint') {
    if (method !== 'POST') return notAllowed('POST');
    const body = await readBody(request);
    return body === undefined ? refusal(413, 'too long') : witness.addCheckpoint(body);
  }
  if (!isRead(method)) return notAllowed('GET, HEAD');
  const [log, what] = way.split('/');
  return what === 'checkpoint' ? witness.checkpoint(log as OriginHash) : witness.splitView(log as OriginHash);
};

const shape = /^(?:\/([a-z0-9-]+))?\/(add-checkpoint|[0-9a-f]{64}\/(?:checkpoint|split-view))$/;

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Undefined for a body no submission has; what is left of it is not read. */
const readBody = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > maxRequestBytes) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxRequestBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
};

const plain = 'text/plain; charset=utf-8';
const refusal = (status: number, reason: string): Answer => ({
  status,
  contentType: plain,
  body: `${reason}\n`,
});
const notAllowed = (allow: string): Answer => ({ ...refusal(405, `only ${allow}`), allow });

const send = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? plain,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.allow !== undefined && { allow: answer.allow }),
    // What was not read of a request must not be taken for the next one.
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
};
