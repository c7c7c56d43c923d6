import type { Meaning } from './meaning.ts';

/** RFC 9457. The refusal's own fields travel with it, so a client acts without parsing prose. */
export type Problem = Readonly<Record<string, unknown>> & {
  readonly code: string;
  readonly type: string;
  readonly title: string;
  readonly titleEn: string;
  readonly status: number;
};

export const problemType = (code: string): string => `urn:liandong:problem:${code}`;

/** Standard members come last: a field of the refusal never hides one. */
export const problemOf = (refusal: { readonly code: string }, { http, title }: Meaning): Problem => ({
  ...refusal,
  type: problemType(refusal.code),
  title: title.zh,
  titleEn: title.en,
  status: http,
});

/** A status as gRPC carries it: number and message, the code beside it for machines. */
export type GrpcStatus = { readonly code: number; readonly reason: string; readonly message: string };

export const grpcStatusOf = (refusal: { readonly code: string }, { grpc, title }: Meaning): GrpcStatus => ({
  code: grpc,
  reason: refusal.code,
  message: `${title.zh} ${title.en}`,
});
