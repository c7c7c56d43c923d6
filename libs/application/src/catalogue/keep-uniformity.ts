import { localDate } from '@liandong/domain/calendar';
import {
  driftOf,
  itemHash,
  type UniformityFact,
  uniformityDecider,
  uniformityStream,
} from '@liandong/domain/catalogue';
import { canonicalJson, type TierCode } from '@liandong/kernel';
import type { Authoring } from '../authoring.ts';
import { type DecodeFact, type HandlingRefusal, ownStreamHandler } from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Wait } from '../ports/wait.ts';
import type { CatalogueBook } from './catalogue-book.ts';
import { type ComparedItem, comparedOn, type Region } from './uniformity.ts';

export type UniformityKeeperDeps = Pick<Region, 'superiorsOf'> & {
  readonly tier: TierCode;
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly book: CatalogueBook;
  readonly decode: DecodeFact<UniformityFact>;
  readonly wait: Wait;
  /** Milliseconds between two looks. Most find nothing new and compare nothing. */
  readonly interval: number;
  readonly refused: (compared: ComparedItem, refusal: HandlingRefusal) => void;
};

/**
 * Holds what the tiers below apply against the standards of this tier, and says where it
 * differs, where it differs otherwise and where it no longer does. A day on which a version
 * comes into force brings as much news as an event.
 */
export const keepUniformity = async (deps: UniformityKeeperDeps, signal: AbortSignal): Promise<void> => {
  const look = uniformityLook(deps);
  while (!signal.aborted) {
    await look();
    await deps.wait(deps.interval, signal);
  }
};

/** One look; resolves to how many events it recorded. */
export const uniformityLook = (deps: UniformityKeeperDeps): (() => Promise<number>) => {
  const { tier, store, authoring, book, decode, refused } = deps;
  const handle = ownStreamHandler(store, authoring, uniformityDecider(authoring.sha256), decode);
  let seen = '';

  const say = async (compared: ComparedItem): Promise<number> => {
    const { standard, applied } = compared;
    const { code } = standard.version;
    const before = book.said(tier, code, applied.tier);
    if (canonicalJson(before?.drifts ?? []) === canonicalJson(driftOf(standard.version, applied.version)))
      return 0;
    const hashes = [standard.version, applied.version].map((one) => itemHash(authoring.sha256, one));
    const done = await handle({
      principal: `system:${tier}:uniformity`,
      authtype: 'system',
      // What was said before is part of the name: a drift that returns is said again.
      idempotencyKey: [applied.tier, code, ...hashes, before?.event ?? ''].join(':'),
      stream: uniformityStream(tier, code, applied.tier),
      command: { type: 'compareItem', standard: standard.version, applied },
    });
    if (done.ok) return done.value.repeated ? 0 : done.value.events.length;
    refused(compared, done.refusal);
    return 0;
  };

  return async () => {
    await book.refresh();
    const day = localDate(instant(authoring.clock.now())) ?? '';
    const now = `${day} ${book.revision()}`;
    if (now === seen) return 0;
    let recorded = 0;
    for (const compared of comparedOn(book, deps, day))
      if (compared.standard.tier === tier) recorded += await say(compared);
    seen = now;
    return recorded;
  };
};
