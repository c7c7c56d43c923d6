import type { Result, TierCode } from '@liandong/kernel';
import type { DialLink, LinkConnection } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';
import type { HandshakeRefusal } from './handshake.ts';
import type { LinkEnd } from './open-link.ts';

/** Where the superior tier is dialled, and how. */
export type Upward = { readonly address: string; readonly dial: DialLink };

/** Keeps a link to the superior tier: dials again, ever less eagerly, until one lasted. */
export const keepDialling = (
  { self, tree, book, wait, jitter, settings }: ExchangeDeps,
  { address, dial }: Upward,
  serve: (connection: LinkConnection, parent: TierCode) => Promise<Result<LinkEnd, HandshakeRefusal>>,
  { failed }: { readonly failed: (parent: TierCode, detail: string) => void },
): ((signal: AbortSignal) => Promise<void>) => {
  const dialOnce = async (parent: TierCode, signal: AbortSignal): Promise<'lasted' | 'failed'> => {
    if ((await book.stoppedLinks()).some(({ peer }) => peer === parent)) return 'failed';
    try {
      const served = await serve(await dial(address, signal), parent);
      return served.ok && served.value.code !== 'stopped-by-peer' ? 'lasted' : 'failed';
    } catch (error) {
      failed(parent, error instanceof Error ? error.message : '');
      return 'failed';
    }
  };

  return async (signal) => {
    const parent = tree.superiors(self.tier)[0];
    if (parent === undefined) throw new Error(`${self.tier} has no superior tier to dial`);
    const { least, most } = settings.redialMs;
    let pause = least;
    while (!signal.aborted) {
      const ended = await dialOnce(parent, signal);
      pause = ended === 'lasted' ? least : Math.min(most, pause * 2);
      await wait(pause * (0.5 + jitter() / 2), signal);
    }
  };
};
