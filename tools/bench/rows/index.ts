import type { Row } from '../harness/row.ts';
import { appendOne } from './01-append-one.ts';
import { appendManyCallers } from './02-append-many-callers.ts';
import { appendSlowDisk } from './03-append-slow-disk.ts';
import { appendFive } from './04-append-five.ts';
import { httpCommand } from './06-http-command.ts';
import { subscriber } from './07-subscriber.ts';
import { tierToTier } from './10-tier-to-tier.ts';
import { threeTiers } from './11-three-tiers.ts';
import { projection } from './12-projection.ts';
import { foldRow } from './18-fold.ts';
import { jointApprovals } from './20-joint-approvals.ts';

export const rows: readonly Row[] = [
  appendOne,
  appendManyCallers,
  appendSlowDisk,
  appendFive,
  httpCommand,
  subscriber,
  tierToTier,
  threeTiers,
  projection,
  foldRow,
  jointApprovals,
];
