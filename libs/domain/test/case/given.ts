import type { EventHash } from '@liandong/kernel';
import { expect } from '@jest/globals';
import {
  type CaseDraft,
  caseDecider,
  type CaseFact,
  type CaseRefusal,
  type CaseState,
  emptyCase,
  type Happened,
  type Opened,
} from '../../src/case/index.ts';
import { day, type Deed, legalDay, opens } from './sample.ts';

export const decide = ({ by, command, at = day(0) }: Deed, state: CaseState) =>
  caseDecider.decide({ by, command, at, legalDay }, state);

/** The nth fact anybody says gets the hash of the number n. */
export const hash = (n: number): EventHash => n.toString(16).padStart(64, 'f') as EventHash;

/** A fact of an actor who saw a state, ready for any place in the order. */
export const said = (seen: CaseState, deed: Deed, n: number): Happened => {
  const decision = decide(deed, seen);
  if (!decision.ok) throw new Error(`${deed.command.type} was refused: ${JSON.stringify(decision.refusal)}`);
  const [draft] = decision.value;
  if (draft === undefined) throw new Error(`${deed.command.type} made nothing`);
  return happening(factIn(draft), deed, n, seen);
};

const factIn = ({ personal: _apart, ...fact }: CaseDraft): CaseFact => fact;

export const happening = (
  fact: CaseFact,
  { by, at = day(0) }: Deed,
  n: number,
  seen: CaseState,
): Happened => ({
  fact,
  hash: hash(n),
  tier: by.tier,
  authid: by.authid,
  at,
  leadThen: seen.matter?.lead ?? (fact.type === 'liandong.case.opened.v1' ? fact.data.lead : undefined),
  superseded: false,
});

export const after = (state: CaseState, ...happened: readonly Happened[]): CaseState =>
  happened.reduce(caseDecider.evolve, state);

/** The state once everyone in turn did this, each knowing what came before. */
export const stateAfter = (...deeds: readonly Deed[]): CaseState =>
  deeds.reduce((state, deed, n) => after(state, said(state, deed, n)), emptyCase);

/** Given these deeds, when this one, then that fact, or that refusal. */
export const given = (...past: readonly Deed[]) => {
  const state = stateAfter(...past);
  return {
    state,
    when: (deed: Deed) => {
      const decision = decide(deed, state);
      return {
        decision,
        /** The fact that is made; then the state it leads to, in which it always has effect. */
        then: (type: CaseFact['type'], data: object = {}): CaseState => {
          expect(decision).toMatchObject({ ok: true, value: [{ type, data }] });
          const next = after(state, said(state, deed, past.length));
          expect(next.withoutEffect.length).toBe(state.withoutEffect.length);
          return next;
        },
        refused: (refusal: Partial<CaseRefusal>) => {
          expect(decision).toMatchObject({ ok: false, refusal });
        },
      };
    },
  };
};

/** A case whose opening says something else of itself, as by another calendar. */
export const openedWith = (change: Partial<Opened>): CaseState => {
  const { fact, ...opening } = said(emptyCase, opens, 0);
  if (fact?.type !== 'liandong.case.opened.v1') throw new Error('an opening opens');
  return after(emptyCase, { ...opening, fact: { ...fact, data: { ...fact.data, ...change } } });
};

/** Facts said by people who all saw the same state, folded in the order given. */
export const race = (seen: CaseState, ...deeds: readonly Deed[]): CaseState =>
  after(seen, ...deeds.map((deed, n) => said(seen, deed, 100 + n)));
