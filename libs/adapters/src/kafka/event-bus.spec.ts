import { eventBusContract, kafkaVersions, withKafka } from '@liandong/testing';
import { kafkaEventBus } from './event-bus.ts';

for (const version of kafkaVersions)
  withKafka(version, (kafka) => {
    eventBusContract('kafkajs', () => kafkaEventBus({ brokers: kafka.brokers, clientId: 'contract' }));
  });
