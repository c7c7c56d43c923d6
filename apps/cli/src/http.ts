import { Complaint } from './complaint.ts';

export type Json = Readonly<Record<string, unknown>>;

type Answer = { readonly status: number; readonly body: Json };

export const read = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json().catch(() => ({}))) as Json,
});

export const must = ({ status, body }: Answer): Json => {
  if (status < 400) return body;
  throw new Complaint(problemText(status, body));
};

/** A problem as RFC 9457 has it: what, in both languages, then which part of the request. */
const problemText = (status: number, { title, titleEn, code, reason, errors }: Json): string => {
  const said = [title, titleEn].filter((text) => typeof text === 'string').join(' · ');
  const parts = Array.isArray(errors) ? (errors as { field?: string; detail?: string }[]) : [];
  return [
    `${status} ${said || '服务拒绝 · the service refused'}`,
    ...parts.map(({ field, detail }) => [field, detail].filter(Boolean).join(': ')),
    [code, reason].filter((text) => typeof text === 'string').join(': '),
  ]
    .filter((line) => line !== '')
    .join('\n  ');
};

export const reach = async (url: string, init: RequestInit = {}): Promise<Response> => {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    throw new Complaint(
      `连不上 ${url}（${cause}），网络启动了吗？\n${url} cannot be reached (${cause}): is the network running?`,
    );
  }
};
