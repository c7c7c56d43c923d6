import { sealVerifier } from '@liandong/adapters/crypto';
import type {
  AuthorKeysDeps,
  LedgerBook,
  LedgerJournal,
  LinkBook,
  OwnKeysDeps,
  Quorum,
  ServiceKey,
  SignedLedgerHead,
  SplitViews,
} from '@liandong/application';
import { decodeLedgerFact, type TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import {
  emptyRoot,
  formatCheckpoint,
  formatNote,
  makeVKey,
  type Policy,
  type SignEd25519,
  signNote,
  type Suite,
  type VKey,
} from '@liandong/ledger';
import type { FormerLedger } from './former-ledgers.ts';
import type { Access } from './tier.ts';

/** A tier's own ledger with all it is kept with. */
export type OwnLog = {
  readonly config: TierConfig;
  readonly access: Access;
  /** Of the exchange's role, which keeps the ledger. */
  readonly url: string;
  readonly keysOf: (tier: TierCode | undefined) => readonly ServiceKey[];
  /** Where what an operator must look into is reported, and what is believed of other ledgers. */
  readonly linkBook: Pick<LinkBook, 'report' | 'believedHeads'>;
  readonly suite: Suite;
  readonly origin: string;
  readonly policy: Policy;
  /** Of every ledger of the network, by its origin. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly quorum: Quorum;
  readonly book: LedgerBook;
  readonly journal: LedgerJournal;
  /** The tier's ledgers of former epochs, oldest first. */
  readonly former: readonly FormerLedger[];
  /** Evidence against ledgers that showed two histories, this one included. */
  readonly evidence: SplitViews;
  readonly logKey: VKey & { readonly type: 'ed25519' };
  readonly sign: SignEd25519;
};

export const sealedUnder: AuthorKeysDeps['verifyWith'] = (key, source, seal) =>
  sealVerifier(() => [{ ...key, service: seal.service }])(source, seal);

export const keysOfOwn = ({
  access: { author },
  journal,
  keysOf,
  former,
}: Pick<OwnLog, 'access' | 'journal' | 'keysOf' | 'former'>): OwnKeysDeps => ({
  ...{ journal, factOf: decodeLedgerFact, ended: former },
  keys: keysOf(author.tier),
});

/** Contradicts nothing that a log ever signed. */
export const emptyHead = (
  suite: Suite,
  origin: string,
  sign: SignEd25519,
  { publicKey }: Pick<VKey, 'publicKey'>,
): SignedLedgerHead => {
  const logKey = {
    ...makeVKey(suite.sha256, origin, 'ed25519', publicKey),
    type: 'ed25519' as const,
  };
  const root = emptyRoot(suite.sha256);
  const text = formatCheckpoint({ origin, size: 0, root });
  return { size: 0, root, note: formatNote({ text, signatures: [signNote(logKey, sign, text)] }) };
};
