import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Exchange, HandBack, HeldEntry } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import type { ActiveExchange } from './active-exchange.ts';
import { pageOf } from './returned-events.ts';

export const ACTIVE_EXCHANGE = Symbol('ActiveExchange');
export const HAND_BACK = Symbol('HandBack');

const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/)
  .transform((code) => code as TierCode);
const parkedQuery = z.strictObject({ state: z.enum(['waiting', 'parked']).default('parked') });
const receivedQuery = z.strictObject({ from: z.coerce.number().int().min(0).default(0) });
const redriveBody = z
  .strictObject({ author: tierCode, number: z.int().min(1) })
  .partial()
  .refine(({ author, number }) => (author === undefined) === (number === undefined), {
    message: 'author and number go together',
  });
const longestList = 1_000;

/** How the links of the tier are, and what an operator can do about them. */
@Controller()
export class LinksController {
  readonly #active: ActiveExchange;
  readonly #handBack: HandBack;

  constructor(@Inject(ACTIVE_EXCHANGE) active: ActiveExchange, @Inject(HAND_BACK) handBack: HandBack) {
    this.#active = active;
    this.#handBack = handBack;
  }

  @Get('links')
  @Allow('links.read')
  links() {
    return this.#exchange().status();
  }

  /** An operator has looked into the incident; the link may run again. */
  @Post('links/:peer/resume')
  @HttpCode(200)
  @Allow('parked.redrive')
  async resume(@Param('peer', valid(tierCode)) peer: TierCode) {
    await this.#exchange().resumeLink(peer);
    return { peer, resumed: true };
  }

  /** What was received of an author, for that author to have back: its bytes and seals, from a leaf of its ledger on. */
  @Get('links/:author/received')
  @Allow('ledger.recover')
  async received(
    @Param('author', valid(tierCode)) author: TierCode,
    @Query(valid(receivedQuery)) { from }: z.output<typeof receivedQuery>,
  ) {
    return pageOf(await this.#handBack(author, from));
  }

  /** Events that were received and are not in the store, and why. */
  @Get('parked')
  @Allow('parked.read')
  async parked(@Query(valid(parkedQuery)) { state }: z.output<typeof parkedQuery>) {
    return { items: (await this.#active.book.held(state, longestList)).map(shown) };
  }

  /** Tries parked events again: all, or the one named. */
  @Post('parked/redrive')
  @HttpCode(200)
  @Allow('parked.redrive')
  async redrive(@Body(valid(redriveBody)) { author, number }: z.output<typeof redriveBody>) {
    const only = author === undefined || number === undefined ? undefined : { author, number };
    return { items: await this.#exchange().redrive(only) };
  }

  #exchange(): Exchange {
    const exchange = this.#active.current();
    if (exchange === undefined) throw new Refused({ code: 'not-ready', failing: ['exchange-lease'] });
    return exchange;
  }
}

const shown = ({
  author,
  number,
  seq,
  hash,
  state,
  reason,
  stream,
  type,
  missing,
  since,
  attempts,
}: HeldEntry) => ({
  author,
  number,
  seq,
  hash,
  state,
  reason,
  stream,
  type,
  missing,
  since,
  attempts,
});
