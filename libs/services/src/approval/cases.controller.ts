import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { isDoorCommand } from '@liandong/contracts';
import type { StreamName } from '@liandong/kernel';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { caseAction } from '../identity/policy.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { caseAnswer, doneAnswer, eventAnswers } from './present.ts';
import { caseIdParam, caseListQuery, replayQuery } from './requests.ts';
import { APPROVAL_DESK, type Lists, LISTS } from './tokens.ts';

@Controller('v1/cases')
export class CasesController {
  readonly #desk: ApprovalDesk;
  readonly #lists: Lists;

  constructor(@Inject(APPROVAL_DESK) desk: ApprovalDesk, @Inject(LISTS) lists: Lists) {
    this.#desk = desk;
    this.#lists = lists;
  }

  @Post()
  @Allow('case.open')
  async open(@TheCaller() caller: Caller, @IdempotencyKey() idempotencyKey: string, @Body() body: unknown) {
    return doneAnswer(await this.#desk.give({ caller, command: 'open', idempotencyKey, body }));
  }

  @Post(':caseId/commands/:command')
  @HttpCode(200)
  @Allow(({ command }) => (command === 'open' ? undefined : caseAction(command)))
  async give(
    @TheCaller() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @Param('caseId', valid(caseIdParam)) caseId: StreamName,
    @Param('command') command: string,
    @Body() body: unknown,
  ) {
    if (!isDoorCommand(command) || command === 'open')
      throw new Refused({ code: 'not-found', what: 'command' });
    return doneAnswer(await this.#desk.give({ caller, caseId, command, idempotencyKey, body }));
  }

  @Get()
  @Allow('cases.list')
  list(@TheCaller() caller: Caller, @Query(valid(caseListQuery)) query: z.infer<typeof caseListQuery>) {
    return this.#lists.cases(caller, query);
  }

  @Get(':caseId')
  @Allow('cases.read')
  async look(@TheCaller() caller: Caller, @Param('caseId', valid(caseIdParam)) caseId: StreamName) {
    return caseAnswer(await this.#desk.look(caller, caseId));
  }

  @Get(':caseId/events')
  @Allow('cases.read')
  async events(@TheCaller() caller: Caller, @Param('caseId', valid(caseIdParam)) caseId: StreamName) {
    return { items: eventAnswers(await this.#desk.events(caller, caseId), caller.tier) };
  }

  @Get(':caseId/personal')
  @Allow('cases.personal')
  async personal(@TheCaller() caller: Caller, @Param('caseId', valid(caseIdParam)) caseId: StreamName) {
    return { items: await this.#desk.personal(caller, caseId) };
  }

  @Get(':caseId/replay')
  @Allow('cases.read')
  async replay(
    @TheCaller() caller: Caller,
    @Param('caseId', valid(caseIdParam)) caseId: StreamName,
    @Query(valid(replayQuery)) { at }: z.infer<typeof replayQuery>,
  ) {
    return caseAnswer(await this.#desk.look(caller, caseId, at));
  }
}
