import { fromUtf8 } from '@liandong/kernel';
import {
  cosign,
  cosignedAnswer,
  formatNote,
  type HttpAnswer,
  judgeAddCheckpoint,
  nothingWitnessed,
  type Note,
  parseCheckpoint,
  parseNote,
  readSubmission,
  type SignEd25519,
  type Submission,
  type Suite,
  type VKey,
  type Witnessed,
} from '@liandong/ledger';
import type { Clock } from '../ports/clock.ts';
import type { Filed, OriginHash, WitnessRecord, WitnessStore } from '../ports/witness-store.ts';
import { originHash } from './origin-hash.ts';
import { splitViewBetween } from './split-view-between.ts';

export type WitnessDeps = {
  readonly suite: Suite;
  readonly store: WitnessStore;
  /** The witness's own key and what signs with it. */
  readonly key: VKey & { readonly type: 'cosignature' };
  readonly sign: SignEd25519;
  /** The keys trusted for an origin; none for a log this witness does not watch. */
  readonly logKeysOf: (origin: string) => readonly VKey[];
  readonly clock: Clock;
  readonly report: (sighting: Sighting) => void;
};

/** Something a witness saw that people must hear of. */
export type Sighting = {
  /** `split-view` comes with the evidence; `suspicion` is a signed head with a proof that proves nothing. */
  readonly kind: 'split-view' | 'suspicion';
  readonly origin: string;
  readonly held: Uint8Array;
  readonly offered: Uint8Array;
  readonly evidence?: Uint8Array;
};

/** One witness: it says of every log it watches which head is the largest it has seen, and never says two. */
export type Witness = {
  readonly key: VKey & { readonly type: 'cosignature' };
  readonly addCheckpoint: (body: Uint8Array) => Promise<HttpAnswer>;
  /** The largest head cosigned of a log. */
  readonly checkpoint: (log: OriginHash) => Promise<HttpAnswer>;
  /** The evidence for which a log was frozen. */
  readonly splitView: (log: OriginHash) => Promise<HttpAnswer>;
};

export const witness = (deps: WitnessDeps): Witness => ({
  key: deps.key,
  addCheckpoint: async (body) => {
    const submission = readSubmission(body);
    if ('status' in submission) return submission;
    // Nothing is ever filed under an origin that is not watched.
    if (deps.logKeysOf(submission.origin).length === 0) return refusal(404, 'unknown log');
    const log = originHash(deps.suite.sha256, submission.origin);
    const { answer, sighting } = await deps.store.update(log, (held) => judge(deps, submission, held));
    if (sighting !== undefined) deps.report(sighting);
    return answer;
  },
  checkpoint: async (log) => {
    const held = await deps.store.read(log);
    return held === undefined ? refusal(404, 'nothing cosigned') : served(held.note);
  },
  splitView: async (log) => {
    const evidence = (await deps.store.read(log))?.splitView;
    return evidence === undefined ? refusal(404, 'no split view') : served(evidence);
  },
});

type Judged = { readonly answer: HttpAnswer; readonly sighting?: Sighting };

/** Signing comes before keeping so that both are kept at once; it is told to nobody before. */
const judge = (
  { suite, key, sign, logKeysOf, clock }: WitnessDeps,
  submission: Submission,
  held: WitnessRecord | undefined,
): Filed<Judged> => {
  if (held?.splitView !== undefined) return { outcome: { answer: frozen } };
  const logKeys = logKeysOf(submission.origin);
  const state = stateOf(suite, held);
  const judgement = judgeAddCheckpoint(suite, logKeys, state, submission);
  if (judgement.verdict === 'accepted') {
    const signature = cosign(key, sign, judgement.text, Math.floor(clock.now().getTime() / 1000));
    const { text, signatures } = noteIn(submission.note);
    const ofTheLog = signatures.filter(({ name }) => name === submission.origin);
    return {
      keep: { note: formatNote({ text, signatures: [...ofTheLog, signature] }) },
      outcome: { answer: cosignedAnswer([signature]) },
    };
  }
  if (!judgement.fork || held === undefined) return { outcome: { answer: judgement.answer } };
  const seen = { origin: submission.origin, held: held.note, offered: submission.note };
  const evidence = splitViewBetween(suite, logKeys, held.note, submission.note, submission.proof);
  return evidence === undefined
    ? { outcome: { answer: judgement.answer, sighting: { kind: 'suspicion', ...seen } } }
    : {
        keep: { ...held, splitView: evidence },
        outcome: { answer: judgement.answer, sighting: { kind: 'split-view', ...seen, evidence } },
      };
};

/** The record is the witness's own word, so it stands whatever key the log has by now. */
const stateOf = (suite: Suite, held: WitnessRecord | undefined): Witnessed => {
  if (held === undefined) return nothingWitnessed(suite.sha256);
  const checkpoint = parseCheckpoint(noteIn(held.note).text);
  if (!checkpoint.ok) throw new Error('the record of a witness is no checkpoint');
  const { size, root } = checkpoint.value;
  return { size, root };
};

const noteIn = (bytes: Uint8Array): Note => {
  const note = parseNote(bytes);
  if (!note.ok) throw new Error('the record of a witness is no note');
  return note.value;
};

const plain = 'text/plain; charset=utf-8';
const refusal = (status: number, reason: string): HttpAnswer => ({
  status,
  contentType: plain,
  body: `${reason}\n`,
});
const served = (bytes: Uint8Array): HttpAnswer => ({
  status: 200,
  contentType: plain,
  body: fromUtf8(bytes),
});

/** Who hears it takes it for a fork, as it is. */
const frozen = refusal(422, 'frozen: this log signed two histories');
