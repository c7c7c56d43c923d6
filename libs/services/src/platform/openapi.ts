import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

/** One operation of a service's HTTP door, as its document describes it. */
export type Operation = {
  readonly id: string;
  readonly method: 'get' | 'post';
  /** With `{name}` for each parameter of the path. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Anyone may call it; every other operation needs a bearer token. */
  readonly open?: true;
  /** Takes an Idempotency-Key: sent again with the same key, it returns what the first one did. */
  readonly idempotent?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema: z.ZodType;
    /** JSON if absent. */
    readonly media?: string;
  };
  /** Statuses of the refusals a caller should expect, besides those any request can meet. */
  readonly refusals: readonly number[];
};

/** How an operation answers when it is done. */
export const answer = (schema: z.ZodType, description: string, status: 200 | 201 = 200) =>
  ({ status, description, schema }) as const;

export type ApiDescription = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly operations: readonly Operation[];
};

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document made of the very schemas that check the requests. */
export const openApiDocument = ({ title, version, description, tags, operations }: ApiDescription): Json => {
  const schemas: Record<string, unknown> = { Problem: problemSchema };
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] = hoisted(definition);
    return hoisted(rest);
  };

  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method] = describe(operation, schemaOf);

  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: '本级服务 · This tier' }],
    tags,
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            '本级身份提供方签发的访问令牌；办理人只取自令牌。An access token of this tier’s identity provider; the acting person comes from it alone.',
        },
      },
      schemas,
    },
  };
};

const describe = (
  operation: Operation,
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Json,
): Json => ({
  operationId: operation.id,
  tags: [operation.tag],
  summary: operation.summary,
  ...(operation.description !== undefined && { description: operation.description }),
  ...(operation.open === true && { security: [] }),
  parameters: [
    ...parametersOf(operation.params, 'path', schemaOf),
    ...parametersOf(operation.query, 'query', schemaOf),
    ...(operation.idempotent === true ? [idempotencyKey] : []),
  ],
  ...(operation.body !== undefined && {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
    },
  }),
  responses: {
    [operation.answer.status]: {
      description: operation.answer.description,
      content: {
        [operation.answer.media ?? 'application/json']: {
          schema: schemaOf(operation.answer.schema, 'output'),
        },
      },
    },
    ...Object.fromEntries(
      refusalsOf(operation).map((status) => [
        status,
        {
          description: refusalNames[status] ?? 'Refused',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
    ),
  },
});

const refusalsOf = ({ open, idempotent, params, query, body, refusals }: Operation): number[] => [
  ...new Set([
    ...(open === true ? [] : [401, 403]),
    ...(body === undefined ? [] : [400, 413, 415, 422]),
    ...(idempotent === true ? [400] : []),
    ...(params === undefined && query === undefined ? [] : [422]),
    ...refusals,
    500,
  ]),
];

const parametersOf = (
  schema: z.ZodObject | undefined,
  where: 'path' | 'query',
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Json,
): Json[] => {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
};

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    '带引号的字符串，重复提交同一请求时保持不变。A quoted string (RFC 8941) that stays the same when the same request is sent again.',
  schema: { type: 'string', pattern: '^"[\\x20-\\x7e]{1,256}"$' },
  example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
};

const refusalNames: Readonly<Record<number, string>> = {
  400: '请求格式错误 · The request is malformed',
  401: '未通过身份验证 · Who is calling is not proven',
  403: '无权执行 · The caller may not do this',
  404: '未找到 · There is no such thing',
  409: '与现状冲突；附现状 · Not possible as things stand now, which are told',
  413: '请求过大 · The request is too large',
  415: '不支持的媒体类型 · The media type is not supported',
  422: '内容不符合规则，逐项指明 · The content breaks rules, each named',
  500: '内部错误 · Something went wrong inside',
  503: '尚未就绪 · Not ready',
};

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'titleEn', 'status', 'code'],
  properties: {
    type: { type: 'string', pattern: '^urn:liandong:problem:[a-z-]+$' },
    title: { type: 'string' },
    titleEn: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: '机器可读的原因 · The reason, for programs' },
    instance: { type: 'string', description: '请求编号 · The request it answers' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'rule', 'detail'],
        properties: {
          field: { type: 'string', description: 'JSON Pointer (RFC 6901)' },
          rule: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
  additionalProperties: true,
};

/** Named schemas stand once, under the document's components. */
const hoisted = <Schema>(schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema;

/** Serves the document at /openapi.json and, with assets that come along, a page to read and try it at /docs. */
export const serveDocument = (app: NestFastifyApplication, document: Json) => {
  // The document is OpenAPI 3.1, which the page reads; the library's types know 3.0 only.
  SwaggerModule.setup('docs', app, document as unknown as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: '聯動 Liandong API',
    swaggerOptions: { persistAuthorization: false },
  });
};
