import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import type { ErasureDesk } from '@liandong/application';
import { erasureBody, streamParam } from '@liandong/contracts';
import type { StreamName } from '@liandong/kernel';
import type { z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { orRefuse } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';

export const ERASURE_DESK = Symbol('ErasureDesk');

/** Where a tier answers a demand to erase: for those who answer for data protection, nobody else. */
@Controller('v1/streams/:stream')
export class PrivacyController {
  readonly #desk: ErasureDesk;

  constructor(@Inject(ERASURE_DESK) desk: ErasureDesk) {
    this.#desk = desk;
  }

  @Get('fields')
  @Allow('privacy.fields')
  async fields(@Param('stream', valid(streamParam)) stream: StreamName) {
    return { items: await this.#desk.fields(stream) };
  }

  @Post('erasures')
  @Allow('privacy.erase')
  async erase(
    @TheCaller() { sub, tier, roles, department }: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @Param('stream', valid(streamParam)) stream: StreamName,
    @Body(valid(erasureBody)) body: z.infer<typeof erasureBody>,
  ) {
    const { events, repeated } = orRefuse(
      await this.#desk.erase({
        ...{ principal: sub, authtype: 'user', idempotencyKey, stream },
        ...body,
        by: { tier, roles, ...(department !== '' && { department }) },
      }),
    );
    return { stream, events: events.map(({ id, type, hash }) => ({ id, type, hash })), repeated };
  }
}
