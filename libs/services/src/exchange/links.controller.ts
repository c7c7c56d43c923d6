import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  belowZero,
  type Exchange,
  givenNumber,
  type HandBack,
  type HeldEntry,
  heldNumber,
  type HeldPlace,
} from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { pageAnswer, pageQuery, pageRequest } from '../platform/paging.ts';
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
const parkedQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(['waiting', 'parked']).default('parked'),
});
const numbers = z
  .int()
  .min(1)
  .max(belowZero - 1);
/** In which the number was given; absent, it is one of those the author gives now. */
const formerEpochs = z.int().min(0).max(1_000_000);
const numberParam = z.coerce.number().pipe(numbers);
const parkedAtQuery = z.strictObject({ epoch: z.coerce.number().pipe(formerEpochs).optional() });
const evidenceOf = 'unreadable-record';
const receivedQuery = z.strictObject({
  from: z.coerce.number().int().min(0).default(0),
  /** Of the ledger; the one that the author keeps now, unless given. */
  epoch: z.coerce.number().int().min(0).optional(),
});
const redriveBody = z
  .strictObject({ author: tierCode, number: numbers, epoch: formerEpochs })
  .partial()
  .refine(({ author, number }) => (author === undefined) === (number === undefined), {
    message: 'author and number go together',
  })
  .refine(({ number, epoch }) => epoch === undefined || number !== undefined, {
    message: 'an epoch belongs to a number',
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
    @Query(valid(receivedQuery)) { from, epoch }: z.output<typeof receivedQuery>,
  ) {
    return pageOf(await this.#handBack(author, from, epoch));
  }

  /** Events that were received and are not in the store, and why. */
  @Get('parked')
  @Allow('parked.read')
  async parked(@Query(valid(parkedQuery)) { state, ...page }: z.output<typeof parkedQuery>) {
    const { limit, after } = pageRequest(page);
    const rows = await this.#active.book.held(state, limit + 1, placeIn(after));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const next = last && `${last.since} ${last.author} ${last.number}`;
    return pageAnswer({ rows: rows.slice(0, limit).map(shown), ...(next !== undefined && { next }) });
  }

  /** Records of a lane that could not be read, newest first, with their bytes. Their numbers come over the link. */
  @Get('parked/records')
  @Allow('parked.read')
  async records() {
    const incidents = await this.#active.book.incidents(longestList);
    return {
      items: incidents
        .filter(({ code }) => code === evidenceOf)
        .map(({ peer, detail, at, bytes }) => ({ peer, reason: detail, at, bytes: base64(bytes) })),
    };
  }

  /** One event that was received and is not in the store, with its bytes. */
  @Get('parked/:author/:number')
  @Allow('parked.read')
  async parkedAt(
    @Param('author', valid(tierCode)) author: TierCode,
    @Param('number', valid(numberParam)) number: number,
    @Query(valid(parkedAtQuery)) { epoch }: z.output<typeof parkedAtQuery>,
  ) {
    const held = await this.#active.book.heldAt(author, heldNumber({ number, epoch }));
    if (held === undefined) throw new Refused({ code: 'not-found', what: `${author} ${number}` });
    return { ...shown(held), bytes: base64(held.bytes) };
  }

  /** Tries parked events again: all, or the one named. */
  @Post('parked/redrive')
  @HttpCode(200)
  @Allow('parked.redrive')
  async redrive(@Body(valid(redriveBody)) { author, number, epoch }: z.output<typeof redriveBody>) {
    const only =
      author === undefined || number === undefined
        ? undefined
        : { author, number: heldNumber({ number, epoch }) };
    const redriven = await this.#exchange().redrive(only);
    return { items: redriven.map((each) => ({ ...each, ...givenNumber(each.number) })) };
  }

  #exchange(): Exchange {
    const exchange = this.#active.current();
    if (exchange === undefined) throw new Refused({ code: 'not-ready', failing: ['exchange-lease'] });
    return exchange;
  }
}

/** As a cursor carries it: when it came, whose it is, its number. */
const placeIn = (after: string | undefined): HeldPlace | undefined => {
  if (after === undefined) return undefined;
  const [, since, author, number] = /^(\S+) (\d{6,9}) (-?\d{1,16})$/.exec(after) ?? [];
  if (since === undefined || author === undefined)
    throw new Refused({
      code: 'invalid-request',
      errors: [{ field: 'cursor', rule: 'cursor', detail: 'This is not a cursor that was given out.' }],
    });
  return { since, author: author as TierCode, number: Number(number) };
};

const base64 = (bytes: Uint8Array = new Uint8Array()): string => Buffer.from(bytes).toString('base64');

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
  ...givenNumber(number),
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
