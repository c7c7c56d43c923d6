import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { DeadlineGuard } from '../platform/grpc-door.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { checkJson, maxDepth } from '../platform/strict-json.ts';
import { fromStruct, type Struct, toStruct } from '../platform/struct.ts';
import { check } from '../platform/valid.ts';
import { cardAction, giveCardCommand } from './card-commands.ts';
import { explainedCard, listCards, wholeCard } from './cards.controller.ts';
import { doneAnswer } from './present.ts';
import { cardListQuery, cardParam } from './requests.ts';
import { type Supervision, SUPERVISION } from './tokens.ts';

type OneCard = { card: string };
type Execute = OneCard & { command: string; idempotencyKey: string; arguments: Struct | null };
type List = Record<'cursor' | 'issuer' | 'department' | 'colour' | 'status' | 'matter', string> & {
  limit: number;
};

const idempotencyKey = z.string().regex(/^[\x20-\x7e]{1,128}$/, '1 to 128 printable ASCII characters');
const onCard = z.object({ card: cardParam });

@Controller()
@UseGuards(DeadlineGuard)
export class CardsGrpc {
  readonly #supervision: Supervision;

  constructor(@Inject(SUPERVISION) supervision: Supervision) {
    this.#supervision = supervision;
  }

  @GrpcMethod('SupervisionService')
  @Allow('cards.read')
  async listCards(@Payload() { limit, ...texts }: List) {
    const asked = Object.entries({ ...texts, limit: limit === 0 ? '' : String(limit) });
    const given = Object.fromEntries(asked.filter(([, text]) => text !== ''));
    const page = await listCards(this.#supervision, orRefuse(check(cardListQuery, given)));
    return { cards: page.items.map(toStruct), nextCursor: page.nextCursor ?? '' };
  }

  @GrpcMethod('SupervisionService')
  @Allow('cards.read')
  async getCard(@Payload() request: OneCard) {
    const { card } = orRefuse(check(onCard, { card: request.card }));
    return { card: toStruct(await wholeCard(this.#supervision, card)) };
  }

  @GrpcMethod('SupervisionService')
  @Allow('cards.read')
  async explainCard(@Payload() request: OneCard) {
    const { card } = orRefuse(check(onCard, { card: request.card }));
    return { card: toStruct(await explainedCard(this.#supervision, card)) };
  }

  @GrpcMethod('SupervisionService')
  @Allow(({ command }) => cardAction(command))
  async execute(@TheCaller() caller: Caller, @Payload() request: Execute) {
    const key = idempotencyKey.safeParse(request.idempotencyKey);
    if (!key.success) throw new Refused({ code: 'idempotency-key-missing' });
    const { card } = orRefuse(check(onCard, { card: request.card }));
    const { command } = request;
    const body = argumentsOf(request.arguments);
    const call = { caller, card, command, idempotencyKey: key.data, body };
    const { repeated, ...rest } = doneAnswer(card, await giveCardCommand(this.#supervision, call));
    return { ...rest, alreadyRecorded: repeated };
  }
}

const argumentsOf = (struct: Struct | null): unknown => {
  try {
    return orRefuse(checkJson(fromStruct(struct, maxDepth)));
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const deep = { field: 'arguments', rule: 'max-depth', detail: `Nested deeper than ${maxDepth}.` };
    throw new Refused({ code: 'malformed-request', errors: [deep] });
  }
};
