import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Metadata } from '@grpc/grpc-js';
import { isUnreadable } from '../platform/grpc-door.ts';
import { OPEN } from '../platform/open.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import type { Authenticate } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { type Action, authorise } from './policy.ts';

export const AUTHENTICATE = Symbol('Authenticate');
const ALLOW = 'liandong:allow';

/** What a request asks to do, where one handler serves several actions; `undefined` if it is none. */
export type ActionOf = (request: Readonly<Record<string, unknown>>) => Action | undefined;

/** States what a handler does, so that the guard can ask the policy. A handler that states nothing is closed. */
export const Allow = (action: Action | ActionOf) => SetMetadata(ALLOW, action);

/** Every door's one guard: who calls, and whether the policy lets them do this. HTTP and gRPC alike. */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #authenticate: Authenticate;
  readonly #reflector: Reflector;

  constructor(@Inject(AUTHENTICATE) authenticate: Authenticate, @Inject(Reflector) reflector: Reflector) {
    this.#authenticate = authenticate;
    this.#reflector = reflector;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = [context.getHandler(), context.getClass()];
    if (this.#reflector.getAllAndOverride<boolean | undefined>(OPEN, handler) === true) return true;

    const { key, authorization, request } = doorOf(context);
    const caller = orRefuse(await this.#authenticate(authorization));
    if (isUnreadable(request)) throw new Refused(unreadableRequest);
    const allow = this.#reflector.getAllAndOverride<Action | ActionOf | undefined>(ALLOW, handler);
    const action = typeof allow === 'function' ? allow(request) : allow;
    if (action === undefined)
      throw new Refused(
        allow === undefined
          ? { code: 'role-not-entitled', action: 'undeclared' }
          : { code: 'not-found', what: 'command' },
      );
    orRefuse(authorise(caller, action));
    callers.set(key, caller);
    return true;
  }
}

/** The person the token names, once the guard has let the request in. */
export const TheCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(doorOf(context).key);
  if (caller === undefined) throw new Refused({ code: 'unauthenticated', reason: 'token-missing' });
  return caller;
});

const unreadableRequest = {
  code: 'malformed-request',
  errors: [{ field: '', rule: 'message', detail: 'The message cannot be read.' }],
} as const;

const callers = new WeakMap<object, Caller>();

const doorOf = (context: ExecutionContext) => {
  if (context.getType() === 'rpc') {
    const metadata = context.switchToRpc().getContext<Metadata>();
    return {
      key: metadata,
      authorization: metadata.get('authorization')[0],
      request: context.switchToRpc().getData<Record<string, unknown>>(),
    };
  }
  const request = context.switchToHttp().getRequest<{
    headers: Record<string, unknown>;
    params: Record<string, unknown>;
  }>();
  return { key: request, authorization: request.headers['authorization'], request: request.params };
};
