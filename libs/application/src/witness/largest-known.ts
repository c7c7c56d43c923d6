import {
  formatAddCheckpoint,
  type Hash,
  openHead,
  type Policy,
  readAnswer,
  type Suite,
  type VKey,
} from '@liandong/ledger';
import type { SignedLedgerHead } from '../ports/ledger-book.ts';
import type { WitnessClient } from '../ports/witness-client.ts';
import type { Quorum, Witnessing } from './check-policy.ts';
import { shownBy } from './shown-head.ts';

/**
 * What a witness knows of this log. `note` is there where it shows a head that the log itself
 * signed; a larger size without one is a claim.
 */
export type KnownHead = {
  readonly witness: string;
  readonly size: number;
  readonly note?: Uint8Array;
  readonly claimed?: true;
  /** It holds another tree of the same size. */
  readonly fork: boolean;
};

export type KnownHeads = {
  readonly heads: readonly KnownHead[];
  /** Without the claims that nobody need believe. */
  readonly answers: readonly number[];
  /** The heads that witnesses show, as the log itself signed them. */
  readonly shown: readonly { readonly size: number; readonly root: Hash }[];
  /** How many witnesses count. */
  readonly of: number;
  /**
   * Whether so many answered that every quorum there ever was has a member among them:
   * then nothing larger than the largest answer was ever anchored.
   */
  readonly enough: boolean;
};

/**
 * Asks every witness that counts for the largest size it saw. `last` is the last head the
 * log signed, offered once more as it is, so that asking makes no new signature; a log
 * without one offers its head of size 0, which contradicts nothing.
 */
export const largestKnown = async (
  {
    suite,
    policy,
    quorum,
    clientFor,
  }: {
    readonly suite: Suite;
    readonly policy: Policy;
    readonly quorum: Quorum;
    readonly clientFor: (witness: Witnessing) => WitnessClient | undefined;
  },
  last: SignedLedgerHead,
  signal: AbortSignal,
): Promise<KnownHeads> => {
  const { counting, threshold, faults } = quorum;
  const logKeys = policy.logs.map(({ key }) => key);
  const asked = await Promise.all(
    counting.map(async (witness) => {
      const client = clientFor(witness);
      return client && ask(suite, logKeys, client, witness.name, last, signal).catch(() => undefined);
    }),
  );
  const heads = asked.filter((head) => head !== undefined);
  const answers = believable(heads, faults).map(({ size }) => size);
  return {
    ...{ heads, answers, shown: heads.flatMap((head) => rootOf(suite, logKeys, head)), of: counting.length },
    enough: answers.length >= counting.length - threshold + 1,
  };
};

const rootOf = (suite: Suite, logKeys: readonly VKey[], { note }: KnownHead) => {
  const head = note && openHead(suite, note, logKeys);
  return head?.ok ? [{ size: head.value.checkpoint.size, root: head.value.checkpoint.root }] : [];
};

/**
 * A claim counts where more witnesses than may lie say that size, or a larger one. Otherwise it
 * is no answer at all, so that liars can neither keep a log from signing nor stand in for a
 * witness that would have told the truth.
 */
const believable = (heads: readonly KnownHead[], faults: number): readonly KnownHead[] =>
  heads.filter(
    ({ size, claimed }) => claimed !== true || heads.filter((other) => other.size >= size).length > faults,
  );

const ask = async (
  suite: Suite,
  logKeys: readonly VKey[],
  client: WitnessClient,
  witness: string,
  last: SignedLedgerHead,
  signal: AbortSignal,
): Promise<KnownHead | undefined> => {
  const probe = formatAddCheckpoint({ old: last.size, proof: [], note: last.note });
  const answer = readAnswer(await client.addCheckpoint(probe, signal));
  switch (answer.kind) {
    case 'cosigned':
      return { witness, size: last.size, fork: false };
    case 'other-size': {
      const more = answer.size > last.size;
      const shown = more ? await shownBy(suite, logKeys, client, last, signal) : undefined;
      return shown === undefined
        ? { witness, size: answer.size, fork: false, ...(more && { claimed: true }) }
        : { witness, size: shown.size, note: shown.note, fork: false };
    }
    case 'fork': {
      const shown = await shownBy(suite, logKeys, client, last, signal);
      return { witness, size: last.size, fork: true, ...shown };
    }
    case 'unknown-log':
    case 'not-trusted':
    case 'failed':
      return undefined;
  }
};
