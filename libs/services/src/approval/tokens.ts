import type { z } from 'zod';
import type { Caller } from '../identity/caller.ts';
import type { Page } from '../platform/paging.ts';
import type { caseListQuery, itemListQuery, worklistQuery } from './requests.ts';

export const APPROVAL_DESK = Symbol('ApprovalDesk');
export const LISTS = Symbol('Lists');

/** What is read out of the views: always a little behind the store, never ahead of it. */
export type Lists = {
  readonly cases: (caller: Caller, query: z.infer<typeof caseListQuery>) => Promise<Page<object>>;
  readonly worklist: (caller: Caller, query: z.infer<typeof worklistQuery>) => Promise<Page<object>>;
  readonly items: (caller: Caller, query: z.infer<typeof itemListQuery>) => Promise<Page<object>>;
};
