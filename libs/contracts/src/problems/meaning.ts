/** How a refusal looks from outside. `grpc` is the canonical status number. */
export type Meaning = {
  readonly http: number;
  readonly grpc: number;
  readonly title: { readonly zh: string; readonly en: string };
};

export type Meanings<Code extends string> = Readonly<Record<Code, Meaning>>;

type Kind = (zh: string, en: string) => Meaning;

const kind =
  (http: number, grpc: number): Kind =>
  (zh, en) => ({ http, grpc, title: { zh, en } });

/** What was sent breaks a rule, whatever the state of things. INVALID_ARGUMENT. */
export const invalid = kind(422, 3);
/** The thing is not there. NOT_FOUND. */
export const missing = kind(404, 5);
/** It is there already. ALREADY_EXISTS. */
export const exists = kind(409, 6);
/** The caller may not do it. PERMISSION_DENIED. */
export const forbidden = kind(403, 7);
/** More than is taken. RESOURCE_EXHAUSTED. */
export const tooLarge = kind(413, 8);
/** As things stand now it cannot be done. FAILED_PRECONDITION. */
export const notNow = kind(409, 9);
/** Somebody else was first; the same request may be sent again. ABORTED. */
export const raced = kind(409, 10);
