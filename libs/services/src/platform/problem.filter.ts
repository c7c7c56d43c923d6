import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { Metadata } from '@grpc/grpc-js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError } from 'rxjs';
import { bodyLimit } from './limits.ts';
import type { DoorRefusal } from './door-refusal.ts';
import { googleStatus } from './google-status.ts';
import { grpcStatusOf, problemOf } from './problem.ts';
import { Refused } from './refused.ts';

/**
 * The one place where "no" takes the form its caller speaks, and where everything
 * unforeseen becomes a plain 500: what it was goes to the log, never out of the door.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost) {
    const refused = thrown instanceof Refused ? thrown : new Refused(this.#foreseen(thrown));
    return host.getType() === 'rpc' ? toRpcError(refused) : this.#reply(refused, host);
  }

  #reply({ refusal, found }: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = problemOf(refusal, { ...found, instance: `urn:liandong:request:${request.id}` });
    if (refusal.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
    if (refusal.code === 'method-not-allowed') reply.header('allow', refusal.allowed.join(', '));
    return reply.status(problem.status).type('application/problem+json').send(problem);
  }

  #foreseen(thrown: unknown): DoorRefusal {
    const refusal = refusalOf(thrown);
    if (refusal.code === 'internal-error')
      this.#logger.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown);
    return refusal;
  }
}

const toRpcError = ({ refusal, found }: Refused) => {
  const { code, details } = grpcStatusOf(refusal);
  const metadata = new Metadata();
  metadata.set('reason', refusal.code);
  metadata.set(
    'grpc-status-details-bin',
    Buffer.from(
      googleStatus({
        code,
        message: details,
        reason: refusal.code.replaceAll('-', '_').toUpperCase(),
        metadata: textFields({ ...refusal, ...found }),
        ...('errors' in refusal && { fields: refusal.errors }),
      }),
    ),
  );
  return throwError(() => ({ code, details, metadata }));
};

const textFields = (refusal: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(refusal)
      .filter(([name]) => name !== 'errors')
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

/** Refusals that the framework makes itself, and everything else. */
const refusalOf = (thrown: unknown): DoorRefusal => {
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusIn(thrown);
  switch (status) {
    case 400:
      return {
        code: 'malformed-request',
        errors: [{ field: '', rule: 'http', detail: 'The request could not be read.' }],
      };
    case 404:
      return { code: 'not-found', what: 'path' };
    case 408:
      return { code: 'request-timed-out' };
    case 413:
      return { code: 'request-too-large', limit: bodyLimit };
    case 414:
      return {
        code: 'malformed-request',
        errors: [{ field: '', rule: 'max-path-length', detail: 'A part of the path is too long.' }],
      };
    case 415:
      return { code: 'media-type-unsupported', supported: 'application/json' };
    case undefined:
      return { code: 'internal-error' };
  }
  return { code: 'internal-error' };
};

const statusIn = (thrown: unknown): number | undefined =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'statusCode' in thrown &&
  typeof thrown.statusCode === 'number'
    ? thrown.statusCode
    : undefined;
