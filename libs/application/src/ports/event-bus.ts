/** What a topic holds. Records of one key keep their order. */
export type BusRecord = {
  readonly key?: Uint8Array | undefined;
  /** `null` is a tombstone, where a topic is compacted. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
};

/** Consecutive records of one partition. */
export type BusBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly (BusRecord & { readonly offset: bigint })[];
};

export type TopicPlan = {
  readonly topic: string;
  readonly partitions: number;
  /** As the broker names them, such as `retention.ms`. */
  readonly settings: Readonly<Record<string, string>>;
};

/**
 * The broker was lost, or is busy with itself: whoever comes again later finds it. What fails
 * otherwise, such as a topic or a permission that is not there, fails until somebody mends it.
 */
export class BrokerAway extends Error {}

export type BusSubscription = {
  /** Nothing more is taken until `resume`; what is being taken goes on. The place in the group is kept. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves once what is being taken has come to rest, and committed. May be called twice. */
  readonly close: () => Promise<void>;
  /** Resolves after `close`; rejects with `BrokerAway`, with what `take` rejected with, or with what else failed. Then it is over. */
  readonly ended: Promise<void>;
};

export type BusFollowing = {
  readonly topic: string;
  /** Subscribers of one group share its place in the topic: each record goes to one of them. */
  readonly group: string;
  /** The most records handed over at once. */
  readonly most: number;
  /**
   * Takes a batch. When it resolves the group's place moves behind the batch, and not before:
   * after a rejection or a crash the batch comes again, to whoever of the group reads on. While
   * it works, no more of the partition is handed over.
   */
  readonly take: (batch: BusBatch) => Promise<void>;
};

/**
 * Topics of numbered records that others read when they can. A record may come twice, never out
 * of order, and is gone once the broker keeps it no longer: whoever needs it then asks its author.
 */
export interface EventBus {
  /**
   * Resolves once the broker keeps all records, on every replica it asks for, in this order
   * behind everything this producer said before. Rejects when it may not: then any of them may be there all the same.
   * Nothing to say asks whether the broker answers.
   */
  produce(topic: string, records: readonly BusRecord[]): Promise<void>;
  /**
   * Resolves once the topic is being read, from the group's place or, for a new group, from the
   * first record kept. Rejects with `BrokerAway`, or for good, as of a topic that does not exist.
   */
  subscribe(following: BusFollowing): Promise<BusSubscription>;
  /** Creates the topics that are missing. Those that exist are left as they are. */
  ensureTopics(plans: readonly TopicPlan[]): Promise<void>;
  /** The offsets of the first record kept and of the next to come, by partition. */
  reach(topic: string): Promise<readonly { readonly first: bigint; readonly next: bigint }[]>;
  close(): Promise<void>;
}
