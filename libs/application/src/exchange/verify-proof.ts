import {
  type Author,
  authorOf,
  type EventHash,
  fromHex,
  ok,
  refuse,
  type Result,
  type Source,
  toHex,
} from '@liandong/kernel';
import {
  formatSplitView,
  inclusionVerifier,
  type InclusionVerifier,
  openByPolicy,
  type Policy,
  verifySplitView,
} from '@liandong/ledger';
import type { BelievedHead, EntryProof } from '../ports/link-book.ts';
import type { Breach } from './breach.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { surelyBy } from '../ledger/time-window.ts';
import { cosignedAt, liarsAmong } from '../ledger/witness-times.ts';
import { quorumTime } from '../witness/quorum-time.ts';
import type { LedgerLinks, SplitSeen } from './ledger-links.ts';

export type ProofBreach = {
  readonly code: Extract<
    Breach['code'],
    'proof-missing' | 'head-not-believed' | 'not-in-the-ledger' | 'split-view'
  >;
  readonly detail: string;
  /** Of a split view: both heads, as anyone can check them. */
  readonly evidence?: Uint8Array;
  readonly split?: SplitSeen;
};

/** A believed head, and the instant by which an honest witness had certainly cosigned it. */
export type ProvenHead = BelievedHead & {
  readonly cosignedBy: Date | undefined;
  /** Of the ledger. */
  readonly epoch: number;
};

export type VerifyProof = (claim: {
  readonly source: Source;
  readonly hash: EventHash;
  readonly seq: number;
  readonly proof: EntryProof | undefined;
}) => Result<ProvenHead, ProofBreach>;

/** A head by itself, as its author's heartbeats show it. */
export type VerifyHead = (author: Author, note: Uint8Array) => Result<ProvenHead, ProofBreach>;

/** The largest head that is held of a ledger, and the second as of which a quorum said there was none larger. */
export type HeldHead = Pick<BelievedHead, 'size' | 'root'> & { readonly asOf: number | undefined };

export type LedgerVerifier = {
  readonly proof: VerifyProof;
  readonly head: VerifyHead;
  readonly held: (author: Author) => HeldHead | undefined;
};

/** Heads that were opened lately: a block's entries share theirs, and so do the blocks of a returning tier. */
const headsKept = 256;
/** Heads under which entries come at the moment: what was proven under one serves the next entry. */
const headsInUse = 8;

/**
 * An event counts when it is anchored: under a head of its author's ledger that the quorum of
 * its witnesses has cosigned, at exactly the place its author says. Of each ledger the largest
 * head is kept, so that another one of the same size shows. From then on that ledger is frozen:
 * nothing larger is believed of it.
 */
