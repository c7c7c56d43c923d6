import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { CalendarDesk, RulesDesk } from '@liandong/application';
import { officeHoursBody, rulesBody, yearBody, yearCorrectionBody } from '@liandong/contracts';
import type { Sha256, TierCode } from '@liandong/kernel';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { orRefuse } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { recordedAnswer } from './assessment-answers.ts';
import { calendarAnswer, hoursAnswer, rulesAnswer } from './terms-answers.ts';
import { acting, hoursQuery, yearParam } from './requests.ts';

/** What the doors of the calendar and the rules stand on. */
export type SupervisionTerms = {
  readonly tier: TierCode;
  readonly sha256: Sha256;
  readonly calendar: CalendarDesk;
  readonly rules: RulesDesk;
};
export const TERMS = Symbol('SupervisionTerms');

/** By what everybody's clocks are counted: working days, the hours of the centre, the rules. */
@Controller('v1')
export class TermsController {
  readonly #terms: SupervisionTerms;

  constructor(@Inject(TERMS) terms: SupervisionTerms) {
    this.#terms = terms;
  }

  @Get('calendar')
  @Allow('calendar.read')
  async calendar() {
    const { calendar } = this.#terms;
    return calendarAnswer(calendar.city, await calendar.calendars());
  }

  @Post('calendar/years')
  @HttpCode(200)
  @Allow('calendar.publish')
  async publish(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body(valid(yearBody)) { source, ...year }: z.infer<typeof yearBody>,
  ) {
    const done = await this.#terms.calendar.publish(acting(caller, key), { year, source });
    return recordedAnswer(String(year.year), orRefuse(done));
  }

  @Post('calendar/years/:year/correction')
  @HttpCode(200)
  @Allow('calendar.publish')
  async correct(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('year', valid(yearParam)) of: number,
    @Body(valid(yearCorrectionBody)) { source, reason, ...days }: z.infer<typeof yearCorrectionBody>,
  ) {
    const correction = { year: { year: of, ...days }, source, reason };
    return recordedAnswer(
      String(of),
      orRefuse(await this.#terms.calendar.correct(acting(caller, key), correction)),
    );
  }

  @Get('office-hours')
  @Allow('calendar.read')
  async hours(@Query(valid(hoursQuery)) { tier = this.#terms.tier }: z.infer<typeof hoursQuery>) {
    return hoursAnswer(tier, await this.#terms.calendar.hours(tier));
  }

  @Post('office-hours')
  @HttpCode(200)
  @Allow('hours.set')
  async setHours(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body(valid(officeHoursBody)) body: z.infer<typeof officeHoursBody>,
  ) {
    const done = await this.#terms.calendar.setHours(acting(caller, key), body);
    return recordedAnswer(this.#terms.tier, orRefuse(done));
  }

  @Get('rules')
  @Allow('rules.read')
  async rules() {
    const { sha256, rules } = this.#terms;
    return rulesAnswer(sha256, await rules.adopted());
  }

  @Post('rules')
  @HttpCode(200)
  @Allow('rules.adopt')
  async adopt(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Body(valid(rulesBody)) body: z.infer<typeof rulesBody>,
  ) {
    return recordedAnswer(body.pin, orRefuse(await this.#terms.rules.adopt(acting(caller, key), body)));
  }
}
