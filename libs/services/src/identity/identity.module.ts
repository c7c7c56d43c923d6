import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Authenticate } from './authenticate.ts';
import { AUTHENTICATE, CallerGuard } from './caller.guard.ts';

/** Puts the one guard before every door of the service it is imported into. */
@Module({})
export class IdentityModule {
  static with({ authenticate }: { readonly authenticate: Authenticate }): DynamicModule {
    return {
      module: IdentityModule,
      providers: [
        { provide: AUTHENTICATE, useValue: authenticate },
        { provide: APP_GUARD, useClass: CallerGuard },
      ],
    };
  }
}
