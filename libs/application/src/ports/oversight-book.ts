import type { CardCause, Disagreement } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import type { Page, PageRequest } from '../views/page.ts';

/** Whether a superior has judged a cause again yet, and whether it came to what the issuer said. */
export const overseenStates = ['waiting', 'agreed', 'disagreed'] as const;
export type OverseenState = (typeof overseenStates)[number];

/** One cause of a tier below, and what a superior makes of it. */
export type Overseen = {
  /** The superior's own stream about the cause. */
  readonly stream: StreamName;
  readonly overseer: TierCode;
  readonly issuer: TierCode;
  /** Where the issuer's card for the cause stands, if it has raised one. */
  readonly card: StreamName;
  readonly matter: StreamName;
  readonly cause: CardCause;
  readonly state: OverseenState;
  /** In real time. */
  readonly since: string;
  /** What is held against the issuer now. */
  readonly disagreement: Disagreement | undefined;
};

/** When a matter is to be looked at next: by the network's clock, and in real time. */
export type Outlook = {
  readonly matter: StreamName;
  readonly due: string | undefined;
  readonly again: string | undefined;
};

/**
 * What a superior keeps of the matters of the tiers below it. All of it follows from
 * events and can be made anew. What a method writes survives a crash once it resolves.
 */
export interface OversightBook {
  saveOverseen(row: Overseen): Promise<void>;
  forgetOverseen(stream: StreamName): Promise<void>;
  overseen(stream: StreamName): Promise<Overseen | undefined>;
  overseenIn(matter: StreamName): Promise<readonly Overseen[]>;
  /** By superior. */
  overseenOf(cards: readonly StreamName[]): Promise<readonly Overseen[]>;
  /** What is held against issuers now, the latest first. */
  disagreements(page: PageRequest): Promise<Page<Overseen>>;

  foresee(outlook: Outlook): Promise<void>;
  /** Matters due by an instant of the network's clock, or by one of real time. */
  toLookAt(by: string, inRealTime: string, limit: number): Promise<readonly StreamName[]>;
  /** Makes every matter due by then: what it is counted by has changed. */
  lookAtAll(at: string): Promise<void>;
}
