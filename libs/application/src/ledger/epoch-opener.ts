import {
  type Author,
  decodeEvent,
  fromHex,
  ok,
  refuse,
  type Result,
  sameBytes,
  sourceOf,
  type StreamName,
  toHex,
  utf8,
} from '@liandong/kernel';
import {
  emptyRoot,
  formatNote,
  growEdge,
  type Policy,
  rootOfEdge,
  type SignedHead,
  type Suite,
} from '@liandong/ledger';
import type { Acting } from '../authoring.ts';
import type { HandlingRefusal } from '../own-streams.ts';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry } from '../ports/ledger-book.ts';
import { answersNeeded, askWitnesses, type AskLargestKnown } from './guard.ts';
import type { EndedLedgers } from './judge-events.ts';
import type { LedgerJournal } from './ledger-journal.ts';
import { epochOpening, largestCosigned, originOf } from './open-epoch.ts';
import type { OwnKeys } from './own-keys.ts';
import {
  genuineOf,
  offeredEvents,
  type Returned,
  type ReturnedEvent,
  storeAgain,
  storedBeyond,
  type TooMuchReturned,
} from './returned.ts';
import { type LedgerTree, readTree } from './tree-of-book.ts';

/** The ledger that ends, as this tier can still show it, and whoever knows more of it. */
export type EndingLedger = {
  readonly author: Author;
  readonly book: LedgerBook;
  readonly policy: Policy;
  readonly quorum: number;
  /** The ledgers before it. */
  readonly ended?: EndedLedgers | undefined;
  /** Whose seals were valid where, told anew each time. */
  readonly keys: () => Promise<OwnKeys>;
  readonly largestKnown: () => Promise<
    Awaited<ReturnType<AskLargestKnown>> & { readonly heads: readonly { readonly note?: Uint8Array }[] }
  >;
};

export type EpochOpenerDeps = {
  /** The tier in the epoch that is to be opened. */
  readonly self: Author;
  readonly ending: EndingLedger;
  readonly store: Pick<EventStore, 'append' | 'read' | 'readAll' | 'seals'>;
  readonly journal: LedgerJournal;
  /** Of the lease under which the tier's ledger is kept. */
  readonly fence: () => bigint | undefined;
  readonly suite: Suite;
  readonly clock: Clock;
};

/** The last head of the old ledger that its witnesses cosigned, as the operator names it, and why it ends there. */
export type NamedEnd = { readonly size: number; readonly root: string; readonly reason: string };

export type OpenedEpoch = {
  readonly epoch: number;
  /** Events of the old ledger that others gave back. */
  readonly returned: number;
  /** Leaves that were cosigned and that nobody gave back. */
  readonly lost: number;
  /** Events of the old epoch that are sealed in the new one. */
  readonly carried: number;
};

export type EpochRefusal =
  | { readonly code: 'epoch-open'; readonly epoch: number }
  /** The old ledger is behind its witnesses in nothing, or others have given back all that it lacks. */
  | { readonly code: 'epoch-can-go-on'; readonly epoch: number; readonly size: number }
  | { readonly code: 'not-the-cosigned-head'; readonly size: number; readonly root: string }
  /** What was written since stands where a cosigned event stood: both cannot be this tier's word. */
  | {
      readonly code: 'written-in-place';
      readonly stream: StreamName;
      readonly sequence: number;
      readonly of: number;
    }
  | { readonly code: 'ledger-damaged' }
  | { readonly code: 'witnesses-silent'; readonly answers: number; readonly needed: number }
  /** The ledger's keeper is not at work yet. */
  | { readonly code: 'ledger-not-kept' }
  | TooMuchReturned;

/**
 * Ends a ledger that cannot go on, and opens the next. Nothing is repaired in place: the old
 * ledger ends at the last head that its witnesses cosigned, the new one begins with an event
 * that says so, and whatever the tier wrote and the old one does not hold is sealed in the new.
 */
export type EpochOpener = {
  /** Keeps what somebody gave back of the old ledger, until it is asked to open. */
  readonly offer: (events: readonly ReturnedEvent[]) => Result<number, TooMuchReturned>;
  /** What was offered is forgotten, whatever comes of it. */
  readonly open: (
    operator: string,
    end: NamedEnd,
  ) => Promise<Result<OpenedEpoch, EpochRefusal | HandlingRefusal>>;
};

