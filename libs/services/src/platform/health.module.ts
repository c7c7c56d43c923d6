import { Controller, type DynamicModule, Get, Inject, Module } from '@nestjs/common';
import { Open } from './open.ts';
import { Refused } from './refused.ts';

/** Something without which the service cannot do its work. `check` rejects while it is missing. */
export type Readiness = { readonly name: string; readonly check: () => Promise<unknown> };

const READINESS = Symbol('Readiness');

@Controller('health')
@Open()
export class HealthController {
  readonly #readiness: readonly Readiness[];

  constructor(@Inject(READINESS) readiness: readonly Readiness[]) {
    this.#readiness = readiness;
  }

  /** The process answers. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** It can do its work now. A link that is down is no reason: the tier works on without it. */
  @Get('ready')
  async ready() {
    const outcomes = await Promise.allSettled(this.#readiness.map(({ check }) => check()));
    const failing = this.#readiness
      .filter((_, n) => outcomes[n]?.status === 'rejected')
      .map(({ name }) => name);
    if (failing.length > 0) throw new Refused({ code: 'not-ready', failing });
    return { status: 'ok' };
  }
}

@Module({})
export class HealthModule {
  static with(readiness: readonly Readiness[]): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: READINESS, useValue: readiness }],
    };
  }
}
