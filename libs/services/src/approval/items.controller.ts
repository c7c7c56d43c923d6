import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import {
  type Clock,
  type Executed,
  type HandlingRefusal,
  instant,
  type OpeningRefusal,
  type OwnDeed,
} from '@liandong/application';
import { adoptionBody, itemCommandBodies } from '@liandong/contracts';
import { localDate } from '@liandong/domain/calendar';
import {
  type ItemCommand,
  type ItemRefusal,
  type ItemState,
  itemStream,
  type ItemVersion,
} from '@liandong/domain/catalogue';
import type { Result, TierCode } from '@liandong/kernel';
import { type z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { IdempotencyKey } from '../platform/idempotency-key.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { inForceQuery, itemCodeParam } from './requests.ts';

/** What the counter needs to publish, adopt and show items. */
export type Catalogue = {
  readonly clock: Clock;
  /** Nearest first. */
  readonly superiors: readonly TierCode[];
  readonly handle: (deed: OwnDeed<ItemCommand>) => Promise<Result<Executed, ItemRefusal | HandlingRefusal>>;
  /** What this tier's store holds of an item as another tier, or this one, states it. */
  readonly stateOf: (tier: TierCode, item: string) => Promise<ItemState>;
  readonly inForce: (item: string, day: string) => Promise<Result<ItemVersion, OpeningRefusal>>;
};
export const CATALOGUE = Symbol('Catalogue');

@Controller('v1/items/:item')
export class ItemsController {
  readonly #catalogue: Catalogue;

  constructor(@Inject(CATALOGUE) catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The version that applies on a day, today if none is named. */
  @Get()
  @Allow('items.read')
  async inForce(
    @Param('item', valid(itemCodeParam)) item: string,
    @Query(valid(inForceQuery)) { on }: z.infer<typeof inForceQuery>,
  ) {
    const day = on ?? localDate(instant(this.#catalogue.clock.now())) ?? '';
    return { on: day, version: orRefuse(await this.#catalogue.inForce(item, day)) };
  }

  @Get('versions')
  @Allow('items.read')
  async versions(@TheCaller() { tier }: Caller, @Param('item', valid(itemCodeParam)) item: string) {
    const state = await this.#catalogue.stateOf(tier, item);
    switch (state.status) {
      case 'unknown':
        throw new Refused({ code: 'item-not-found', item });
      case 'published':
        return { status: state.status, versions: state.versions, adoptions: [] };
      case 'adopted':
        return { status: state.status, versions: [], adoptions: state.adoptions };
    }
  }

  @Post('versions')
  @Allow('items.publish')
  async publish(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('item', valid(itemCodeParam)) item: string,
    @Body(valid(itemCommandBodies.publishVersion)) body: z.infer<typeof itemCommandBodies.publishVersion>,
  ) {
    if (body.version.code !== item)
      throw new Refused({ code: 'item-other-code', expected: item, found: body.version.code });
    return this.#record(caller, key, item, { type: 'publishVersion', ...body });
  }

  @Post('adoptions')
  @Allow('items.adopt')
  async adopt(
    @TheCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param('item', valid(itemCodeParam)) item: string,
    @Body(valid(adoptionBody)) { standard, ...terms }: z.infer<typeof adoptionBody>,
  ) {
    const state = await this.#catalogue.stateOf(standard.tier, item);
    const versions = state.status === 'published' ? state.versions : [];
    const version = versions.find((each) => each.version === standard.version);
    if (version === undefined) throw new Refused({ code: 'item-not-found', item });
    return this.#record(caller, key, item, {
      type: 'adoptItem',
      tier: caller.tier,
      superiors: this.#catalogue.superiors,
      standard: { tier: standard.tier, version },
      ...terms,
    });
  }

  async #record({ sub, tier }: Caller, idempotencyKey: string, item: string, command: ItemCommand) {
    const { events, repeated } = orRefuse(
      await this.#catalogue.handle({
        principal: sub,
        authtype: 'user',
        idempotencyKey,
        stream: itemStream(tier, item),
        command,
      }),
    );
    return { item, events: events.map(({ id, type, hash }) => ({ id, type, hash })), repeated };
  }
}
