import type { CaseFilter, Page as RowPage, PageRequest, Views } from '@liandong/application';
import type { Caller } from '../identity/caller.ts';
import { decodeCursor, defaultPageSize, encodeCursor, type Page } from '../platform/paging.ts';
import { orRefuse } from '../platform/refused.ts';
import { capacitiesOf } from './approval-desk.ts';
import type { Lists } from './tokens.ts';

/** The lists of the counter, read out of the views, each cut to what the caller may see. */
export const viewLists = (views: Views): Lists => ({
  cases: async (caller, { limit, cursor, ...asked }) =>
    answer(await views.cases({ ...given(asked), ...ownPoint(caller) }, request({ limit, cursor }))),

  worklist: async (caller, page) =>
    answer(
      await views.worklist(
        { tier: caller.tier, department: caller.department, roles: capacitiesOf(caller) },
        request(page),
      ),
    ),

  items: async (caller, page) => answer(await views.items({ tier: caller.tier }, request(page))),
});

/** An agent sees what its own point took in; an applicant has no list, only cases by their name. */
const ownPoint = ({ roles, agentPoint }: Caller): CaseFilter =>
  roles.every((role) => role === 'agent' || role === 'applicant') ? { agentPoint: agentPoint ?? '' } : {};

type Given<Query> = { readonly [Name in keyof Query]?: Exclude<Query[Name], undefined> };

/** The members that were asked for. */
export const given = <Query extends object>(query: Query): Given<Query> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Given<Query>;

type PageAsked = { readonly limit?: number | undefined; readonly cursor?: string | undefined };

export const request = ({ limit = defaultPageSize, cursor }: PageAsked): PageRequest =>
  cursor === undefined ? { limit } : { limit, after: orRefuse(decodeCursor(cursor)) };

export const answer = <Row extends object>({ rows, next }: RowPage<Row>): Page<Row> => ({
  items: rows,
  ...(next !== undefined && { nextCursor: encodeCursor(next) }),
});
