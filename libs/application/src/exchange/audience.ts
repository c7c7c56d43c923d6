import { isCaseStream, type StreamName, streamOwner, type TierCode } from '@liandong/kernel';

/** The tiers an event lets into its stream's audience; none for almost every event, so the data is read on demand. */
export type AudienceGiven = (type: string, data: () => unknown) => readonly TierCode[];

/**
 * A case's audience is what its opening says and what was shared since; it only
 * grows. Read from foreign data as well, so nothing is taken for granted.
 */
export const caseAudience: AudienceGiven = (type, data) => {
  if (type === 'liandong.case.opened.v1') return tierList(data(), 'audience');
  if (type === 'liandong.case.shared.v1') return tierList(data(), 'tiers');
  return [];
};

const tierList = (data: unknown, field: string): readonly TierCode[] => {
  const list: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, field) : undefined;
  return Array.isArray(list)
    ? list.filter((tier) => typeof tier === 'string').map((tier) => tier as TierCode)
    : [];
};

/**
 * Whom an own event about cards concerns besides the tiers above its author: the tier whose
 * card a superior urges, or with whom it disagrees. All events of one stream say the same.
 */
export const cardAudience: AudienceGiven = (type, data) => {
  switch (type) {
    case 'liandong.card.urged.v1':
      return tierIn(streamOwner(textIn(data(), 'card')));
    case 'liandong.card.disagreed.v1':
    case 'liandong.card.agreed.v1':
      return tierIn(textIn(data(), 'issuer'));
    default:
      return [];
  }
};

const textIn = (data: unknown, field: string): string => {
  const text: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, field) : undefined;
  return typeof text === 'string' ? text : '';
};
const tierIn = (tier: string | undefined): readonly TierCode[] =>
  tier === undefined || tier === '' ? [] : [tier as TierCode];

/** Cards, and the rules they are judged by, go to every tier that supervises their author. */
export const isSupervisedStream = (stream: StreamName): boolean => stream.startsWith('card-');

const publicKinds = ['tier', 'department', 'item', 'uniformity', 'calendar', 'assessment', 'ledger'];

/** Streams about how the network works go to everyone above and below their author. */
export const isPublicStream = (stream: StreamName): boolean =>
  !isCaseStream(stream) && publicKinds.includes(stream.slice(0, stream.indexOf('-')));
