import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';
import { createRequire } from 'node:module';

/** Where the brokers are, and how they are to be told who we are. */
export type KafkaAccess = {
  readonly brokers: readonly string[];
  /** Names the program in the brokers' logs. */
  readonly clientId: string;
  /** PEM. Without it the connection is plain text. */
  readonly tls?:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
      }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
};

/** A broker that is away is found out within seconds: whoever waits for it has another way to go meanwhile. */
const retry = { retries: 4, initialRetryTime: 150, maxRetryTime: 2_000 };

export const kafkaClient = ({ brokers, clientId, tls, sasl }: KafkaAccess): Kafka => {
  keepTimersInOrder();
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    retry,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: kafkajs.logLevel.NOTHING,
    ...(tls && { ssl: definedOf(tls) }),
    ...(sasl && { sasl: saslOf(sasl) }),
  };
  return new kafkajs.Kafka(config);
};

const definedOf = (tls: NonNullable<KafkaAccess['tls']>) => ({
  ...(tls.ca !== undefined && { ca: [tls.ca] }),
  ...(tls.cert !== undefined && { cert: tls.cert }),
  ...(tls.key !== undefined && { key: tls.key }),
});

const saslOf = ({ mechanism, username, password }: NonNullable<KafkaAccess['sasl']>) => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};

type RequestQueue = {
  throttledUntil: number;
  pending: readonly unknown[];
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests: () => void;
};

/**
 * kafkajs 2.2.4 counts a timer down from a moment that is mostly long past, and Node 24 warns of
 * every negative one. With nothing throttled and nothing pending there is nothing to look at.
 */
const keepTimersInOrder = () => {
  const required: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js');
  const prototype = (required as { readonly prototype: RequestQueue & { readonly inOrder?: true } })
    .prototype;
  if (prototype.inOrder === true) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  Object.assign(prototype, {
    inOrder: true,
    scheduleCheckPendingRequests(this: RequestQueue) {
      if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
    },
  });
};
