import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { ParkedStream, Parking, Redrive } from '@liandong/application';
import type { z } from 'zod';
import { Allow } from '../identity/caller.guard.ts';
import { given, pageAnswer, pageRequest } from '../platform/paging.ts';
import { valid } from '../platform/valid.ts';
import { parkedListQuery, redriveBody } from './requests.ts';

/** The streams that a follower of this tier could not interpret, and the way to have them tried again. */
export type ParkedStreams = { readonly list: Parking['list']; readonly redrive: Redrive };
export const PARKED_STREAMS = Symbol('ParkedStreams');

@Controller('v1/parked')
export class ParkedController {
  readonly #parked: ParkedStreams;

  constructor(@Inject(PARKED_STREAMS) parked: ParkedStreams) {
    this.#parked = parked;
  }

  @Get()
  @Allow('parked.read')
  async list(@Query(valid(parkedListQuery)) { limit, cursor, ...asked }: z.output<typeof parkedListQuery>) {
    const { rows, ...next } = await this.#parked.list(given(asked), pageRequest({ limit, cursor }));
    return pageAnswer({ rows: rows.map(shown), ...next });
  }

  @Post('redrive')
  @HttpCode(200)
  @Allow('parked.redrive')
  async redrive(@Body(valid(redriveBody)) only: z.output<typeof redriveBody>) {
    return { items: await this.#parked.redrive(given(only)) };
  }
}

/** Where the last waiting event lies in the store is nobody's business outside. */
const shown = ({ through: _, ...row }: ParkedStream) => row;
