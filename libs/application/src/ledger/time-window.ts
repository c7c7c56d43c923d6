/** What a ledger proves about when it grew. */
export type TimeEvidence = {
  /** Records of other ledgers' heads: at this leaf, those instants had come. */
  readonly anchors: readonly { readonly seq: number; readonly times: readonly Date[] }[];
  /** Anchored heads: of each the instants of its cosignatures. */
  readonly heads: readonly { readonly size: number; readonly times: readonly Date[] }[];
  /** How many of the witnesses of one head may lie about the time: f. */
  readonly liars: number;
};

export type TimeWindow = {
  /** The leaf was sealed after this instant, as other ledgers prove. */
  readonly notBefore?: Date;
  /** The leaf was sealed by this instant, as the witnesses prove. */
  readonly notAfter?: Date;
};

/** Of several cosignature times the first by which an honest witness had certainly signed; `undefined` if all might lie. */
export const surelyBy = (times: readonly Date[], liars: number): Date | undefined =>
  times.toSorted((a, b) => a.getTime() - b.getTime())[liars];

/** Of several cosignature times the last that had certainly come when the cosignatures were made. */
export const surelyAfter = (times: readonly Date[], liars: number): Date | undefined =>
  times.toSorted((a, b) => b.getTime() - a.getTime())[liars];

/** Between which instants a leaf was sealed. */
export const timeWindow = ({ anchors, heads, liars }: TimeEvidence, seq: number): TimeWindow => {
  const after = anchors.filter((anchor) => anchor.seq < seq).flatMap(({ times }) => times);
  const by = heads.filter(({ size }) => size > seq).flatMap(({ times }) => surelyBy(times, liars) ?? []);
  return {
    ...(after.length > 0 && { notBefore: new Date(Math.max(...after.map(Number))) }),
    ...(by.length > 0 && { notAfter: new Date(Math.min(...by.map(Number))) }),
  };
};

export type TimeFlag =
  { readonly flag: 'back-dated' | 'post-dated'; readonly byMs: number } | { readonly flag: 'unsuspicious' };

/**
 * Holds the instant an event claims to have been recorded at against its window. Clocks
 * differ and events wait for their anchoring; what is within the tolerance is not flagged.
 */
export const judgeTime = (
  claimed: Date,
  { notBefore, notAfter }: TimeWindow,
  toleranceMs: number,
): TimeFlag => {
  const tooEarly = notBefore === undefined ? 0 : notBefore.getTime() - claimed.getTime();
  if (tooEarly > toleranceMs) return { flag: 'back-dated', byMs: tooEarly };
  const tooLate = notAfter === undefined ? 0 : claimed.getTime() - notAfter.getTime();
  return tooLate > toleranceMs ? { flag: 'post-dated', byMs: tooLate } : { flag: 'unsuspicious' };
};

/**
 * The rule for a stored event: it cannot have been recorded before what its ledger already
 * held, nor can anything it tells of, its recording included, lie after it was sealed.
 */
export const judgeEventTime = (
  { time, recordedtime }: { readonly time: string; readonly recordedtime: string },
  window: TimeWindow,
  toleranceMs: number,
): TimeFlag => {
  const recorded = judgeTime(new Date(recordedtime), window, toleranceMs);
  if (recorded.flag !== 'unsuspicious') return recorded;
  const { notAfter } = window;
  return judgeTime(new Date(time), { ...(notAfter && { notAfter }) }, toleranceMs);
};