export const epochOpener = (deps: EpochOpenerDeps): EpochOpener => {
  const { self, ending, store, journal, suite } = deps;
  const { offer, take } = offeredEvents(suite.sha256);

  const open: EpochOpener['open'] = async (operator, end) => {
    const offered = take();
    if ((await journal.read(0)).some(({ type }) => type === 'liandong.ledger.epochOpened.v1'))
      return refuse<EpochRefusal>({ code: 'epoch-open', epoch: self.epoch });
    const fence = deps.fence();
    if (fence === undefined) return refuse<EpochRefusal>({ code: 'ledger-not-kept' });
    const found = await lookAt(deps, offered);
    if (!found.ok) return found;
    const { tree, known, cosigned, returned, carried, whole } = found.value;

    const size = cosigned?.checkpoint.size ?? 0;
    const root = toHex(cosigned?.checkpoint.root ?? emptyRoot(suite.sha256));
    if (end.size !== size || end.root !== root)
      return refuse<EpochRefusal>({ code: 'not-the-cosigned-head', size, root });
    const rival = rivalOf(returned, carried);
    if (rival !== undefined) return refuse<EpochRefusal>(rival);

    await storeAgain(store, returned);
    if (whole && cosigned !== undefined) await complete(deps, fence, tree, cosigned, found.value);
    const stored = (await ending.book.anchored())?.size ?? 0;
    const opening = epochOpening(ending.author, { stored, known, cosigned, reason: end.reason });
    const recorded = await journal.record(actingAs(suite, self, operator), opening);
    if (!recorded.ok) return recorded;
    return ok<OpenedEpoch>({
      ...{ epoch: self.epoch, returned: returned.length, lost: size - Math.min(size, stored) },
      carried: carried.length + (whole ? 0 : returned.length),
    });
  };

  return { offer, open };
};

/** A ledger is everybody's to read: it names its operator by a digest that whoever knows the name can check. */
const actingAs = ({ sha256 }: Suite, self: Author, operator: string): Acting => ({
  principal: `operator:${toHex(sha256(utf8(`${originOf(self)}\n${operator}`))).slice(0, 32)}`,
  authtype: 'user',
  idempotencyKey: 'epoch-opened',
});

type Look = {
  readonly tree: LedgerTree;
  readonly known: number;
  readonly cosigned: SignedHead | undefined;
  /** The leaves between what the book holds and the cosigned head, as far as they are known, in order. */
  readonly between: readonly (Recorded | Returned)[];
  /** Those of them that the store lacks. */
  readonly returned: readonly Returned[];
  /** What the store holds beyond the old ledger. */
  readonly carried: readonly Recorded[];
  /** Whether the leaves between make the cosigned head. */
  readonly whole: boolean;
};

const lookAt = async (
  { ending, store, suite }: EpochOpenerDeps,
  offered: ReadonlyMap<number, readonly ReturnedEvent[]>,
): Promise<Result<Look, EpochRefusal>> => {
  const { sha256 } = suite;
  const { author, book, quorum, ended } = ending;
  const source = sourceOf(author);
  const read = await readTree(sha256, book);
  if (!read.ok) return refuse<EpochRefusal>({ code: 'ledger-damaged' });
  const tree = read.value;
  const asked = await ending.largestKnown();
  const needed = answersNeeded(asked.of, quorum);
  const answers = asked.answers.length;
  if (answers < needed) return refuse<EpochRefusal>({ code: 'witnesses-silent', answers, needed });

  const keys = await ending.keys();
  const judging = { source, store, ended, sealed: book, sha256, verifySeal: keys.verifySeal };
  const verdict = await askWitnesses(judging, async () => asked, quorum, tree);
  const beyond = await storedBeyond({ source, store, book, sha256, ended }, keys, tree);
  const inTurn = beyond.every(({ position }) => tree.last === undefined || position > tree.last.position);
  const goesOn = refuse<EpochRefusal>({
    ...{ code: 'epoch-can-go-on', epoch: author.epoch, size: tree.edge.size + beyond.length },
  });
  if (verdict.verdict === 'may-sign' && inTurn) return goesOn;

  const anchored = await book.anchored();
  const notes = [...asked.heads.flatMap(({ note }) => note ?? []), ...(anchored ? [anchored.note] : [])];
  const cosigned = largestCosigned(suite, ending.policy, notes);
  const size = cosigned?.checkpoint.size ?? 0;
  const stored = new Map(beyond.map((recorded) => [recorded.hash, recorded]));
  const between: (Recorded | Returned)[] = [];
  for (let seq = tree.edge.size; seq < size; seq++) {
    const [back] = (offered.get(seq) ?? []).flatMap((event) =>
      genuineOf(sha256, { source, ended }, keys, event),
    );
    const here = back === undefined ? beyond[seq - tree.edge.size] : stored.get(back.hash);
    const leaf = here ?? back;
    if (leaf !== undefined) between.push(leaf);
  }
  const whole = cosigned !== undefined && makes(suite, tree, between, cosigned);
  const held = new Set(whole ? between.map(({ hash }) => hash) : []);
  const returned = between.flatMap((leaf): Returned[] => ('position' in leaf ? [] : [leaf]));
  const carried = beyond.filter(({ hash }) => !held.has(hash));
  const known = Math.max(0, ...asked.answers);
  if (whole && inTurn && carried.length === 0 && size === known) return goesOn;
  return ok<Look>({ tree, known, cosigned, between, returned, carried, whole });
};

