import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { StreamName } from '@liandong/kernel';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { decodeCursor, defaultPageSize, encodeCursor } from '../platform/paging.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { cardAction, giveCardCommand } from './card-commands.ts';
import { cardAnswer, doneAnswer, explanationAnswer, wholeCardAnswer } from './present.ts';
import { cardListQuery, cardParam } from './requests.ts';
import { type Supervision, SUPERVISION } from './tokens.ts';

@Controller('v1/cards')
export class CardsController {
  readonly #supervision: Supervision;

  constructor(@Inject(SUPERVISION) supervision: Supervision) {
    this.#supervision = supervision;
  }

  @Get()
  @Allow('cards.read')
  list(@Query(valid(cardListQuery)) query: z.infer<typeof cardListQuery>) {
    return listCards(this.#supervision, query);
  }

  @Get('statistics')
  @Allow('cards.read')
  async statistics() {
    return { items: await this.#supervision.book.counts() };
  }

  @Get(':card')
  @Allow('cards.read')
  async look(@Param('card', valid(cardParam)) card: StreamName) {
    return wholeCardAnswer(await cardNamed(this.#supervision, card));
  }

  @Get(':card/explanation')
  @Allow('cards.read')
  async explain(@Param('card', valid(cardParam)) card: StreamName) {
    return explanationAnswer(orRefuse(await this.#supervision.desk.explain(card)));
  }

  @Post(':card/commands/:command')
  @HttpCode(200)
  @Allow(({ command }) => cardAction(command))
  async give(
    @TheCaller() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @Param('card', valid(cardParam)) card: StreamName,
    @Param('command') command: string,
    @Body() body: unknown,
  ) {
    const call = { caller, card, command, idempotencyKey, body };
    return doneAnswer(card, await giveCardCommand(this.#supervision, call));
  }
}

export const cardNamed = async ({ desk }: Supervision, card: StreamName) => {
  const row = await desk.read(card);
  if (row === undefined) throw new Refused({ code: 'card-not-found', card });
  return row;
};

export const listCards = async (
  { book }: Supervision,
  { limit = defaultPageSize, cursor, ...asked }: z.infer<typeof cardListQuery>,
) => {
  const { issuer, department, colour, status, matter } = asked;
  const filter = {
    ...(issuer !== undefined && { issuer }),
    ...(department !== undefined && { department }),
    ...(colour !== undefined && { colour }),
    ...(status !== undefined && { status }),
    ...(matter !== undefined && { matter }),
  };
  const after = cursor === undefined ? {} : { after: orRefuse(decodeCursor(cursor)) };
  const { rows, next } = await book.cards(filter, { limit, ...after });
  return { items: rows.map(cardAnswer), ...(next !== undefined && { nextCursor: encodeCursor(next) }) };
};
