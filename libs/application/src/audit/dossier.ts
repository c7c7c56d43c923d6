import { caseFactName, type CaseState, caseSummary } from '@liandong/domain/case';
import {
  compareTexts,
  type Envelope,
  type EventHash,
  ok,
  parentsOf,
  refuse,
  type Result,
  type Sha256,
  type StreamName,
  utf8,
} from '@liandong/kernel';
import { caseBook, type FactOf } from '../cases/case-book.ts';
import type { Position, Recorded } from '../ports/event-store.ts';
import { type Decision, type Dossier, type MaterialSeen } from './dossier-parts.ts';
import { dossierPage } from './dossier-page.ts';
import type { WriteFile } from './folder.ts';
import { type Guide, guideOf, isItemStream, type ItemFactOf } from './guide.ts';
import {
  eventPath,
  policyPath,
  proofPath,
  type Proven,
  type ProvenEvent,
  provenInExports,
  type VerifiedFolder,
} from './proven-events.ts';

export type DossierDeps = {
  readonly sha256: Sha256;
  readonly factOf: FactOf;
  readonly itemFactOf: ItemFactOf;
  /** The code of the case's item, where none of the exports has the opening that names it. */
  readonly item?: string | undefined;
};

export type DossierRefusal = { readonly code: 'case-unknown' };

const decisive: ReadonlySet<string | undefined> = new Set(['determined', 'concluded', 'rejected']);

/** Makes the dossier of a case from exports that were verified before, and writes it. */
export const writeDossier = async (
  deps: DossierDeps,
  exports: readonly VerifiedFolder[],
  caseId: StreamName,
  writeFile: WriteFile,
): Promise<Result<Dossier, DossierRefusal>> => {
  const events = await provenInExports(deps.sha256, exports, (stream) => stream === caseId);
  const code = itemCodeOf(deps.factOf, events) ?? deps.item;
  const items = code === undefined ? [] : await provenInExports(deps.sha256, exports, isItemStream(code));
  return composeDossier(deps, [...events, ...items], caseId, writeFile);
};

/** The code of the item that a case is about, as its opening says. */
export const itemCodeOf = (
  factOf: FactOf,
  events: readonly { readonly envelope: Envelope }[],
): string | undefined => {
  for (const { envelope } of events) {
    const fact = factOf(envelope);
    if (fact?.type === 'liandong.case.opened.v1') return fact.data.item.code;
  }
  return undefined;
};

/**
 * Makes the dossier of a case from proven events of it and of its item, and writes it:
 * each event in its own bytes with its proof beside it, the policy of each ledger, the
 * whole as JSON and as one page to read.
 */
export const composeDossier = async (
  { sha256, factOf, itemFactOf }: DossierDeps,
  proven: readonly Proven[],
  caseId: StreamName,
  writeFile: WriteFile,
): Promise<Result<Dossier, DossierRefusal>> => {
  const known = new Map(
    proven.filter(({ envelope }) => envelope.subject === caseId).map((event) => [event.hash, event] as const),
  );
  if (known.size === 0) return refuse({ code: 'case-unknown' });

  const bookOf = (hashes: Iterable<EventHash>) => {
    const book = caseBook(caseId, factOf, sha256);
    book.take([...hashes].flatMap((hash, n) => recordedFrom(known.get(hash), n)));
    return book.file();
  };
  const file = bookOf([...known.keys()].sort(compareTexts));
  const opening = file.state.matter?.opening;
  const guide = opening && guideOf(sha256, itemFactOf, opening, proven);
  const events = file.events.flatMap(({ hash }) => known.get(hash) ?? []);
  const decisions = events.flatMap((event): Decision[] => {
    if (!decisive.has(caseFactName(event.envelope.type))) return [];
    const seen = pastOf(event.envelope, known);
    const then = seen && bookOf(seen);
    const before = then && caseSummary(then.state);
    if (then === undefined || before === undefined) return [];
    const hashes = then.events.map(({ hash }) => hash);
    return [{ event: placeOf(event), before, seen: hashes, materials: materialsIn(then.state, guide) }];
  });
  const unproven = [...known.values()]
    .flatMap(({ envelope }) => parentsOf(envelope))
    .filter((parent, n, all) => !known.has(parent) && all.indexOf(parent) === n)
    .sort(compareTexts);
  const { digest, registered } = file;
  const dossier: Dossier = {
    ...{ caseId, digest, registered, events: events.map(placeOf), decisions, unproven },
    ...(guide && { guide: shownGuide(guide) }),
  };
  // Without a guide what this ledger knows of the item goes along: with another's it may be one.
  const ofItem = guide ? provenOfGuide(guide) : proven.filter(({ hash }) => !known.has(hash));
  await writeProofs([...known.values(), ...ofItem], writeFile);
  await writeFile('dossier.json', utf8(`${JSON.stringify(dossier, null, 2)}\n`));
  await writeFile('index.html', utf8(dossierPage(dossier)));
  return ok(dossier);
};

const writeProofs = async (events: readonly Proven[], writeFile: WriteFile): Promise<void> => {
  for (const { hash, bytes, proof } of events) {
    await writeFile(eventPath(hash), bytes);
    await writeFile(proofPath(hash), proof);
  }
  const policies = new Map(events.map(({ origin, policy }) => [origin, policy]));
  for (const [origin, policy] of policies)
    if (policy !== undefined) await writeFile(policyPath(origin), policy);
};

const materialsIn = ({ matter }: CaseState, guide: Guide | undefined): readonly MaterialSeen[] =>
  (matter?.opening.materials ?? []).map(({ code, name, required, tolerable }) => {
    const asked = guide?.version.materials.find((material) => material.code === code);
    const documents = (matter && Object.hasOwn(matter.supplied, code) && matter.supplied[code]) || [];
    return {
      ...{ code, name, required, tolerable, documents, missing: documents.length === 0 },
      ...(asked && { trust: asked.trust }),
    };
  });

const placeOf = ({ hash, envelope, origin, seq }: Proven): ProvenEvent => ({ hash, envelope, origin, seq });

const provenOfGuide = ({ published, adopted }: Guide): readonly Proven[] =>
  adopted === undefined ? [published] : [published, adopted];

const shownGuide = ({ version, published, adopted }: Guide) => ({
  version,
  published: placeOf(published),
  ...(adopted && { adopted: placeOf(adopted) }),
});

/** Everything an event follows from; `undefined` if a part of it is not here. */
const pastOf = (
  envelope: Envelope,
  known: ReadonlyMap<EventHash, ProvenEvent>,
): ReadonlySet<EventHash> | undefined => {
  const past = new Set(parentsOf(envelope));
  for (const hash of past) {
    const event = known.get(hash);
    if (event === undefined) return undefined;
    for (const parent of parentsOf(event.envelope)) past.add(parent);
  }
  return past;
};

const recordedFrom = (event: Proven | undefined, n: number): Recorded[] => {
  if (event === undefined) return [];
  const { hash, bytes, envelope } = event;
  const { subject: stream, source, id, type } = envelope;
  return [{ position: BigInt(n + 1) as Position, revision: n + 1, stream, source, id, type, hash, bytes }];
};
