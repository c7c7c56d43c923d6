import { type DynamicModule, Module } from '@nestjs/common';
import type { HandBack } from '@liandong/application';
import type { Authenticate } from '../identity/authenticate.ts';
import { IdentityModule } from '../identity/identity.module.ts';
import { type FollowerOptions, FollowersModule } from '../platform/followers.module.ts';
import { HealthModule, type Readiness } from '../platform/health.module.ts';
import type { ActiveExchange } from './active-exchange.ts';
import { LedgerController, SERVED_LEDGER, type ServedLedger } from './ledger.controller.ts';
import { ACTIVE_EXCHANGE, HAND_BACK, LinksController } from './links.controller.ts';

export type ExchangeModuleDeps = {
  readonly active: ActiveExchange;
  /** Gives other tiers back what was received of them. */
  readonly handBack: HandBack;
  readonly authenticate: Authenticate;
  readonly readiness: readonly Readiness[];
  /** The tier's own ledger, as it is served. */
  readonly ledger: ServedLedger;
  readonly followerOptions?: FollowerOptions;
};

/** One tier's talk with the others. A link that is down never makes the service unready. */
@Module({})
export class ExchangeModule {
  static with({
    active,
    handBack,
    authenticate,
    readiness,
    ledger,
    followerOptions,
  }: ExchangeModuleDeps): DynamicModule {
    return {
      module: ExchangeModule,
      imports: [
        IdentityModule.with({ authenticate }),
        HealthModule.with(readiness),
        FollowersModule.with([active.follower], followerOptions),
      ],
      controllers: [LinksController, LedgerController],
      providers: [
        { provide: ACTIVE_EXCHANGE, useValue: active },
        { provide: HAND_BACK, useValue: handBack },
        { provide: SERVED_LEDGER, useValue: ledger },
      ],
    };
  }
}
