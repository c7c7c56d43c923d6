import { postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import {
  endedLedgers,
  type EndedLedgers,
  type FollowedLedgers,
  type LedgerBook,
  type LedgerJournal,
  ledgerJournal,
  ledgerStream,
  originOf,
} from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
import { type Author, type EventHash, sourceOf } from '@liandong/kernel';
import { type Access, systemAuthoring } from './tier.ts';

/** A ledger of this tier that has ended, or is to. */
export type FormerLedger = {
  readonly author: Author;
  readonly origin: string;
  readonly book: LedgerBook;
  readonly journal: LedgerJournal;
};

/** Those before the one that the configuration names, oldest first. */
export const formerLedgers = (
  { members, tier }: Pick<TierConfig, 'members' | 'tier'>,
  access: Access,
): readonly FormerLedger[] =>
  (members.find((member) => member.tier === tier)?.earlier ?? []).map(({ epoch }) => {
    const author = { ...access.author, epoch };
    return {
      ...{ author, origin: originOf(author) },
      book: postgresLedgerBook(access.pool, epoch),
      journal: ledgerJournal(access.store, systemAuthoring({ ...access, author })),
    };
  });

export const endedBefore = (former: readonly FormerLedger[]): EndedLedgers | undefined =>
  endedLedgers(former.map(({ author, book }) => ({ source: sourceOf(author), book })));

/** What a ledger follows on, where it is not the first. */
export const followedBy = (
  former: readonly FormerLedger[],
  access: Pick<Access, 'store' | 'author'>,
): FollowedLedgers | undefined => {
  const ended = endedBefore(former);
  return ended && { ended, opening: () => openingOf(access) };
};

/** The event that opens the epoch in which the tier writes, once an operator has. */
const openingOf = async ({
  store,
  author,
}: Pick<Access, 'store' | 'author'>): Promise<EventHash | undefined> =>
  (await store.read(ledgerStream(author))).find(
    ({ source, type }) => source === sourceOf(author) && type === 'liandong.ledger.epochOpened.v1',
  )?.hash;

/** Nobody writes in an epoch that is not open: its first event says on what it follows. */
export const assertEpochOpen = async (
  { members, tier }: Pick<TierConfig, 'members' | 'tier'>,
  access: Pick<Access, 'store' | 'author'>,
): Promise<void> => {
  const { earlier = [] } = members.find((member) => member.tier === tier) ?? {};
  if (earlier.length === 0 || (await openingOf(access)) !== undefined) return;
  throw new Error(
    `第 ${access.author.epoch} 期账本尚未开启，请先启动 exchange 并执行 ledger open-epoch\n` +
      `epoch ${access.author.epoch} of ${tier} is not open: start its exchange and run ledger open-epoch`,
  );
};
