import type { TierCode } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';

/** What the people of a tier must hear of another one that keeps silent, and the word for its end. */
export const peerAlarmEnds = {
  /** Nothing that it signed has come. */
  'peer-silent': 'peer-heard',
  /** It gave a number towards here, and what stands under it has not come. */
  'numbers-missing': 'numbers-came',
  /** The checkpoint it shows is smaller than what is known of its ledger. */
  'checkpoint-behind': 'checkpoint-caught-up',
  /** The newest that is held of its ledger says how it was long ago. */
  'view-stale': 'view-renewed',
} as const;

export type PeerAlarmCode = keyof typeof peerAlarmEnds;

export type PeerAlarm = {
  readonly tier: TierCode;
  readonly code: PeerAlarmCode;
  /** When what it speaks of began. */
  readonly since: string;
  readonly detail: string;
};

/** An alarm that began, or one that is over; each is said once. */
export type PeerNews = {
  readonly tier: TierCode;
  readonly code: PeerAlarmCode | (typeof peerAlarmEnds)[PeerAlarmCode];
  readonly detail: string;
};

/** What a tier's latest heartbeat says: its last number towards here, and the size of its checkpoint. */
export type Shown = { readonly head: number; readonly size: number };

export type PeerWatch = {
  readonly heard: (tier: TierCode, shown: Shown) => readonly PeerNews[];
  /** Something of it was received. */
  readonly look: (tier: TierCode) => readonly PeerNews[];
  /** A heartbeat's time has passed. */
  readonly tick: () => readonly PeerNews[];
  readonly alarms: () => readonly PeerAlarm[];
};

/** What is known of a tier's ledger, from whomever. */
export type LedgerKnown = {
  readonly size: number;
  /** The second as of which a quorum said that the largest head held here was the largest; none held, none said. */
  readonly asOf?: number | undefined;
};

export type PeerWatchDeps = {
  /** Whoever should be heard, also before it ever was. */
  readonly expected: readonly TierCode[];
  /** The last number received. */
  readonly received: (tier: TierCode) => number;
  readonly known: (tier: TierCode) => LedgerKnown;
  readonly clock: Clock;
  readonly settings: { readonly heartbeatMs: number; readonly silenceMs: number };
};

type Mark = { readonly tick: number; readonly at: string };

type Peer = {
  shown: Shown | undefined;
  heard: Mark;
  /** The number it gave that is waited for. */
  owed: (Mark & { readonly number: number }) | undefined;
  /** Since when its checkpoint has been behind. */
  behind: Mark | undefined;
  view: Mark & { readonly asOf: number | undefined };
  readonly alarms: Map<PeerAlarmCode, PeerAlarm>;
};

/**
 * Notices what does not come. Time is counted in heartbeats of one's own: a clock that was set,
 * or a machine that slept, has kept nobody silent.
 */
export const peerWatch = ({ expected, received, known, clock, settings }: PeerWatchDeps): PeerWatch => {
  const patience = Math.ceil(settings.silenceMs / settings.heartbeatMs);
  const peers = new Map<TierCode, Peer>();
  let ticks = 0;

  const mark = (): Mark => ({ tick: ticks, at: instant(clock.now()) });

  const peerOf = (tier: TierCode): Peer => {
    const peer = peers.get(tier) ?? {
      ...{ shown: undefined, owed: undefined, behind: undefined },
      heard: mark(),
      view: { ...mark(), asOf: known(tier).asOf },
      alarms: new Map(),
    };
    peers.set(tier, peer);
    return peer;
  };

  const follow = (tier: TierCode, peer: Peer) => {
    const { size, asOf } = known(tier);
    if (asOf !== peer.view.asOf) peer.view = { ...mark(), asOf };
    if (peer.shown === undefined) return;
    const through = received(tier);
    if (peer.owed === undefined || through >= peer.owed.number)
      peer.owed = peer.shown.head > through ? { ...mark(), number: peer.shown.head } : undefined;
    peer.behind = peer.shown.size < size ? (peer.behind ?? mark()) : undefined;
  };

  const isOld = (asOf: number | undefined): asOf is number =>
    asOf !== undefined && clock.now().getTime() - 1_000 * asOf > settings.silenceMs;

  /** What has lasted too long. */
  const overdue = (tier: TierCode, { shown, heard, owed, behind, view }: Peer) => {
    const lasting: [PeerAlarmCode, Mark, string][] = [['peer-silent', heard, 'nothing it signed has come']];
    if (owed !== undefined)
      lasting.push(['numbers-missing', owed, `${received(tier)} came of ${owed.number} numbers it gave`]);
    if (behind !== undefined)
      lasting.push([
        'checkpoint-behind',
        behind,
        `it shows ${shown?.size ?? 0} entries of its ledger, ${known(tier).size} are known`,
      ]);
    if (isOld(view.asOf)) {
      const asOf = instant(new Date(1_000 * view.asOf));
      lasting.push(['view-stale', view, `its witnesses last said at ${asOf} how its ledger is`]);
    }
    return lasting.filter(([, { tick }]) => ticks - tick > patience);
  };

  const judge = (tier: TierCode): readonly PeerNews[] => {
    const peer = peerOf(tier);
    const { alarms } = peer;
    follow(tier, peer);
    const found = overdue(tier, peer);
    const begun = found.filter(([code]) => !alarms.has(code));
    const over = [...alarms.values()].filter(({ code }) => !found.some(([still]) => still === code));
    for (const [code, { at: since }, detail] of found) alarms.set(code, { tier, code, since, detail });
    for (const { code } of over) alarms.delete(code);
    return [
      ...begun.map(([code, { at }, detail]) => ({ tier, code, detail: `since ${at} ${detail}` })),
      ...over.map(({ code, since }) => ({
        tier,
        code: peerAlarmEnds[code],
        detail: `${code} since ${since}`,
      })),
    ];
  };

  for (const tier of expected) peerOf(tier);
  return {
    heard: (tier, shown) => {
      const peer = peerOf(tier);
      peer.shown = shown;
      peer.heard = mark();
      return judge(tier);
    },
    look: (tier) => (peers.has(tier) ? judge(tier) : []),
    tick: () => {
      ticks += 1;
      return [...peers.keys()].flatMap(judge);
    },
    alarms: () => [...peers.values()].flatMap(({ alarms }) => [...alarms.values()]),
  };
};
