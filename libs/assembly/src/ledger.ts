import { ed25519Signer, nodeSuite } from '@liandong/adapters/crypto';
import { migrateLedger, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { fileSplitViews } from '@liandong/adapters/witness-file';
import {
  type Bell,
  bell,
  checkPolicy,
  type EpochOpener,
  keyRevoker,
  keyRotator,
  type LedgerBook,
  ledgerJournal,
  type LedgerLinks,
  type LedgerStatus,
  type NetworkTree,
  originOf,
  type Quorum,
  type Recovery,
  splitViewAlarm,
  type Standing,
  type Witnessing,
} from '@liandong/application';
import { decodeLedgerFact, type TierConfig } from '@liandong/contracts';
import { type TierCode, utf8 } from '@liandong/kernel';
import { makeVKey, parsePolicy, type Policy, type Suite, type VKey } from '@liandong/ledger';
import type { ServedLedger } from '@liandong/services/exchange';
import { epochOpenerOf } from './epoch-opener.ts';
import { formerLedgers } from './former-ledgers.ts';
import { type LedgerAtWork, ledgerAtWork } from './ledger-at-work.ts';
import { keysOfOwn, type OwnLog } from './own-log.ts';
import { type Access, fileContent, systemAuthoring } from './tier.ts';

/** The name under which a tier witnesses other tiers' ledgers. */
export const tierWitness = (network: string, tier: TierCode): string => `${network}/${tier}/witness`;

/** What the links need of everybody's ledgers, and the tier's own one at work. */
export type Ledger = Pick<LedgerAtWork, 'run'> & {
  readonly links: LedgerLinks;
  readonly status: () => LedgerStatus;
  readonly recovery: Recovery;
  readonly opener: EpochOpener | undefined;
};

export type LedgerParts = Pick<OwnLog, 'config' | 'access' | 'url' | 'keysOf' | 'linkBook'> & {
  readonly tree: NetworkTree;
};

export const openLedger = async (parts: LedgerParts): Promise<Ledger> => {
  const { members, network } = parts.config;
  const suite = nodeSuite();
  const policies = new Map(
    members.flatMap(({ tier, epoch, policy, earlier = [] }) =>
      [...earlier, { epoch, policy }].map((ledger): [string, Policy] => {
        const origin = originOf({ network, tier, epoch: ledger.epoch });
        return [origin, policyFrom(suite, origin, ledger.policy)];
      }),
    ),
  );
  const origin = originOf(parts.access.author);
  const policy = policies.get(origin);
  if (policy === undefined) throw new Error(`the members name no ledger ${origin}`);
  const evidence = fileSplitViews(evidenceFolderOf(parts.config));
  const journal = ledgerJournal(parts.access.store, systemAuthoring(parts.access));
  const splitViews = splitViewAlarm({ suite, policies, self: parts.access.author, evidence, journal });
  const logKeys = [...policies.values()].flatMap(({ logs }) => logs.map(({ key }) => key));
  const quorum = goodQuorum(parts, origin, policy, logKeys);
  await migrateLedger(parts.url);
  const grown = bell();
  const book = ringing(postgresLedgerBook(parts.access.pool, parts.access.author.epoch), grown);
  const key = logKeyOf(parts.config, suite, origin, policy);
  const former = formerLedgers(parts.config, parts.access);
  const kept = { suite, origin, policy, policies, quorum, book, evidence, journal, former };
  const own: OwnLog = { ...parts, ...key, ...kept };
  const formerBooks = former.map((ledger) => ledger.book);
  const links: LedgerLinks = {
    ...{ suite, splitViews, factOf: decodeLedgerFact, own: { book, grown, former: formerBooks } },
    policyOf: (author) => policies.get(originOf(author)),
    toleranceMs: parts.config.ledger.timeToleranceSeconds * 1_000,
  };
  const atWork = ledgerAtWork(own);
  const quorumOf = (of: string, its: Policy) => goodQuorum(parts, of, its, logKeys);
  return { links, ...atWork, opener: epochOpenerOf(own, atWork.fence, quorumOf) };
};

/** The tier's own ledger as others may read it. */
export const servedLedger = async (
  config: TierConfig,
  access: Access,
  url: string,
  keysOf: LedgerParts['keysOf'],
  healing: Pick<ServedLedger, 'recovery' | 'opener'>,
): Promise<ServedLedger> => {
  const { author, pool, store } = access;
  await migrateLedger(url);
  const journal = ledgerJournal(store, systemAuthoring(access));
  const former = formerLedgers(config, access);
  const keys = keysOfOwn({ access, journal, keysOf, former });
  return {
    ...{ origin: originOf(author), book: postgresLedgerBook(pool, author.epoch), store, former, ...healing },
    ...{ revokeKey: keyRevoker(author, keys), rotateKey: keyRotator(author, keys) },
  };
};

type LogKey = Pick<OwnLog, 'logKey' | 'sign'>;

/** The links wait for what is anchored. */
const ringing = (book: LedgerBook, grown: Bell): LedgerBook => ({
  ...book,
  anchor: async (head) => {
    await book.anchor(head);
    grown.ring();
  },
});

const evidenceFolderOf = ({ evidenceFolder }: TierConfig): string => {
  if (evidenceFolder !== undefined) return evidenceFolder;
  throw new Error('the configuration of the tier does not set evidenceFolder');
};

const policyFrom = (suite: Suite, origin: string, text: string): Policy => {
  const policy = parsePolicy(suite.sha256, utf8(text));
  if (policy.ok) return policy.value;
  throw new Error(`the policy of ${origin}: line ${policy.refusal.line}: ${policy.refusal.rule}`);
};

/** Throws unless one liar, or one dead witness, can neither make two histories believed nor stop the one. */
const goodQuorum = (
  { access: { author }, tree }: LedgerParts,
  origin: string,
  policy: Policy,
  logKeys: readonly VKey[],
): Quorum => {
  const { network, tier } = author;
  const below = tree.region(tier).filter((other) => tree.superiors(other).includes(tier));
  const standingOf = ({ name }: Witnessing): Standing => {
    if (name === tierWitness(network, tier)) return 'operator';
    return below.some((other) => name === tierWitness(network, other)) ? 'subordinate' : 'independent';
  };
  const checked = checkPolicy(policy, { origin, standingOf, logKeys });
  if (checked.ok) return checked.value;
  throw new Error(`the policy of ${origin} does not hold: ${JSON.stringify(checked.refusal)}`);
};

const logKeyOf = (config: TierConfig, suite: Suite, origin: string, policy: Policy): LogKey => {
  const { publicKey, sign } = ed25519Signer(fileContent(config.keyFiles.log, 'keyFiles.log'));
  const logKey = { ...makeVKey(suite.sha256, origin, 'ed25519', publicKey), type: 'ed25519' as const };
  if (policy.logs.some(({ key }) => key.keyId === logKey.keyId)) return { logKey, sign };
  throw new Error(`keyFiles.log is not the key that the policy of ${origin} names`);
};
