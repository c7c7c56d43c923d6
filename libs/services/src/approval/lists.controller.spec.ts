import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseRow, workRows } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import { type Counter, openCounter, visitor } from '../../test/counter.ts';
import { documentHash } from '../../test/sample-case.ts';
import { encodeCursor } from '../platform/paging.ts';
import { pageOf } from './answer-parts.ts';
import { CaseRowAnswer, WorklistRowAnswer } from './row-answers.ts';

const asked: unknown[] = [];
let rows: object[] = [];
const list = async (caller: { readonly sub: string }, query: object) => {
  asked.push([caller.sub, query]);
  return { items: rows, nextCursor: encodeCursor('next') };
};

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter(() => ({ lists: { cases: list, worklist: list, items: list } }));
});
afterAll(() => counter.close());

describe('the lists of the counter', () => {
  it('hand on who asks, the filter and the page', async () => {
    const cursor = encodeCursor('a place');
    const path = `/v1/cases?limit=2&cursor=${cursor}&status=inReview&item=homestead`;
    const { status, body } = await visitor(counter, 'auditor').get(path);
    expect([status, body]).toEqual([200, { items: [], nextCursor: encodeCursor('next') }]);
    expect(asked.pop()).toEqual(['auditor', { limit: 2, cursor, status: 'inReview', item: 'homestead' }]);
    expect((await visitor(counter, 'reviewer').get('/v1/worklist')).status).toBe(200);
    expect(asked.pop()).toEqual(['reviewer', {}]);
    expect((await visitor(counter, 'applicant').get('/v1/items?limit=200')).status).toBe(200);
    expect(asked.pop()).toEqual(['applicant', { limit: 200 }]);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=ten',
    'limit=1&limit=2',
    'status=lost',
    'cursor=',
    'page=2',
    'item=',
  ])('refuse ?%s and name the field', async (query) => {
    const before = asked.length;
    const { status, body } = await visitor(counter, 'auditor').get(`/v1/cases?${query}`);
    expect([status, body.code]).toEqual([422, 'invalid-request']);
    expect(body.errors[0].field).toBe(`/${query.split('=')[0]}`);
    expect(asked).toHaveLength(before);
  });

  it('answer with rows of the documented form', async () => {
    const clerk = visitor(counter, 'clerk');
    const application = {
      item: 'homestead',
      applicant: { kind: '1', creditworthy: true },
      supplied: [{ material: 'form', documents: [documentHash(2)] }],
    };
    const { caseId } = (await clerk.post('/v1/cases', application)).body as { caseId: StreamName };
    const file = await counter.desk.read(caseId);
    if (file === undefined) throw new Error('the case is not there');
    const row = caseRow(file);
    if (row === undefined) throw new Error('the case has no row');
    rows = [row];
    const page = pageOf(CaseRowAnswer).parse((await clerk.get('/v1/cases')).body);
    expect(page.items).toEqual([JSON.parse(JSON.stringify(row))]);
    rows = [...workRows(file)];
    const work = pageOf(WorklistRowAnswer).parse((await clerk.get('/v1/worklist')).body);
    expect(work.items.length).toBeGreaterThan(0);
    rows = [];
  });
});
