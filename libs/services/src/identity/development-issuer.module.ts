import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Open } from '../platform/open.ts';
import { Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { type DevelopmentIssuer, isLoopback } from './development-issuer.ts';

const ISSUER = Symbol('DevelopmentIssuer');

/**
 * Only this machine may ask: by its address, and by the name it asked for, so that a web
 * page elsewhere cannot reach in under a name of its own.
 */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { ip, hostname } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isLoopback(ip) && isLoopback(hostname)) return true;
    throw new Refused({ code: 'role-not-entitled', action: 'development-issuer' });
  }
}

const asked = z.strictObject({ person: z.string().min(1).max(200) });

@Controller()
@Open()
@UseGuards(LoopbackGuard)
export class DevelopmentIssuerController {
  readonly #issuer: DevelopmentIssuer;

  constructor(@Inject(ISSUER) issuer: DevelopmentIssuer) {
    this.#issuer = issuer;
  }

  @Get('.well-known/openid-configuration')
  configuration() {
    const { issuer } = this.#issuer;
    return {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['EdDSA'],
    };
  }

  @Get('jwks')
  jwks() {
    return this.#issuer.jwks;
  }

  @Get('people')
  people() {
    return { items: this.#issuer.people };
  }

  @Get('token')
  token(@Query(valid(asked)) { person }: z.infer<typeof asked>) {
    return this.#tokenFor(person);
  }

  @Post('token')
  tokenByPost(@Query(valid(asked)) { person }: z.infer<typeof asked>) {
    return this.#tokenFor(person);
  }

  async #tokenFor(person: string) {
    const token = await this.#issuer.tokenFor(person);
    if (token === undefined) throw new Refused({ code: 'not-found', what: 'person' });
    return { access_token: token, token_type: 'Bearer', expires_in: this.#issuer.lifetimeSeconds };
  }
}

/** Serves a development issuer over HTTP, to this machine only. */
@Module({})
export class DevelopmentIssuerModule {
  static with(issuer: DevelopmentIssuer): DynamicModule {
    return {
      module: DevelopmentIssuerModule,
      controllers: [DevelopmentIssuerController],
      providers: [{ provide: ISSUER, useValue: issuer }],
    };
  }
}
