import type { OriginHash, WitnessClient } from '@liandong/application';
import { type HttpAnswer, maxRequestBytes } from '@liandong/ledger';

const patience = 5_000;

/** `base` is the submission prefix of the policy, where monitoring is looked for as well. */
export const witnessClient = (base: string, timeoutMs = patience): WitnessClient => {
  const prefix = base.replace(/\/+$/, '');
  const ask = async (way: string, init: RequestInit, signal: AbortSignal): Promise<HttpAnswer> => {
    const late = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${prefix}/${way}`, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.any([signal, late]),
    });
    const body = await boundedText(response);
    const contentType = response.headers.get('content-type');
    return { status: response.status, body, ...(contentType !== null && { contentType }) };
  };
  return {
    addCheckpoint: (body, signal) =>
      ask(
        'add-checkpoint',
        {
          method: 'POST',
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          body: new Uint8Array(body),
        },
        signal,
      ),
    checkpoint: async (log: OriginHash, signal) => {
      const { status, body } = await ask(`${log}/checkpoint`, {}, signal);
      return status === 200 ? new TextEncoder().encode(body) : undefined;
    },
  };
};

/** No witness has more to say than this; one that goes on talking is not listened to. */
const boundedText = async (response: Response): Promise<string> => {
  if (response.body === null) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length > maxRequestBytes) throw new Error(`a witness answered more than ${maxRequestBytes} bytes`);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
};
