import { type DoorRefusal, doorMeanings } from './door-refusal.ts';

/** Everything a caller of a service can be told "no" for. */
export type Refusal = DoorRefusal;

const meaningOf = (refusal: Refusal) => doorMeanings[refusal.code];

/** RFC 9457. The refusal's own fields travel with it; the standard members come last, so none is overwritten. */
export const problemOf = (refusal: Refusal, more: Readonly<Record<string, unknown>> = {}) => {
  const { http, title } = meaningOf(refusal);
  return {
    ...refusal,
    ...more,
    type: `urn:liandong:problem:${refusal.code}`,
    title: title.zh,
    titleEn: title.en,
    status: http,
  };
};

/** The same refusal for a gRPC caller. */
export const grpcStatusOf = (refusal: Refusal) => {
  const { grpc, title } = meaningOf(refusal);
  return { code: grpc, details: `${title.zh} ${title.en}` };
};
