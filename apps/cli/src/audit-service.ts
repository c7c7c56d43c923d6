import { setTimeout as pause } from 'node:timers/promises';
import { Complaint } from './complaint.ts';
import type { Options } from './command.ts';
import { type Json, must, read } from './http.ts';
import { readAddresses, tierAt } from './network.ts';
import { personAt, tokenFor } from './people.ts';

/** The audit service of a tier, and the token of an auditor of that tier or of one above it. */
export type AuditService = { readonly url: string; readonly token: string };

export const servicesNamed = async (options: Options): Promise<readonly AuditService[]> => {
  const urls = options.url ?? urlsOfTier(options);
  if (urls.length === 0) return [];
  const token = options.token ?? (await demonstrationToken(options));
  return urls.map((url) => ({ url: url.replace(/\/+$/, ''), token }));
};

/** Of a tier that is named, and whose database is not: the service of the network that runs. */
const urlsOfTier = ({ config, tier, network }: Options): readonly string[] => {
  if (config !== undefined || tier === undefined) return [];
  const { audit } = tierAt(readAddresses(network, {}), tier);
  if (audit !== undefined) return [audit];
  throw new Complaint(
    `层级 ${tier} 没有启动审计服务（npm start -- --audit），或用 --config 指明层级配置文件\n` +
      `The audit service of ${tier} is not running (npm start -- --audit); or name its --config <file>.`,
  );
};

/** Whoever is asked for none of them: an auditor at the top of the network may look into every tier of it. */
const demonstrationToken = async ({ network, tier }: Options): Promise<string> => {
  const addresses = readAddresses(network, {});
  return tokenFor(addresses, await personAt(addresses, 'auditor', tier ?? addresses.tiers[0]?.tier));
};

export type Line = Json & { readonly kind: string };

class Cut extends Error {}

const mostTries = 5;

/**
 * The lines of an answer. After a cut it is asked for again, from the last place a line
 * named; gives up when several tries bring nothing further.
 */
export const linesFrom = async function* (
  service: AuditService,
  way: string,
  query: Readonly<Record<string, string | undefined>> = {},
): AsyncGenerator<Line, undefined> {
  let cursor: string | undefined;
  for (let tries = 1; ; tries++)
    try {
      for await (const line of linesOnce(service, way, { ...query, cursor })) {
        if (line.kind === 'end') return undefined;
        if (line.kind === 'refused') must({ status: 409, body: line['problem'] as Json });
        if (typeof line['cursor'] === 'string') [cursor, tries] = [line['cursor'], 0];
        yield line;
      }
      throw new Cut('the answer has no end');
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      if (cursor === undefined || tries === mostTries)
        throw new Complaint(
          `${service.url} 的应答中断（${error.message}）\nThe answer of ${service.url} was cut: ${error.message}.`,
        );
      await pause(200 * tries);
    }
};

const linesOnce = async function* (
  { url, token }: AuditService,
  way: string,
  query: Readonly<Record<string, string | undefined>>,
): AsyncGenerator<Line, undefined> {
  const asked = new URL(`${url}/v1/audit/${way}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) asked.searchParams.set(name, value);
  const response = await reached(asked, token);
  if (!response.ok) must(await read(response));
  const decoder = new TextDecoder();
  let rest = '';
  const parts = (response.body ?? new ReadableStream<Uint8Array>()) as AsyncIterable<Uint8Array>;
  try {
    for await (const part of parts) {
      const texts = (rest + decoder.decode(part, { stream: true })).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) yield JSON.parse(text) as Line;
    }
  } catch (error) {
    throw error instanceof TypeError ? new Cut(causeOf(error)) : error;
  }
};

/** Without a limit of time: an answer goes on for as long as there is something to send. */
const reached = async (url: URL, token: string): Promise<Response> => {
  try {
    return await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  } catch (error) {
    throw new Cut(causeOf(error as Error));
  }
};

const causeOf = ({ cause, message }: Error): string =>
  (cause as { code?: string } | undefined)?.code ?? message;

/** The files of an answer, each when it is whole; `other` hears every other line. */
export const filesFrom = async function* (
  lines: AsyncIterable<Line>,
  other: (line: Line) => void,
): AsyncGenerator<{ readonly path: string; readonly bytes: Uint8Array }, undefined> {
  let parts: Buffer[] = [];
  for await (const line of lines) {
    if (line.kind !== 'file') {
      other(line);
      continue;
    }
    // After a cut, a file that was not whole begins again.
    if (line['offset'] === 0) parts = [];
    parts.push(Buffer.from(String(line['content']), 'base64'));
    if (line['last'] === true)
      yield { path: pathIn(String(line['path'])), bytes: new Uint8Array(Buffer.concat(parts)) };
  }
};

/** A service names files of an export, and no place outside it. */
const pathIn = (path: string): string => {
  if (path.split('/').every((part) => /^[\w-][\w.-]*$/.test(part))) return path;
  throw new Complaint(`不应有的文件名 ${path}\nThe service named a file that no export has: ${path}.`);
};
