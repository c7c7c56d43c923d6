import { describe, expect, it } from '@jest/globals';
import type { CaseDesk, CaseFile, Deed } from '@liandong/application';
import { emptyCase } from '@liandong/domain/case';
import { firstTerm, refuse, type StreamName } from '@liandong/kernel';
import { anchoredAtOnce } from '@liandong/testing';
import { county } from '../../test/sample-case.ts';
import type { Caller } from '../identity/caller.ts';
import { type Refused } from '../platform/refused.ts';
import { approvalDesk } from './approval-desk.ts';

const caseId = `case-${'1'.repeat(32)}` as StreamName;
const file: CaseFile = {
  caseId,
  state: emptyCase,
  events: [],
  registered: 0,
  digest: '0'.repeat(64),
  term: firstTerm,
  lead: undefined,
  revision: 3,
};
const callerWith = (changes: Partial<Caller>): Caller => ({
  sub: 'p-1',
  tier: county,
  department: '',
  roles: ['applicant'],
  ...changes,
});

const deskThat = (refusal: Parameters<typeof refuse>[0]) => {
  const deeds: Deed[] = [];
  let reads = 0;
  const desk = {
    execute: async (deed: Deed) => {
      deeds.push(deed);
      return refuse(refusal);
    },
    read: async () => {
      reads += 1;
      return file;
    },
    replay: async () => file,
  } as unknown as CaseDesk;
  return {
    door: approvalDesk(
      desk,
      (sub) => `pseudonym of ${sub}`,
      async () => new Map(),
      { arrivals: { pendingIn: async () => [] }, standings: anchoredAtOnce },
    ),
    deeds,
    reads: () => reads,
  };
};

const withdrawal = { caseId, command: 'withdraw', idempotencyKey: 'k', body: {} } as const;
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it was let in');
    },
    (thrown: unknown) => thrown as Refused,
  );

describe('the approval desk', () => {
  it('names the acting person from the credentials alone', async () => {
    const { door, deeds } = deskThat({ code: 'case-not-opened' });
    const caller = callerWith({
      sub: 'clerk-1',
      department: 'centre',
      roles: ['windowClerk', 'auditor'],
      window: 'w-1',
    });
    await refusalOf(door.give({ ...withdrawal, caller }));
    expect(deeds).toEqual([
      {
        principal: 'clerk-1',
        authtype: 'user',
        idempotencyKey: 'k',
        caseId,
        command: { type: 'withdraw' },
        by: { tier: county, department: 'centre', roles: ['windowClerk'], window: 'w-1' },
      },
    ]);
  });

  it('asks no rule about a body that breaks its schema', async () => {
    const { door, deeds } = deskThat({ code: 'case-not-opened' });
    const { refusal } = await refusalOf(
      door.give({ ...withdrawal, caller: callerWith({}), body: { reasons: 7 } }),
    );
    expect(refusal.code).toBe('invalid-request');
    expect(deeds).toEqual([]);
  });

  it('does not show the state of a case, in a refusal, to whom the case does not concern', async () => {
    const { door } = deskThat({ code: 'case-ended', found: 'withdrawn' });
    const { refusal, found } = await refusalOf(door.give({ ...withdrawal, caller: callerWith({}) }));
    expect(refusal.code).toBe('case-ended');
    expect(found).toBeUndefined();
  });

  it('reads the case again only where its state is the reason', async () => {
    const { door, reads } = deskThat({ code: 'reasons-missing' });
    await refusalOf(door.give({ ...withdrawal, caller: callerWith({ roles: ['auditor'] }) }));
    expect(reads()).toBe(0);
  });
});
