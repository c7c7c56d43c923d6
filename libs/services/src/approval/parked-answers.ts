import { handlerNames } from '@liandong/application';
import { z } from 'zod';
import { instant } from './answer-parts.ts';

export const ParkedAnswer = z
  .strictObject({
    handler: z
      .enum(handlerNames)
      .describe('处理者：视图、牵头登记、期限 · Who could not interpret it: views, filing, limits'),
    stream: z.string(),
    reason: z.string().describe('最近一次失败的原因 · Why the last try failed'),
    since: instant,
    triedAt: instant,
    attempts: z.int().describe('放弃次数 · How often it was given up'),
  })
  .meta({
    id: 'ParkedStream',
    description: '暂存待办的流，其后续事件随之等待 · A parked stream; its later events wait behind it',
  });

export const RedrivenAnswer = z
  .strictObject({
    handler: z.enum(handlerNames),
    stream: z.string(),
    state: z.enum(['released', 'parked']),
    reason: z.string().optional().describe('仍被暂存的原因 · Why it is still parked'),
  })
  .meta({ id: 'RedrivenStream', description: '重新处理的结果 · How trying again went' });
