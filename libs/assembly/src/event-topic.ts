import { sha256 } from '@liandong/adapters/crypto';
import { busEventTopic, kafkaEventBus } from '@liandong/adapters/kafka';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import {
  type SealCheck,
  eventPublisher,
  type EventStore,
  type EventTopic,
  type Exchange,
  followedOverTopic,
  type Publisher,
  sealedAmong,
} from '@liandong/application';
import { type EventTopicConfig, type TierConfig, tierTopicGroup } from '@liandong/contracts';
import { kafkaAccess } from './lanes.ts';
import { wait } from './pause.ts';
import type { Access } from './tier.ts';

type OpenedTopic = { readonly topic: EventTopic; readonly close: () => Promise<void> };

/** Nothing is connected yet. */
const openTopic = (config: EventTopicConfig, { tier }: TierConfig): OpenedTopic => {
  const bus = kafkaEventBus(kafkaAccess(config, tier, 'eventTopic'));
  return { topic: busEventTopic(bus, sha256, config.topic), close: () => bus.close() };
};

/** The exchange that publishes the store too, where the configuration names a topic. A broker that is away ends nothing. */
export const publishing = (
  opened: Exchange,
  config: TierConfig,
  { store, pool }: Access,
  sealCheck: SealCheck,
): Exchange => {
  if (config.eventTopic === undefined) return opened;
  const { topic, close } = openTopic(config.eventTopic, config);
  const publisher = eventPublisher({
    ...{ store, topic, wait },
    checkpoints: postgresCheckpoints(pool),
    name: `topic ${config.eventTopic.topic}`,
    sealed: (records) => sealedAmong({ store, sha256, sealCheck }, records),
  });
  return {
    ...opened,
    run: (signal) => runBeside(opened, publisher, signal).finally(close),
    status: async () => ({ ...(await opened.status()), eventTopic: publisher.status() }),
  };
};

const runBeside = async (opened: Exchange, publisher: Publisher, signal: AbortSignal): Promise<void> => {
  const over = new AbortController();
  const beside = publisher.run(AbortSignal.any([signal, over.signal]));
  try {
    await opened.run(signal);
  } finally {
    over.abort();
    await beside;
  }
};

export type ViewsStore = { readonly store: EventStore; readonly close: () => Promise<void> };

/** The store as the views follow it: itself, or through the tier's topic. */
export const storeForViews = (config: TierConfig, store: EventStore): ViewsStore => {
  if (config.eventTopic?.views !== 'topic') return { store, close: async () => undefined };
  const { topic, close } = openTopic(config.eventTopic, config);
  const group = tierTopicGroup(config.tier, 'views');
  return { store: followedOverTopic(store, { topic, group, wait }), close };
};
