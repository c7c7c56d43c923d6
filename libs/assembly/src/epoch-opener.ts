import { type EpochOpener, epochOpener, largestKnown, ownKeys, type Quorum } from '@liandong/application';
import type { Policy } from '@liandong/ledger';
import { endedBefore } from './former-ledgers.ts';
import { emptyHead, keysOfOwn, type OwnLog, sealedUnder } from './own-log.ts';
import { witnessClients } from './witness-clients.ts';

/** What opens the tier's epoch; absent for a tier that is in its first. */
export const epochOpenerOf = (
  own: OwnLog,
  fence: () => bigint | undefined,
  quorumOf: (origin: string, policy: Policy) => Quorum,
): EpochOpener | undefined => {
  const ending = own.former.at(-1);
  const policy = ending && own.policies.get(ending.origin);
  if (ending === undefined || policy === undefined) return undefined;
  const { access, suite } = own;
  const before = own.former.slice(0, -1);
  const quorum = quorumOf(ending.origin, policy);
  const clientFor = witnessClients();
  const keys = () =>
    ownKeys(keysOfOwn({ ...own, former: before, journal: ending.journal }), ending.book, sealedUnder);
  const known = async () => {
    const last = (await ending.book.head()) ?? emptyHead(suite, ending.origin, own.sign, own.logKey);
    return largestKnown({ suite, policy, quorum, clientFor }, last, AbortSignal.timeout(answerMs));
  };
  return epochOpener({
    ...{ self: access.author, store: access.store, journal: own.journal, clock: access.clock, suite, fence },
    ending: {
      ...{ author: ending.author, book: ending.book, policy, quorum: quorum.threshold, keys },
      ended: endedBefore(before),
      largestKnown: known,
    },
  });
};

/** A witness that is silent for so long does not answer an operator. */
const answerMs = 20_000;
