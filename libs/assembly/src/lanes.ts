import { busLinkLane, type KafkaAccess, kafkaEventBus } from '@liandong/adapters/kafka';
import type { LinkLane } from '@liandong/application';
import type { KafkaBrokers, TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { fileContent } from './tier.ts';

export type Lanes = {
  readonly beside: ReadonlyMap<TierCode, LinkLane>;
  readonly close: () => Promise<void>;
};

/** The lanes over Kafka beside those links whose configuration asks for it. Nothing is connected yet. */
export const openLanes = ({ tier, links = [] }: Pick<TierConfig, 'tier' | 'links'>): Lanes => {
  const buses = links.flatMap((link, n) =>
    link.via === 'kafka'
      ? [{ peer: link.peer, bus: kafkaEventBus(kafkaAccess(link, tier, `links.${n}`)) }]
      : [],
  );
  return {
    beside: new Map(buses.map(({ peer, bus }) => [peer, busLinkLane(bus, tier, peer)])),
    close: async () => void (await Promise.all(buses.map(({ bus }) => bus.close()))),
  };
};

/** Reads the secrets that the configuration names under `field`. */
export const kafkaAccess = (
  { brokers, tls, sasl }: KafkaBrokers,
  tier: TierCode,
  field: string,
): KafkaAccess => {
  const pem = (file: string | undefined, name: string) =>
    file === undefined ? undefined : fileContent(file, `${field}.tls.${name}`);
  return {
    ...{ brokers, clientId: `liandong-${tier}` },
    ...(tls && {
      tls: {
        ca: pem(tls.caFile, 'caFile'),
        cert: pem(tls.certFile, 'certFile'),
        key: pem(tls.keyFile, 'keyFile'),
      },
    }),
    ...(sasl && {
      sasl: {
        ...{ mechanism: sasl.mechanism, username: sasl.username },
        password: fileContent(sasl.passwordFile, `${field}.sasl.passwordFile`),
      },
    }),
  };
};