const makes = (
  { sha256 }: Suite,
  { edge }: LedgerTree,
  leaves: readonly (Recorded | Returned)[],
  { checkpoint: { size, root } }: SignedHead,
): boolean => {
  if (edge.size + leaves.length !== size) return false;
  const grown = growEdge(
    sha256,
    edge,
    leaves.map(({ hash }) => fromHex(hash)),
  );
  return sameBytes(rootOfEdge(sha256, grown.edge), root);
};

/** The first event written since that claims the place of one that was given back. */
const rivalOf = (returned: readonly Returned[], carried: readonly Recorded[]): EpochRefusal | undefined => {
  const placeOf = (stream: StreamName, sequence: string) => `${stream} ${sequence}`;
  const taken = new Set(returned.map(({ envelope }) => placeOf(envelope.subject, envelope.sequence)));
  const identities = new Set(returned.map(({ envelope }) => envelope.id));
  const rivals = carried.filter(({ stream, id, bytes }) => {
    return identities.has(id) || taken.has(placeOf(stream, decodeEvent(bytes).sequence));
  });
  const [first] = rivals;
  if (first === undefined) return undefined;
  const sequence = Number(decodeEvent(first.bytes).sequence);
  return { code: 'written-in-place', stream: first.stream, sequence, of: rivals.length };
};

/** Brings the old ledger to the head that was cosigned of it. */
const complete = async (
  { ending: { book }, store, suite, clock }: EpochOpenerDeps,
  fence: bigint,
  tree: LedgerTree,
  cosigned: SignedHead,
  { between }: Look,
): Promise<void> => {
  const { size, root } = cosigned.checkpoint;
  const { text, signatures } = cosigned.note;
  // Each witness showed the log's own signature along with its own.
  const distinct = new Map(signatures.map((each) => [JSON.stringify(each, asHex), each]));
  const note = formatNote({ text, signatures: [...distinct.values()] });
  if (between.length > 0) {
    const positions = await positionsOf(store, tree, between);
    const entries = between.map(({ hash }, n): LedgerEntry => {
      const position = positions.get(hash);
      if (position === undefined) throw new Error(`the store has lost ${hash} again`);
      return { seq: tree.edge.size + n, position, hash };
    });
    const { tiles } = growEdge(
      suite.sha256,
      tree.edge,
      between.map(({ hash }) => fromHex(hash)),
    );
    const head = { size, root, note };
    const batch = { fence, from: tree.edge.size, entries, tiles, unsealed: [], head, through: tree.place };
    if (!(await book.extend(batch))) throw new Error('another keeper writes this ledger');
  }
  await book.anchor({ size, root, note, at: instant(clock.now()) });
};

const asHex = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value);

const positionsOf = async (
  store: Pick<EventStore, 'readAll'>,
  { place }: LedgerTree,
  leaves: readonly { readonly hash: string }[],
): Promise<ReadonlyMap<string, Recorded['position']>> => {
  const wanted = new Set(leaves.map(({ hash }) => hash));
  const found = new Map<string, Recorded['position']>();
  for (let at = place; ;) {
    const page = await store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return found;
    for (const { hash, position } of page) if (wanted.has(hash)) found.set(hash, position);
    at = end.position;
  }
};
