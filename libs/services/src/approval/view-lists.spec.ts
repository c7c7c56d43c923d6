import { describe, expect, it } from '@jest/globals';
import type { CaseFilter, PageRequest, Views, WorkFilter } from '@liandong/application';
import { county } from '../../test/sample-case.ts';
import type { Caller } from '../identity/caller.ts';
import { encodeCursor } from '../platform/paging.ts';
import { Refused } from '../platform/refused.ts';
import { viewLists } from './view-lists.ts';

const caller = (changes: Partial<Caller>): Caller => ({
  sub: 'x',
  tier: county,
  department: 'd',
  roles: ['reviewer'],
  ...changes,
});

const viewsThatNote = () => {
  const asked: unknown[] = [];
  const page = async (filter: CaseFilter | WorkFilter, request: PageRequest) => {
    asked.push([filter, request]);
    return { rows: [], next: 'place' };
  };
  const views = { cases: page, worklist: page, items: page } as unknown as Views;
  return { lists: viewLists(views), asked };
};

describe('the lists of the counter', () => {
  it('ask the views for what was asked, a page at a time', async () => {
    const { lists, asked } = viewsThatNote();
    const page = await lists.cases(caller({}), {
      limit: 2,
      cursor: encodeCursor('there'),
      status: 'inReview',
      item: 'i',
      number: 'n',
      tier: county,
      department: 'd',
      needsUpgrade: true,
    });
    expect(page).toEqual({ items: [], nextCursor: encodeCursor('place') });
    expect(asked).toEqual([
      [
        { status: 'inReview', item: 'i', number: 'n', tier: county, department: 'd', needsUpgrade: true },
        { limit: 2, after: 'there' },
      ],
    ]);
  });

  it('show an agent what its own point took in, whatever it asks', async () => {
    const { lists, asked } = viewsThatNote();
    const another: object = { agentPoint: 'p-2' };
    await lists.cases(caller({ roles: ['agent'], agentPoint: 'p-1' }), another);
    await lists.cases(caller({ roles: ['agent'] }), {});
    await lists.cases(caller({ roles: ['agent', 'reviewer'], agentPoint: 'p-1' }), {});
    expect(asked).toEqual([
      [{ agentPoint: 'p-1' }, { limit: 50 }],
      [{ agentPoint: '' }, { limit: 50 }],
      [{}, { limit: 50 }],
    ]);
  });

  it('show the work of the caller’s own department and roles', async () => {
    const { lists, asked } = viewsThatNote();
    await lists.worklist(caller({ roles: ['auditor', 'approver'] }), {});
    await lists.items(caller({}), {});
    expect(asked).toEqual([
      [{ tier: county, department: 'd', roles: ['approver'] }, { limit: 50 }],
      [{ tier: county }, { limit: 50 }],
    ]);
  });

  it('refuse a cursor nobody gave out', async () => {
    const { lists } = viewsThatNote();
    await expect(lists.cases(caller({}), { cursor: 'AA' })).rejects.toBeInstanceOf(Refused);
  });
});
