import { BrokerAway } from '@liandong/application';
import { describe, expect, it } from '@jest/globals';
import { eventBusContract, kafkaVersions, withKafka } from '@liandong/testing';
import kafkajs from 'kafkajs';
import { kafkaEventBus } from './event-bus.ts';
import { toldOf } from './failures.ts';

for (const version of kafkaVersions)
  withKafka(version, (kafka) => {
    eventBusContract('kafkajs', () => kafkaEventBus({ brokers: kafka.brokers, clientId: 'contract' }));

    // The last one: nothing needs the broker any more.
    describe('a broker that is killed', () => {
      it('is told as one that may come back, to whoever reads and whoever would', async () => {
        const bus = kafkaEventBus({ brokers: kafka.brokers, clientId: 'lost' });
        const following = { topic: 'lost', group: 'lost', most: 1, take: async () => undefined };
        await bus.ensureTopics([{ topic: 'lost', partitions: 1, settings: {} }]);
        const { ended } = await bus.subscribe(following);
        await kafka.kill();
        await expect(ended).rejects.toBeInstanceOf(BrokerAway);
        await expect(bus.subscribe(following)).rejects.toBeInstanceOf(BrokerAway);
        await bus.close();
      });
    });
  });

describe('a failure of Kafka', () => {
  const protocol = (type: string, retriable: boolean) =>
    new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable }));
  const lastTry = (error: Error) =>
    new kafkajs.KafkaJSNumberOfRetriesExceeded(error, { retryCount: 4, retryTime: 1 });
  const connection = (code?: string) =>
    new kafkajs.KafkaJSConnectionError('Connection error', code === undefined ? {} : { code });

  it.each([
    ['a broker that refuses the line', connection('ECONNREFUSED')],
    ['a line that ended', connection()],
    ['a leader that is elected', lastTry(protocol('LEADER_NOT_AVAILABLE', true))],
    ['a group that is put in order', protocol('REBALANCE_IN_PROGRESS', false)],
  ])('passes by itself: %s', (_, error) => {
    expect(toldOf(error)).toMatchObject({ message: error.message, cause: error });
    expect(toldOf(error)).toBeInstanceOf(BrokerAway);
  });

  it.each([
    ['a topic that is not there', lastTry(protocol('UNKNOWN_TOPIC_OR_PARTITION', true))],
    ['a topic that may not be read', lastTry(protocol('TOPIC_AUTHORIZATION_FAILED', false))],
    ['a certificate that is refused', lastTry(connection('CERT_HAS_EXPIRED'))],
    ['a password that is refused', lastTry(protocol('SASL_AUTHENTICATION_FAILED', false))],
    ['anything else', new TypeError('a fault of our own')],
  ])('is told as it is: %s', (_, error) => {
    expect(toldOf(error)).toBe(error);
  });
});
