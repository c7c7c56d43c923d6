import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { AssessmentBook, AssessmentDesk } from '@liandong/application';
import {
  publicationBody,
  schemeBody,
  scoreAppealBody,
  scoreCorrectionBody,
  scoreRulingBody,
} from '@liandong/contracts';
import type { AssessmentActor, AssessmentRole } from '@liandong/domain/assessment';
import type { StreamName, TierCode } from '@liandong/kernel';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { orRefuse } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { assessmentAnswer, recordedAnswer, wholeAssessmentAnswer } from './assessment-answers.ts';
import { assessmentListQuery, assessmentParam } from './assessment-requests.ts';
import { acting } from './requests.ts';

/** What the doors of assessment stand on. */
export type Assessments = {
  /** Whose people are scored. */
  readonly tier: TierCode;
  readonly desk: AssessmentDesk;
  readonly book: Pick<AssessmentBook, 'rows' | 'schemes' | 'refresh'>;
};
export const ASSESSMENTS = Symbol('Assessments');

@Controller('v1')
export class AssessmentsController {
  readonly #assessments: Assessments;

  constructor(@Inject(ASSESSMENTS) assessments: Assessments) {
    this.#assessments = assessments;
  }

  @Get('assessments')
  @Allow('assessments.read')
  async list(@Query(valid(assessmentListQuery)) query: z.infer<typeof assessmentListQuery>) {
    await this.#assessments.book.refresh();
    return { items: this.#assessments.book.rows(query).map(assessmentAnswer) };
  }

  @Get('assessments/:assessment')
  @Allow('assessments.read')
  async show(@Param('assessment', valid(assessmentParam)) assessment: StreamName) {
    return wholeAssessmentAnswer(orRefuse(await this.#assessments.desk.show(assessment)));
  }

  @Post('assessments')
  @HttpCode(200)
  @Allow('assessments.rule')
  async publish(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body(valid(publicationBody)) { period }: z.infer<typeof publicationBody>,
  ) {
    const published = await this.#assessments.desk.publish(
      acting(caller, key),
      actor(caller, 'supervisor'),
      period,
    );
    return { period, assessments: orRefuse(published) };
  }

  @Post('assessments/:assessment/appeal')
  @HttpCode(200)
  @Allow('assessments.appeal')
  async appeal(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('assessment', valid(assessmentParam)) assessment: StreamName,
    @Body(valid(scoreAppealBody)) body: z.infer<typeof scoreAppealBody>,
  ) {
    const command = { type: 'appealScore', by: actor(caller, 'unit'), ...body } as const;
    const done = await this.#assessments.desk.rule(acting(caller, key), assessment, command);
    return recordedAnswer(assessment, orRefuse(done));
  }

  @Post('assessments/:assessment/upholding')
  @HttpCode(200)
  @Allow('assessments.rule')
  async uphold(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('assessment', valid(assessmentParam)) assessment: StreamName,
    @Body(valid(scoreRulingBody)) body: z.infer<typeof scoreRulingBody>,
  ) {
    const command = { type: 'upholdScore', by: actor(caller, 'supervisor'), ...body } as const;
    const done = await this.#assessments.desk.rule(acting(caller, key), assessment, command);
    return recordedAnswer(assessment, orRefuse(done));
  }

  /** Takes no score: the events make it. */
  @Post('assessments/:assessment/correction')
  @HttpCode(200)
  @Allow('assessments.rule')
  async correct(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('assessment', valid(assessmentParam)) assessment: StreamName,
    @Body(valid(scoreCorrectionBody)) _: z.infer<typeof scoreCorrectionBody>,
  ) {
    const by = actor(caller, 'supervisor');
    const done = await this.#assessments.desk.correct(acting(caller, key), assessment, by);
    return recordedAnswer(assessment, orRefuse(done));
  }

  @Get('assessment-schemes')
  @Allow('assessments.read')
  async schemes() {
    const { tier, book } = this.#assessments;
    await book.refresh();
    return { items: book.schemes(tier) };
  }

  @Post('assessment-schemes')
  @HttpCode(200)
  @Allow('assessments.rule')
  async adopt(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body(valid(schemeBody)) body: z.infer<typeof schemeBody>,
  ) {
    const by = actor(caller, 'supervisor');
    const done = orRefuse(await this.#assessments.desk.adopt(acting(caller, key), { by, ...body }));
    return recordedAnswer(body.scheme.id, done);
  }
}

const actor = ({ tier, department }: Caller, role: AssessmentRole): AssessmentActor => ({
  ...{ tier, role, ...(department !== '' && { department }) },
});
