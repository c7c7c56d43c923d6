import {
  Controller,
  Get,
  Inject,
  type MessageEvent,
  type OnModuleDestroy,
  Param,
  Query,
  Sse,
} from '@nestjs/common';
import type { OverviewDesk } from '@liandong/application';
import type { Dimension, Figure } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import { Observable } from 'rxjs';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { authorise } from '../identity/policy.ts';
import { given, pageAnswer, pageQuery, pageRequest } from '../platform/paging.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { z } from 'zod';
import { overviewAnswer, rowAnswer } from './overview-answers.ts';
import {
  dimensionParam,
  figureParam,
  matterParam,
  overviewQuery,
  type OverviewQuery,
} from './overview-requests.ts';

/** What the doors of the overview stand on. */
export type OverviewDoors = {
  /** Whose overview it is. */
  readonly tier: TierCode;
  readonly desk: OverviewDesk;
  /** Milliseconds after which a stream ends, so that its reader comes again with a token that is still good. */
  readonly longestStream: number;
};
export const OVERVIEW = Symbol('Overview');

export const matterEventsQuery = z.strictObject(pageQuery);

/** The work of this tier and of those below it in numbers, live, and what stands behind each number. */
@Controller('v1')
export class OverviewController implements OnModuleDestroy {
  readonly #doors: OverviewDoors;
  readonly #closing = new AbortController();

  constructor(@Inject(OVERVIEW) doors: OverviewDoors) {
    this.#doors = doors;
  }

  /** A stream would keep the service from closing. */
  onModuleDestroy() {
    this.#closing.abort();
  }

  @Get('overview/:by')
  @Allow(({ by }) => (by === 'staff' ? 'overview.staff' : 'overview.read'))
  async lines(
    @TheCaller() caller: Caller,
    @Param('by', valid(dimensionParam)) by: Dimension,
    @Query(valid(overviewQuery)) query: OverviewQuery,
  ) {
    const { under, selected, page } = this.#asked(caller, query);
    return overviewAnswer(await this.#doors.desk.lines(under, by, selected, page));
  }

  @Sse('overview/:by/live')
  @Allow(({ by }) => (by === 'staff' ? 'overview.staff' : 'overview.read'))
  live(
    @TheCaller() caller: Caller,
    @Param('by', valid(dimensionParam)) by: Dimension,
    @Query(valid(overviewQuery)) query: OverviewQuery,
  ): Observable<MessageEvent> {
    const { under, selected, page } = this.#asked(caller, query);
    const { desk, longestStream } = this.#doors;
    const closing = this.#closing.signal;
    return new Observable((reader) => {
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, closing, AbortSignal.timeout(longestStream)]);
      const tell = async () => {
        for await (const overview of desk.watch(under, by, selected, page, signal))
          reader.next({ type: 'overview', data: overviewAnswer(overview) });
      };
      tell().then(
        () => reader.complete(),
        (error: unknown) => reader.error(error),
      );
      return () => left.abort();
    });
  }

  @Get('overview-rows/:figure')
  @Allow('overview.read')
  async rows(
    @TheCaller() caller: Caller,
    @Param('figure', valid(figureParam)) figure: Figure,
    @Query(valid(overviewQuery)) query: OverviewQuery,
  ) {
    const { under, selected, page } = this.#asked(caller, query);
    const { rows, ...next } = await this.#doors.desk.rows(under, { ...selected, figure }, page);
    const mayNameStaff = authorise(caller, 'overview.staff').ok;
    return pageAnswer({ rows: rows.map((row) => rowAnswer(row, mayNameStaff)), ...next });
  }

  @Get('matters/:matter/events')
  @Allow('overview.read')
  async events(
    @Param('matter', valid(matterParam)) matter: StreamName,
    @Query(valid(matterEventsQuery)) query: z.infer<typeof matterEventsQuery>,
  ) {
    const page = await this.#doors.desk.events(matter, pageRequest(query));
    if (page.rows.length === 0 && query.cursor === undefined)
      throw new Refused({ code: 'not-found', what: 'matter' });
    return pageAnswer(page);
  }

  #asked(caller: Caller, { under = this.#doors.tier, limit, cursor, ...query }: OverviewQuery) {
    if (!this.#doors.desk.covers(under)) throw new Refused({ code: 'not-found', what: 'tier' });
    if (query.staff !== undefined) orRefuse(authorise(caller, 'overview.staff'));
    return { under, selected: given(query), page: pageRequest({ limit, cursor }) };
  }
}
