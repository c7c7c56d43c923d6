import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Exchange, HeldEntry } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import type { ActiveExchange } from './active-exchange.ts';

export const ACTIVE_EXCHANGE = Symbol('ActiveExchange');

const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/)
  .transform((code) => code as TierCode);
const parkedQuery = z.strictObject({ state: z.enum(['waiting', 'parked']).default('parked') });
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

  constructor(@Inject(ACTIVE_EXCHANGE) active: ActiveExchange) {
    this.#active = active;
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
