import type { Row } from '../harness/row.ts';
import { appendOne } from './01-append-one.ts';
import { appendManyCallers } from './02-append-many-callers.ts';
import { appendSlowDisk } from './03-append-slow-disk.ts';
import { appendFive } from './04-append-five.ts';
import { keeperOn } from './05-keeper.ts';
import { httpCommand } from './06-http-command.ts';
import { subscriber } from './07-subscriber.ts';
import { verifiedReplay } from './08-verified-replay.ts';
import { allCores } from './09-all-cores.ts';
import { tierToTier } from './10-tier-to-tier.ts';
import { threeTiers } from './11-three-tiers.ts';
import { projection } from './12-projection.ts';
import { logSize } from './13-log-size.ts';
import { coldCase } from './14-cold-case.ts';
import { disk } from './15-disk.ts';
import { memory } from './16-memory.ts';
import { backFill } from './17-back-fill.ts';
import { foldRow } from './18-fold.ts';
import { openClocks } from './19-open-clocks.ts';
import { jointApprovals } from './20-joint-approvals.ts';
import { anchoring } from './21-anchoring.ts';
import { kafkaLane } from './22-kafka-lane.ts';

export const rows: readonly Row[] = [
  appendOne,
  appendManyCallers,
  appendSlowDisk,
  appendFive,
  keeperOn,
  httpCommand,
  subscriber,
  verifiedReplay,
  allCores,
  tierToTier,
  threeTiers,
  projection,
  logSize,
  coldCase,
  disk,
  memory,
  backFill,
  foldRow,
  openClocks,
  jointApprovals,
  anchoring,
  kafkaLane,
];
