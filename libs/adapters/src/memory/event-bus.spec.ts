import { eventBusContract } from '@liandong/testing';
import { memoryEventBus } from './event-bus.ts';

eventBusContract('memory', memoryEventBus);
