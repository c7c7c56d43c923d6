import type { StreamName, TierCode } from '@liandong/kernel';
import { bell } from '../exchange/bell.ts';
import type { ExchangeDeps } from '../exchange/deps.ts';
import type { DeliveryBook, FinalOutcome } from '../ports/delivery-book.ts';
import type { LetterCipher } from '../ports/letter-cipher.ts';
import type { Letter, LetterReceipt } from '../ports/link-transport.ts';
import { type LetterCase, maxLetterBytes, maxLetterCases, maxLetterFields, writeLetter } from './letter.ts';
import type { Owed } from './owed.ts';

export type CourierDeps = Pick<ExchangeDeps, 'self' | 'sign' | 'wait' | 'jitter' | 'settings'> & {
  readonly cipher: LetterCipher;
  readonly deliveries: Pick<DeliveryBook, 'acknowledge'>;
  /** What is owed in a case now. */
  readonly review: (stream: StreamName) => Promise<Owed>;
  /** Sends towards the destination; `false` while there is no way, or it is full. */
  readonly send: (letter: Letter) => boolean;
  readonly reachable: (destination: TierCode) => boolean;
};

/** Carries what is owed to one destination, one letter after another, until each is answered for good. */
export type Courier = {
  /** Something is owed in these cases. */
  readonly add: (stream: StreamName) => void;
  /** What the destination waited for may have come. */
  readonly again: () => void;
  /** There is a way now, and what was on the old one is lost. */
  readonly reconnected: () => void;
  readonly answered: (receipt: LetterReceipt) => Promise<void>;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

type Written = {
  readonly letter: Letter;
  readonly cases: readonly StreamName[];
  readonly digests: readonly string[];
};

export const courier = (deps: CourierDeps, destination: TierCode): Courier => {
  const { self, sign, wait, jitter, settings, cipher, deliveries, review, send, reachable } = deps;
  const cases = new Set<StreamName>();
  const news = bell();
  const receipts = bell();
  /** The digests of the last letter that are not answered for good. */
  const sent = new Set<string>();
  let settledNow = 0;

  /** One letter with what is owed in the cases whose turn it is; `undefined` if that is nothing. */
  const write = async (): Promise<Written | 'nothing' | 'no-key'> => {
    const content: LetterCase[] = [];
    const digests: string[] = [];
    let bytes = 0;
    for (const stream of [...cases]) {
      if (content.length === maxLetterCases || digests.length >= maxLetterFields) break;
      const { heads, fields } = await review(stream);
      const owed = fields.get(destination) ?? [];
      if (owed.length === 0) {
        cases.delete(stream);
        continue;
      }
      const taken: LetterCase['fields'][number][] = [];
      for (const { event, disclosure } of owed) {
        const { digest, salt, name, value } = disclosure;
        const size = JSON.stringify(value).length;
        if (digests.length === maxLetterFields || (bytes > 0 && bytes + size > maxLetterBytes)) break;
        bytes += size;
        digests.push(digest);
        taken.push({ event, salt, name, value });
      }
      if (taken.length > 0) content.push({ stream, heads, fields: taken });
    }
    if (content.length === 0) return 'nothing';
    const names = { network: self.network, author: self.tier, destination };
    const jwe = await cipher.close(destination, writeLetter(sign, { ...names, cases: content }));
    if (jwe === undefined) return 'no-key';
    const feed = { author: self.tier, destination };
    return { letter: { kind: 'letter', feed, jwe }, cases: content.map(({ stream }) => stream), digests };
  };

  const attempt = async (signal: AbortSignal): Promise<'nothing' | 'carried' | 'stuck'> => {
    if (cases.size === 0) return 'nothing';
    if (!reachable(destination)) return 'stuck';
    const written = await write();
    if (written === 'nothing') return cases.size === 0 ? 'nothing' : 'carried';
    if (written === 'no-key') return 'stuck';
    sent.clear();
    for (const digest of written.digests) sent.add(digest);
    const seen = receipts.rung();
    settledNow = 0;
    if (!send(written.letter)) return 'stuck';
    await sooner(signal, (until) => [receipts.after(seen, until), wait(settings.heartbeatMs, until)]);
    // The others have their turn before those that are still owed something.
    for (const stream of written.cases) if (cases.delete(stream)) cases.add(stream);
    return settledNow > 0 ? 'carried' : 'stuck';
  };

  return {
    add: (stream) => {
      if (cases.has(stream)) return;
      cases.add(stream);
      news.ring();
    },
    again: news.ring,
    reconnected: () => {
      receipts.ring();
      news.ring();
    },
    answered: async ({ outcomes }) => {
      const final = outcomes.flatMap(({ digest, code }) =>
        code !== 'not-yet' && sent.delete(digest)
          ? [{ destination, digest, outcome: code satisfies FinalOutcome }]
          : [],
      );
      if (final.length > 0) await deliveries.acknowledge(final);
      settledNow += final.length;
      receipts.ring();
    },
    run: async (signal) => {
      const { least, most } = settings.redialMs;
      let pause = least;
      while (!signal.aborted) {
        const seen = news.rung();
        const went = await attempt(signal);
        if (went === 'carried') pause = least;
        if (went === 'nothing') await news.after(seen, signal);
        if (went !== 'stuck') continue;
        const spread = 0.5 + jitter() / 2;
        await sooner(signal, (until) => [
          wait(pause * spread, until),
          news.after(seen, until).then(() => wait(least * spread, until)),
        ]);
        pause = Math.min(most, pause * 2);
      }
    },
  };
};

/** Waits for the first of several, and lets none of the others go on waiting. */
const sooner = async (
  signal: AbortSignal,
  waits: (until: AbortSignal) => readonly Promise<void>[],
): Promise<void> => {
  const over = new AbortController();
  try {
    await Promise.race(waits(AbortSignal.any([signal, over.signal])));
  } finally {
    over.abort();
  }
};
