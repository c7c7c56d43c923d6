import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { z } from 'zod';
import { HealthModule, type Readiness } from './health.module.ts';
import { createHttpApp } from './http-app.ts';
import { IdempotencyKey } from './idempotency-key.ts';
import { bodyLimit } from './limits.ts';
import { valid } from './valid.ts';

const note = z.strictObject({
  title: z.string().min(1).max(20),
  days: z.int().min(0).max(100),
  tags: z.array(z.string()).max(3).optional(),
});

const stored: unknown[] = [];
let slow = Promise.withResolvers<void>();
let entered = Promise.withResolvers<void>();

@Controller('notes')
class NotesController {
  @Post()
  add(@IdempotencyKey() key: string, @Body(valid(note)) body: z.infer<typeof note>) {
    stored.push(body);
    return { key, ...body };
  }

  @Get('broken/:id')
  broken(@Param('id') id: string) {
    throw new Error(`secret password of ${id}`);
  }

  @Get('slow')
  async slow() {
    entered.resolve();
    await slow.promise;
    return { done: true };
  }
}

let failing = false;
const readiness: Readiness = {
  name: 'database',
  check: () => (failing ? Promise.reject(new Error('down')) : Promise.resolve()),
};

@Module({ imports: [HealthModule.with([readiness])], controllers: [NotesController] })
class NotesModule {}

let app: NestFastifyApplication;
let url: string;

const start = async () => {
  app = await createHttpApp(NotesModule);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
};

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': '"k"' },
) => fetch(`${url}/notes`, { method: 'POST', body, headers });

const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as Record<string, unknown> & { errors?: Record<string, unknown>[] };
  expect(body).toMatchObject({ status: response.status, type: `urn:liandong:problem:${body['code']}` });
  expect(Object.keys(body)).not.toContain('stack');
  return body;
};

beforeAll(start);
afterAll(() => app.close());

