import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { isDoorCommand } from '@liandong/contracts';
import { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { caseAction } from '../identity/policy.ts';
import { DeadlineGuard } from '../platform/grpc-door.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { checkJson, maxDepth } from '../platform/strict-json.ts';
import { check } from '../platform/valid.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { caseAnswer, doneAnswer, eventAnswers } from './present.ts';
import { caseIdParam, caseListQuery, replayQuery } from './requests.ts';
import { fromStruct, type Struct, toStruct } from '../platform/struct.ts';
import { APPROVAL_DESK, type Lists, LISTS } from './tokens.ts';

type Execute = { caseId: string; command: string; idempotencyKey: string; arguments: Struct | null };
type OneCase = { caseId: string };

const idempotencyKey = z.string().regex(/^[\x20-\x7e]{1,128}$/, '1 to 128 printable ASCII characters');
const onCase = z.object({ caseId: caseIdParam });

@Controller()
@UseGuards(DeadlineGuard)
export class CasesGrpc {
  readonly #desk: ApprovalDesk;
  readonly #lists: Lists;

  constructor(@Inject(APPROVAL_DESK) desk: ApprovalDesk, @Inject(LISTS) lists: Lists) {
    this.#desk = desk;
    this.#lists = lists;
  }

  @GrpcMethod('ApprovalService')
  @Allow(({ command }) => caseAction(command))
  async execute(@TheCaller() caller: Caller, @Payload() request: Execute) {
    const { command } = request;
    const key = idempotencyKey.safeParse(request.idempotencyKey);
    if (!key.success) throw new Refused({ code: 'idempotency-key-missing' });
    const given = { caller, idempotencyKey: key.data, body: argumentsOf(request.arguments) };
    if (command === 'open') {
      if (request.caseId !== '')
        throw new Refused(named('caseId', 'empty', 'A command that opens names no case.'));
      return executed(await this.#desk.give({ ...given, command }));
    }
    if (!isDoorCommand(command) || command === 'open')
      throw new Refused({ code: 'not-found', what: 'command' });
    const { caseId } = orRefuse(check(onCase, { caseId: request.caseId }));
    return executed(await this.#desk.give({ ...given, command, caseId }));
  }

  @GrpcMethod('ApprovalService')
  @Allow('cases.read')
  async getCase(@TheCaller() caller: Caller, @Payload() request: OneCase) {
    const { caseId } = orRefuse(check(onCase, { caseId: request.caseId }));
    return { case: caseMessage(caseAnswer(await this.#desk.look(caller, caseId))) };
  }

  @GrpcMethod('ApprovalService')
  @Allow('cases.read')
  async replayCase(@TheCaller() caller: Caller, @Payload() request: OneCase & { at: string }) {
    const { caseId } = orRefuse(check(onCase, { caseId: request.caseId }));
    const { at } = orRefuse(check(replayQuery, { at: request.at }));
    return { case: caseMessage(caseAnswer(await this.#desk.look(caller, caseId, at))) };
  }

  @GrpcMethod('ApprovalService')
  @Allow('cases.read')
  async listCaseEvents(@TheCaller() caller: Caller, @Payload() request: OneCase) {
    const { caseId } = orRefuse(check(onCase, { caseId: request.caseId }));
    const events = eventAnswers(await this.#desk.events(caller, caseId), caller.tier);
    return { events: events.map(eventMessage) };
  }

  @GrpcMethod('ApprovalService')
  @Allow('cases.list')
  async listCases(
    @TheCaller() caller: Caller,
    @Payload() request: Record<'cursor' | 'status' | 'item', string> & { limit: number },
  ) {
    const { limit, cursor, status, item } = request;
    const query = orRefuse(
      check(caseListQuery, {
        ...(limit > 0 && { limit: String(limit) }),
        ...(cursor !== '' && { cursor }),
        ...(status !== '' && { status }),
        ...(item !== '' && { item }),
      }),
    );
    const page = await this.#lists.cases(caller, query);
    return { cases: page.items.map(toStruct), nextCursor: page.nextCursor ?? '' };
  }
}

const executed = (done: Parameters<typeof doneAnswer>[0]) => {
  const { repeated, ...rest } = doneAnswer(done);
  return { ...rest, alreadyRecorded: repeated };
};

const caseMessage = (answer: ReturnType<typeof caseAnswer>) => {
  const { caseId, status, term, digest, registered, revision } = answer;
  return { caseId, status, term, digest, registered, revision, details: toStruct(answer) };
};

const eventMessage = (event: ReturnType<typeof eventAnswers>[number]) => {
  const { data: _, standing, withoutEffect, beforeAnchoring, ...rest } = event;
  return {
    ...rest,
    standing: `STANDING_${standing.toUpperCase()}`,
    withoutEffect: withoutEffect?.code ?? '',
    beforeAnchoring: beforeAnchoring ?? '',
  };
};

const argumentsOf = (struct: Struct | null): unknown => {
  try {
    return orRefuse(checkJson(fromStruct(struct, maxDepth)));
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new Refused(named('arguments', 'max-depth', `Nested deeper than ${maxDepth}.`));
    throw thrown;
  }
};

const named = (field: string, rule: string, detail: string) =>
  ({ code: 'malformed-request', errors: [{ field, rule, detail }] }) as const;
