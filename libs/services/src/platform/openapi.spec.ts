import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createHttpApp } from './http-app.ts';
import { type ApiDescription, openApiDocument, serveDocument } from './openapi.ts';

const Person = z.object({ name: z.string().describe('姓名') }).meta({ id: 'Person' });
const api: ApiDescription = {
  title: 'Toys',
  version: '1.0.0',
  description: 'Toys to lend.',
  tags: [{ name: 'toys', description: 'Toys' }],
  operations: [
    {
      id: 'lendToy',
      method: 'post',
      path: '/toys/{toy}/loans',
      tag: 'toys',
      summary: 'Lend a toy',
      idempotent: true,
      params: z.object({ toy: z.string().max(20) }),
      body: z.strictObject({ to: Person, days: z.int().min(1).max(30).optional() }),
      answer: { status: 201, description: 'Lent', schema: z.object({ to: Person }) },
      refusals: [404, 409],
    },
  ],
};

const lint = (document: object) => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    const redocly = createRequire(import.meta.url)
      .resolve('@redocly/cli/package.json')
      .replace('package.json', 'bin/cli.js');
    return spawnSync(
      process.execPath,
      [redocly, 'lint', file, '--extends', 'recommended', '--format', 'summary'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          REDOCLY_TELEMETRY: 'off',
          REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
          NODE_OPTIONS: '',
        },
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('an OpenAPI document', () => {
  it('is made of the schemas that check, and is valid 3.1', () => {
    const document = openApiDocument(api);
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/toys/{toy}/loans': {
          post: {
            parameters: [
              { name: 'toy', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } },
              { name: 'Idempotency-Key', in: 'header', required: true },
            ],
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['to'],
                    additionalProperties: false,
                    properties: {
                      to: { $ref: '#/components/schemas/Person' },
                      days: { minimum: 1, maximum: 30 },
                    },
                  },
                },
              },
            },
            responses: {
              201: {},
              400: {},
              401: {},
              403: {},
              404: {},
              409: {},
              413: {},
              415: {},
              422: {},
              500: {},
            },
          },
        },
      },
      components: { schemas: { Person: { properties: { name: { description: '姓名' } } } } },
    });
    const { status, stdout, stderr } = lint(document);
    expect(stdout + stderr).toMatch(/Your API description is valid|Woohoo/);
    expect(status).toBe(0);
  });

  it('that is not valid is told by the linter', () => {
    const document = structuredClone(openApiDocument(api)) as {
      paths: Record<string, Record<string, object>>;
    };
    document.paths['/toys/{toy}/loans'] = { post: { responses: { 201: {} } } };
    expect(lint(document).status).not.toBe(0);
  });

  it('is served, and can be read in a page whose every part comes from here', async () => {
    @Controller()
    class Toys {
      @Get('toys')
      list() {
        return [];
      }
    }
    @Module({ controllers: [Toys] })
    class ToysModule {}
    const app = await createHttpApp(ToysModule);
    serveDocument(app, openApiDocument(api));
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      expect(await (await fetch(`${url}/openapi.json`)).json()).toEqual(openApiDocument(api));
      const page = await fetch(`${url}/docs`);
      expect(page.headers.get('content-type')).toContain('text/html');
      const html = await page.text();
      const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => part ?? '');
      expect(parts.filter((part) => part.endsWith('.js') || part.endsWith('.css')).length).toBeGreaterThan(2);
      for (const part of parts.filter((each) => !each.startsWith('#'))) {
        expect(part).not.toMatch(/^(https?:)?\/\//);
        const { status } = await fetch(new URL(part, `${url}/docs`));
        expect([part, status]).toEqual([part, 200]);
      }
    } finally {
      await app.close();
    }
  });
});
