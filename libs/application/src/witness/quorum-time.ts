import { hasWitnessed, type Policy, type SignedHead } from '@liandong/ledger';

/** A head whose newest quorum is older than this is an alarm: its log, or the way to it, stands still. */
export const staleAfterSeconds = 180;

/**
 * The second as of which a quorum says this is the largest head it has seen: the newest
 * for which the cosignatures of that second or later still make the quorum. Undefined
 * without a quorum.
 */
export const quorumTime = (policy: Policy, { verified }: SignedHead): number | undefined => {
  const { quorum } = policy;
  if (quorum === undefined) return undefined;
  const times = verified.flatMap(({ time }) => (time === undefined ? [] : [time]));
  return times
    .toSorted((a, b) => b - a)
    .find((least) =>
      hasWitnessed(
        quorum,
        verified.filter(({ time }) => (time ?? -1) >= least),
      ),
    );
};

/** Whether a head that reached the quorum no longer says what the log is today. */
export const isStale = (
  policy: Policy,
  head: SignedHead,
  now: Date,
  afterSeconds = staleAfterSeconds,
): boolean => {
  const time = quorumTime(policy, head);
  return time === undefined || now.getTime() / 1000 - time > afterSeconds;
};