describe('the HTTP door', () => {
  it('lets a good request in and names it', async () => {
    const response = await post('{"title":"路","days":3}');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ key: 'k', title: '路', days: 3 });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('keeps a harmless request id of the caller and replaces any other', async () => {
    const ask = (id: string) => fetch(`${url}/health/live`, { headers: { 'x-request-id': id } });
    expect((await ask('trace-1')).headers.get('x-request-id')).toBe('trace-1');
    expect((await ask('a b"<script>')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names every wrong field and the rule it breaks', async () => {
    const response = await post('{"title":"","days":1.5,"tags":["a","b","c","d"],"by":"someone"}');
    expect(response.status).toBe(422);
    const { errors } = await problem(response);
    expect(errors?.map(({ field, rule }) => [field, rule])).toEqual(
      expect.arrayContaining([
        ['/title', 'too-small'],
        ['/days', 'invalid-type'],
        ['/tags', 'too-big'],
        ['/by', 'unknown-field'],
      ]),
    );
  });

  it.each([
    ['not JSON', '{"title":', 'json'],
    ['two values', '{} {}', 'json'],
    ['a name given twice', '{"days":1,"title":"a","d\\u0061ys":2}', 'unique-names'],
    ['__proto__', '{"__proto__":{"days":1},"title":"a","days":1}', 'forbidden-name'],
    ['a number beyond range', '{"title":"a","days":1e999}', 'number-range'],
    ['an integer that would be rounded', '{"title":"a","days":9007199254740993}', 'number-range'],
    ['half a surrogate pair', '{"title":"\\ud800","days":1}', 'well-formed-text'],
    ['U+0000', '{"title":"a\\u0000","days":1}', 'no-nul'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'max-depth'],
    ['deep nesting that never closes', '{"a":'.repeat(20_000), 'max-depth'],
  ])('refuses %s', async (_, body, rule) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await problem(response)).errors).toEqual([expect.objectContaining({ rule })]);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const response = await post(
      Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    );
    expect(response.status).toBe(400);
    expect((await problem(response)).errors).toEqual([expect.objectContaining({ rule: 'utf-8' })]);
  });

  it('reads a hostile quarter megabyte of quotes and backslashes in a moment', async () => {
    const began = performance.now();
    const response = await post(`"${'\\"'.repeat(bodyLimit / 2 - 8)}`);
    expect(response.status).toBe(400);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('refuses a body over the limit and one of another media type', async () => {
    const large = await post(JSON.stringify({ title: 'x'.repeat(bodyLimit), days: 1 }));
    expect(large.status).toBe(413);
    expect(await problem(large)).toMatchObject({ code: 'request-too-large', limit: bodyLimit });

    const form = await post('title=a', {
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': '"k"',
    });
    expect(form.status).toBe(415);
    expect(await problem(form)).toMatchObject({ code: 'media-type-unsupported' });
  });

  it('answers unknown paths, wrong methods and malformed paths as problems', async () => {
    const unknown = await fetch(`${url}/nowhere`);
    expect(unknown.status).toBe(404);
    expect(await problem(unknown)).toMatchObject({ code: 'not-found' });

    const wrong = await fetch(`${url}/notes`, { method: 'DELETE' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
    await problem(wrong);

    const malformed = await fetch(`${url}/notes/broken/%zz`);
    expect(malformed.status).toBe(400);
    await problem(malformed);

    const long = await fetch(`${url}/notes/broken/${'x'.repeat(500)}`);
    expect(long.status).toBe(400);
    await problem(long);
  });

  it('tells nobody what went wrong inside', async () => {
    const response = await fetch(`${url}/notes/broken/1`);
    expect(response.status).toBe(500);
    const text = JSON.stringify(await problem(response));
    expect(text).not.toContain('secret');
  });

  it.each([
    ['none', undefined],
    ['one without quotes', 'abc'],
    ['an empty one', '""'],
    ['one too long', `"${'x'.repeat(129)}"`],
    ['one that is not ASCII', '"caf\u00e9"'],
  ])('refuses a command with a bad Idempotency-Key: %s', async (_, key) => {
    const response = await post('{"title":"a","days":1}', {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    });
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({ code: 'idempotency-key-missing' });
  });

  it('says whether it is alive and whether it is ready', async () => {
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    failing = true;
    const notReady = await fetch(`${url}/health/ready`);
    failing = false;
    expect(notReady.status).toBe(503);
    expect(await problem(notReady)).toMatchObject({ failing: ['database'] });
  });

  it('stays alive and stores nothing under any bytes', async () => {
    const before = stored.length;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
          fc.json().filter((text) => !note.safeParse(JSON.parse(text)).success),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        async (body) => {
          const response = await post(body);
          expect([400, 415, 422]).toContain(response.status);
          await problem(response);
        },
      ),
      { numRuns: 200 },
    );
    expect(stored).toHaveLength(before);
    expect((await post('{"title":"a","days":1}')).status).toBe(201);
  });
});

describe('stopping', () => {
  it('lets a request under way finish and does not wait for idle connections', async () => {
    await app.close();
    await start();
    const { hostname, port } = new URL(url);
    const idle = connect(Number(port), hostname);
    await once(idle, 'connect');
    const request = httpRequest(`${url}/notes/slow`).end();
    const answered = once(request, 'response');
    await entered.promise;

    const closed = app.close();
    slow.resolve();
    const [response] = (await answered) as [import('node:http').IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
    const began = performance.now();
    await closed;
    expect(performance.now() - began).toBeLessThan(2_000);
    idle.destroy();
    slow = Promise.withResolvers();
    entered = Promise.withResolvers();
  });

  it('drops what will not finish once the time to drain is over', async () => {
    app = await createHttpApp(NotesModule, { drainMs: 50 });
    await app.listen(0, '127.0.0.1');
    const request = httpRequest(`${await app.getUrl()}/notes/slow`).end();
    const dropped = once(request, 'error');
    await entered.promise;
    await app.close();
    expect(await dropped).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    slow.resolve();
    await start();
  });
});