export const ledgerVerifier = (
  { suite, policyOf }: Pick<LedgerLinks, 'suite' | 'policyOf'>,
  kept: readonly BelievedHead[],
  frozenBefore: ReadonlySet<string> = new Set(),
): LedgerVerifier => {
  const frozen = new Set(frozenBefore);
  const largest = new Map<string, BelievedHead>(kept.map((head) => [head.origin, head]));
  const asOf = new Map<string, number>();
  const opened = new Map<string, ProvenHead>();
  const seen = new WeakMap<Uint8Array, ProvenHead>();
  const inUse = new Map<BelievedHead, InclusionVerifier>();
  const under = (head: BelievedHead): InclusionVerifier => {
    const verify = inUse.get(head) ?? inclusionVerifier(suite.sha256, head);
    if (!inUse.has(head) && inUse.size >= headsInUse) inUse.clear();
    inUse.set(head, verify);
    return verify;
  };

  const believe = (author: Author, policy: Policy, note: Uint8Array): Result<ProvenHead, ProofBreach> => {
    const origin = originOf(author);
    const key = `${origin} ${toHex(suite.sha256(note))}`;
    const known = opened.get(key);
    if (known !== undefined) return ok(known);
    const fork = forkOf(origin, policy, note);
    if (fork !== undefined) {
      frozen.add(origin);
      return refuse(fork);
    }
    const head = openByPolicy(suite, note, policy);
    if (!head.ok) return refuse({ code: 'head-not-believed', detail: `${origin}: ${head.refusal.code}` });
    const { size, root } = head.value.checkpoint;
    if (head.value.checkpoint.origin !== origin)
      return refuse({ code: 'head-not-believed', detail: `${origin}: the head is of another ledger` });
    const last = largest.get(origin)?.size ?? 0;
    if (frozen.has(origin) && size > last)
      return refuse({
        code: 'split-view',
        detail: `${origin} showed two histories and is frozen at ${last}`,
      });
    const cosignedBy = surelyBy(cosignedAt(policy, head.value), liarsAmong(policy));
    const believed = { origin, size, root, note, cosignedBy, epoch: author.epoch };
    opened.set(key, believed);
    if (opened.size > headsKept) for (const [oldest] of [...opened].slice(0, 1)) opened.delete(oldest);
    if (size > (largest.get(origin)?.size ?? -1)) largest.set(origin, believed);
    const time = quorumTime(policy, head.value);
    if (time !== undefined && size === largest.get(origin)?.size)
      asOf.set(origin, Math.max(time, asOf.get(origin) ?? 0));
    return ok(believed);
  };

  /** Two heads of one size with different roots, both signed by the log: it told two stories, whoever witnessed them. */
  const forkOf = (origin: string, policy: Policy, note: Uint8Array): ProofBreach | undefined => {
    const before = largest.get(origin);
    if (before === undefined) return undefined;
    const split = { smaller: before.note, larger: note, path: [] };
    const logKeys = policy.logs.map(({ key }) => key);
    if (!verifySplitView(suite, split, logKeys).ok) return undefined;
    return {
      code: 'split-view',
      detail: `${origin} signed two trees of size ${before.size}`,
      evidence: formatSplitView(split),
      split: { origin, frozenAt: before.size },
    };
  };

  const verifyProof: VerifyProof = ({ source, hash, seq, proof }) => {
    const author = ledgerOf(source, proof);
    const policy = author && policyOf(author);
    if (author === undefined || policy === undefined)
      return refuse({ code: 'head-not-believed', detail: `nobody vouches for a ledger of ${source}` });
    const origin = originOf(author);
    if (proof === undefined)
      return refuse({
        code: 'proof-missing',
        detail: `nothing proves entry ${seq} of ${origin}`,
      });
    const met = seen.get(proof.head);
    const head = met?.origin === origin ? ok(met) : believe(author, policy, proof.head);
    if (!head.ok) return head;
    seen.set(proof.head, head.value);
    const included = under(head.value)({ leaf: fromHex(hash), index: seq, proof: proof.path });
    return included.ok
      ? head
      : refuse({
          code: 'not-in-the-ledger',
          detail: `${origin} at ${seq} of ${head.value.size}: ${included.refusal.code}`,
        });
  };

  return {
    proof: verifyProof,
    head: (author, note) => {
      const policy = policyOf(author);
      return policy === undefined
        ? refuse({ code: 'head-not-believed', detail: `nobody vouches for a ledger ${originOf(author)}` })
        : believe(author, policy, note);
    },
    held: (author) => {
      const origin = originOf(author);
      const head = largest.get(origin);
      return head && { size: head.size, root: head.root, asOf: asOf.get(origin) };
    },
  };
};

/**
 * The ledger that an entry's proof speaks of: its author's of the epoch in which it was written,
 * or of a later one, which takes in what the one before it did not hold when it ended.
 */
export const ledgerOf = (source: Source, proof: EntryProof | undefined): Author | undefined => {
  const author = authorOf(source);
  if (author === undefined || proof === undefined) return author;
  const { head } = proof;
  const end = head.indexOf(0x0a);
  const named = end < 0 || end > longestOrigin ? undefined : authorIn(head.subarray(0, end));
  const later = named?.network === author.network && named.tier === author.tier && named.epoch > author.epoch;
  return later ? named : author;
};

const longestOrigin = 300;

const authorIn = (line: Uint8Array): Author | undefined => {
  const [network, tier, epoch] = String.fromCharCode(...line).split('/');
  return authorOf(`https://${network}/tiers/${tier}/${epoch}`);
};

/** Of each ledger the largest head. */
export const largestOf = (heads: Iterable<BelievedHead>): readonly BelievedHead[] => {
  const largest = new Map<string, BelievedHead>();
  for (const head of heads)
    if (head.size > (largest.get(head.origin)?.size ?? -1)) largest.set(head.origin, head);
  return [...largest.values()];
};
