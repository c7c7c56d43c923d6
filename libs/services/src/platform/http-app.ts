import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bodyLimit } from './limits.ts';
import { problemOf } from './problem.ts';
import { ProblemFilter } from './problem.filter.ts';
import { Refused } from './refused.ts';
import { parseStrictJson } from './strict-json.ts';

export type HttpAppOptions = {
  readonly logger?: LoggerService | false;
  /** How long answers under way may still take once the service is told to stop. */
  readonly drainMs?: number;
};

/**
 * A service's HTTP side: strict JSON in, problem+json for every refusal, a request id on
 * every answer. Closing it lets requests under way finish and drops idle connections at
 * once. The caller listens, and enables shutdown hooks where the process is its own.
 */
export const createHttpApp = async (
  module: Type | DynamicModule,
  { logger = false, drainMs = 5_000 }: HttpAppOptions = {},
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    bodyLimit,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    genReqId: requestId,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void sendProblem(request, reply, {
        code: 'malformed-request',
        errors: [{ field: '', rule: 'path', detail: 'The path is malformed or a part of it is too long.' }],
      });
    },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  readOnlyStrictJson(fastify);
  nameRequests(fastify);
  refuseWrongMethods(fastify);
  dropConnections(fastify, drainMs);

  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter());
  app.useSecurityHeaders({
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  return app;
};

/** A caller's own id is kept if it is harmless in a log line, so both sides can find the request. */
const requestId = (request: { headers: Record<string, unknown> }): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
};

const readOnlyStrictJson = (fastify: FastifyInstance) => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (_request: FastifyRequest, body: Buffer, done: (fault: Error | null, body?: unknown) => void) => {
      const parsed = parseStrictJson(body);
      if (parsed.ok) done(null, parsed.value);
      else done(new Refused(parsed.refusal));
    },
  );
};

const nameRequests = (fastify: FastifyInstance) => {
  fastify.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
};

/** A path that exists under another method is a 405 with `Allow`, not a 404. */
const refuseWrongMethods = (fastify: FastifyInstance) => {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const path = url.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:[^/]+/g, '[^/]+');
    routes.push({ path: new RegExp(`^${path}/?$`), methods: [method].flat() });
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods);
    if (allowed.length > 0 && !allowed.includes(request.method))
      await sendProblem(request, reply, {
        code: 'method-not-allowed',
        allowed: [...new Set(allowed)].sort(),
      });
  });
};

/**
 * On closing, a connection without a request goes at once, also one that never sent any;
 * the others go with their answer, or when the time to drain is over.
 */
const dropConnections = (fastify: FastifyInstance, drainMs: number) => {
  const answering = new Map<Socket, number>();
  let closing = false;
  const settle = (socket: Socket, change: number) => {
    const before = answering.get(socket);
    if (before === undefined) return;
    const under = before + change;
    answering.set(socket, under);
    if (closing && under === 0) socket.destroySoon();
  };
  fastify.server.on('connection', (socket) => {
    answering.set(socket, 0);
    socket.once('close', () => answering.delete(socket));
  });
  fastify.server.on('request', ({ socket }, response) => {
    settle(socket, 1);
    response.once('close', () => {
      settle(socket, -1);
    });
  });
  fastify.addHook('preClose', async () => {
    closing = true;
    for (const [socket, under] of answering) if (under === 0) socket.destroySoon();
    setTimeout(() => {
      for (const socket of answering.keys()) socket.destroy();
    }, drainMs).unref();
  });
};

const sendProblem = (
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Parameters<typeof problemOf>[0],
) => {
  const problem = problemOf(refusal, { instance: `urn:liandong:request:${request.id}` });
  if (refusal.code === 'method-not-allowed') reply.header('allow', refusal.allowed.join(', '));
  return reply.status(problem.status).type('application/problem+json').send(problem);
};
