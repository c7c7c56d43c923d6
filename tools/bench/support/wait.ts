import type { Wait } from '@liandong/application';
import { setTimeout as pause } from 'node:timers/promises';

export const wait: Wait = (milliseconds, signal) =>
  pause(milliseconds, undefined, { signal }).catch(() => undefined);
