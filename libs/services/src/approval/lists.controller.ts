import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { valid } from '../platform/valid.ts';
import { itemListQuery, worklistQuery } from './requests.ts';
import { type Lists, LISTS } from './tokens.ts';

@Controller('v1')
export class ListsController {
  readonly #lists: Lists;

  constructor(@Inject(LISTS) lists: Lists) {
    this.#lists = lists;
  }

  /** The open steps of the caller's department. */
  @Get('worklist')
  @Allow('worklist.read')
  worklist(@TheCaller() caller: Caller, @Query(valid(worklistQuery)) query: z.infer<typeof worklistQuery>) {
    return this.#lists.worklist(caller, query);
  }

  @Get('items')
  @Allow('items.read')
  items(@TheCaller() caller: Caller, @Query(valid(itemListQuery)) query: z.infer<typeof itemListQuery>) {
    return this.#lists.items(caller, query);
  }
}
