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
import { oversightAnswer } from './oversight-answers.ts';
import { cardAnswer, doneAnswer, explanationAnswer, wholeCardAnswer } from './present.ts';
import { cardListQuery, cardParam, disagreementsQuery } from './requests.ts';
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

  @Get('disagreements')
  @Allow('cards.read')
  disagreements(@Query(valid(disagreementsQuery)) query: z.infer<typeof disagreementsQuery>) {
    return listDisagreements(this.#supervision, query);
  }

  @Get(':card')
  @Allow('cards.read')
  async look(@Param('card', valid(cardParam)) card: StreamName) {
    return wholeCard(this.#supervision, card);
  }

  @Get(':card/explanation')
  @Allow('cards.read')
  async explain(@Param('card', valid(cardParam)) card: StreamName) {
    return explainedCard(this.#supervision, card);
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

export const wholeCard = async ({ desk, oversight }: Supervision, card: StreamName) => {
  const row = await desk.read(card);
  if (row === undefined) throw new Refused({ code: 'card-not-found', card });
  return wholeCardAnswer(row, await oversight.overseenOf([card]));
};

export const explainedCard = async ({ desk, oversight }: Supervision, card: StreamName) =>
  explanationAnswer(orRefuse(await desk.explain(card)), await oversight.overseenOf([card]));

const listDisagreements = async (
  { oversight }: Supervision,
  { limit = defaultPageSize, cursor }: z.infer<typeof disagreementsQuery>,
) => {
  const after = cursor === undefined ? {} : { after: orRefuse(decodeCursor(cursor)) };
  const { rows, next } = await oversight.disagreements({ limit, ...after });
  return { items: rows.map(oversightAnswer), ...(next !== undefined && { nextCursor: encodeCursor(next) }) };
};

export const listCards = async (
  { book, oversight }: Supervision,
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
  const about = Map.groupBy(await oversight.overseenOf(rows.map(({ card }) => card)), ({ card }) => card);
  const items = rows.map((row) => cardAnswer(row, about.get(row.card) ?? []));
  return { items, ...(next !== undefined && { nextCursor: encodeCursor(next) }) };
};
