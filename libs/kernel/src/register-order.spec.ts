import { describe, it } from '@jest/globals';
import { orderExamples } from '../test/order-examples.ts';
import { registerOrder } from './register-order.ts';

describe('the register order', () => {
  for (const [name, example] of Object.entries(orderExamples)) it(name, () => example(registerOrder));
});
