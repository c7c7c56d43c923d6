/**
 * What a failed call means. The client has two families of errors, since it writes through one
 * library and reads through another: a refused connection is `Error: 14 UNAVAILABLE` there and
 * `UnavailableError` here, and some come with nothing but a number or a sentence.
 */
export type Failure =
  /** The same call may succeed later, at this node or another; whether it was carried out is not known. */
  | { readonly kind: 'passing' }
  | { readonly kind: 'wrong-revision'; readonly current: number }
  | { readonly kind: 'no-stream' }
  | { readonly kind: 'no-such-position' }
  | { readonly kind: 'lasting' };

/** Numbers of gRPC statuses: cancelled, deadline exceeded, aborted, internal, unavailable, data loss. */
const passingCodes = new Set([1, 4, 10, 13, 14, 15]);

const passingTypes = new Set(['timeout', 'deadline-exceeded', 'unavailable', 'cancelled', 'not-leader']);

/** Said by servers whose client has no type for it, and by the client of a connection that is gone. */
const passingWords =
  /no leader info|server is (?:not ready|busy|too busy)|could not recognize|failed to discover|transport|connection|write after end|stream removed|currently unavailable/i;

export const failureOf = (error: unknown): Failure => {
  const { type, code, message, name, actualState } = error as Partial<
    Record<'type' | 'code' | 'message' | 'name' | 'actualState', unknown>
  >;
  if (type === 'wrong-expected-version')
    return { kind: 'wrong-revision', current: typeof actualState === 'bigint' ? Number(actualState) + 1 : 0 };
  if (type === 'stream-not-found' || name === 'StreamNotFoundError') return { kind: 'no-stream' };
  if (/invalid position/i.test(String(message))) return { kind: 'no-such-position' };
  const passing =
    passingTypes.has(String(type)) ||
    (typeof code === 'number' && passingCodes.has(code)) ||
    ['UnavailableError', 'DeadlineExceededError', 'NotLeaderError'].includes(String(name)) ||
    (type === 'unknown' || type === undefined ? passingWords.test(String(message)) : false);
  return { kind: passing ? 'passing' : 'lasting' };
};
