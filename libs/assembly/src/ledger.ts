import { ed25519Signer, nodeSuite, sealVerifier } from '@liandong/adapters/crypto';
import { witnessClient } from '@liandong/adapters/http';
import { ledgerLease, migrateLedger, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { fileSplitViews } from '@liandong/adapters/witness-file';
import {
  type AnchorAlarm,
  type Bell,
  bell,
  checkPolicy,
  collector,
  instant,
  largestKnown,
  type LedgerAlarm,
  type LedgerBook,
  ledgerKeeper,
  type LedgerLinks,
  type LinkBook,
  type NetworkTree,
  originOf,
  type Quorum,
  type ServiceKey,
  type SignedLedgerHead,
  type Standing,
  type Witnessing,
} from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
import { authorOf, type TierCode, utf8 } from '@liandong/kernel';
import {
  emptyRoot,
  formatCheckpoint,
  formatNote,
  makeVKey,
  parsePolicy,
  type Policy,
  type SignEd25519,
  signNote,
  type Suite,
  type VKey,
} from '@liandong/ledger';
import type { ServedLedger } from '@liandong/services/exchange';
import { wait } from './pause.ts';
import { type Access, fileContent } from './tier.ts';

/** The name under which a tier witnesses other tiers' ledgers. */
export const tierWitness = (network: string, tier: TierCode): string => `${network}/${tier}/witness`;

/** What the links need of everybody's ledgers, and the tier's own one at work. */
export type Ledger = {
  readonly links: LedgerLinks;
  /** Keeps the tier's own ledger, if it has one, until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export type LedgerParts = {
  readonly config: TierConfig;
  readonly access: Access;
  /** Of the exchange's role, which keeps the ledger. */
  readonly url: string;
  readonly tree: NetworkTree;
  readonly keysOf: (tier: TierCode | undefined) => readonly ServiceKey[];
  /** Where what an operator must look into is reported. */
  readonly incidents: Pick<LinkBook, 'report'>;
};

/** `undefined` in a network whose trust root names no ledger. */
export const openLedger = async (parts: LedgerParts): Promise<Ledger | undefined> => {
  const { members, network } = parts.config;
  const suite = nodeSuite();
  const policies = new Map(
    members.flatMap(({ tier, epoch, policy }): [string, Policy][] => {
      const origin = originOf({ network, tier, epoch });
      return policy === undefined ? [] : [[origin, policyFrom(suite, origin, policy)]];
    }),
  );
  if (policies.size === 0) return undefined;
  const withLedger = new Set(members.filter(({ policy }) => policy !== undefined).map(({ tier }) => tier));
  const policyOf: LedgerLinks['policyOf'] = (author) =>
    policies.get(originOf(author)) ?? (withLedger.has(author.tier) ? undefined : 'seals-suffice');

  const origin = originOf(parts.access.author);
  const policy = policies.get(origin);
  if (policy === undefined) return { links: { suite, policyOf }, run: untilAborted };
  const logKeys = [...policies.values()].flatMap(({ logs }) => logs.map(({ key }) => key));
  const quorum = goodQuorum(parts, origin, policy, logKeys);
  await migrateLedger(parts.url);
  const grown = bell();
  const book = ringing(postgresLedgerBook(parts.access.pool), grown);
  const key = logKeyOf(parts.config, suite, origin, policy);
  const own: OwnLog = { ...parts, ...key, suite, origin, policy, quorum, book };
  return { links: { suite, policyOf, own: { book, grown } }, run: (signal) => keep(own, signal) };
};

/** The tier's own ledger as others may read it; `undefined` if the trust root names none for it. */
export const servedLedger = async (
  { members, tier }: TierConfig,
  { author, pool, store }: Access,
  url: string,
): Promise<ServedLedger | undefined> => {
  if (members.find((member) => member.tier === tier)?.policy === undefined) return undefined;
  await migrateLedger(url);
  return { origin: originOf(author), book: postgresLedgerBook(pool), store };
};

type LogKey = { readonly logKey: VKey & { readonly type: 'ed25519' }; readonly sign: SignEd25519 };

type OwnLog = LedgerParts &
  LogKey & {
    readonly suite: Suite;
    readonly origin: string;
    readonly policy: Policy;
    readonly quorum: Quorum;
    readonly book: LedgerBook;
  };

/** The keeper signs, the collector takes what was signed to the witnesses; each begins again from what is stored. */
const keep = async (own: OwnLog, signal: AbortSignal): Promise<void> => {
  const { config, access, suite, origin, policy, book, logKey, sign, quorum, keysOf } = own;
  const { author, clock, store } = access;
  const lease = await leaseOf(own, signal);
  if (lease === undefined) return;
  const over = new AbortController();
  const until = AbortSignal.any([signal, lease.lost, over.signal]);
  const clients = new Map<string, ReturnType<typeof witnessClient>>();
  const clientFor = ({ url }: Witnessing) => {
    if (url === undefined) return undefined;
    const client = clients.get(url) ?? witnessClient(url);
    clients.set(url, client);
    return client;
  };
  const report = reporter(own);
  const collecting = collector({
    ...{ suite, origin, policy, book, clientFor, clock, wait },
    splitViews: fileSplitViews(config.evidenceFolder ?? '.'),
    report: (alarm) => void report(alarm.kind, alarm),
  });
  const keeper = ledgerKeeper({
    ...{ self: author, store, sha256: suite.sha256, logKey, sign, clock, wait },
    book: {
      ...book,
      extend: async (batch) => {
        const extended = await book.extend(batch);
        if (extended) collecting.headSigned();
        return extended;
      },
    },
    fence: lease.fence,
    verifySeal: sealVerifier((source) => keysOf(authorOf(source)?.tier)),
    largestKnown: async () => {
      const last = (await book.head()) ?? emptyHead(own);
      return largestKnown({ suite, policy, quorum, clientFor }, last, until);
    },
    quorum: quorum.threshold,
    alarm: (alarm) => void report(alarm.code, alarm),
  });
  try {
    const both = [keeper.run(until), collecting.run(until)].map((each) => each.finally(() => over.abort()));
    for (const each of await Promise.allSettled(both)) if (each.status === 'rejected') throw each.reason;
    if (lease.lost.aborted && !signal.aborted) throw new Error('the lease of the ledger was lost');
  } finally {
    await lease.release();
  }
};

const leaseOf = async ({ url }: OwnLog, signal: AbortSignal) => {
  const acquire = ledgerLease(url);
  while (!signal.aborted) {
    const lease = await acquire();
    if (lease !== undefined) return lease;
    // Its last holder has ended, and the database has not noticed yet.
    await wait(500, signal);
  }
  return undefined;
};

/** The links wait for what is anchored. */
const ringing = (book: LedgerBook, grown: Bell): LedgerBook => ({
  ...book,
  anchor: async (head) => {
    await book.anchor(head);
    grown.ring();
  },
});

const emptyHead = ({ suite, origin, logKey, sign }: OwnLog): SignedLedgerHead => {
  const root = emptyRoot(suite.sha256);
  const text = formatCheckpoint({ origin, size: 0, root });
  return { size: 0, root, note: formatNote({ text, signatures: [signNote(logKey, sign, text)] }) };
};

const reporter =
  ({ access: { author, clock }, incidents }: OwnLog) =>
  async (code: string, alarm: LedgerAlarm | AnchorAlarm): Promise<void> => {
    const bytes = 'evidence' in alarm ? alarm.evidence : undefined;
    const detail = JSON.stringify({ ...alarm, evidence: undefined }).slice(0, 1_000);
    const at = instant(clock.now());
    // Where the database fails the exchange ends by itself; an alarm must not be what ends it.
    await incidents
      .report({ code: `ledger-${code}`, peer: author.tier, detail, at, ...(bytes && { bytes }) })
      .catch(() => undefined);
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

const untilAborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
