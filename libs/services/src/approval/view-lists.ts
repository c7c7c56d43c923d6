import type { CaseFilter, Views } from '@liandong/application';
import type { Caller } from '../identity/caller.ts';
import { given, pageAnswer, pageRequest } from '../platform/paging.ts';
import { capacitiesOf } from './approval-desk.ts';
import type { Lists } from './tokens.ts';

/** The lists of the counter, read out of the views, each cut to what the caller may see. */
export const viewLists = (views: Views): Lists => ({
  cases: async (caller, { limit, cursor, ...asked }) =>
    pageAnswer(await views.cases({ ...given(asked), ...ownPoint(caller) }, pageRequest({ limit, cursor }))),

  worklist: async (caller, page) =>
    pageAnswer(
      await views.worklist(
        { tier: caller.tier, department: caller.department, roles: capacitiesOf(caller) },
        pageRequest(page),
      ),
    ),

  items: async (caller, page) => pageAnswer(await views.items({ tier: caller.tier }, pageRequest(page))),
});

/** An agent sees what its own point took in; an applicant has no list, only cases by their name. */
const ownPoint = ({ roles, agentPoint }: Caller): CaseFilter =>
  roles.every((role) => role === 'agent' || role === 'applicant') ? { agentPoint: agentPoint ?? '' } : {};
