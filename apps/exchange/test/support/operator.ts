import type { TierCode } from '@liandong/kernel';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allTiers, networkName, type ProcessNetwork } from './network.ts';
import { compiled } from './service-process.ts';

const program = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

/** What the operator of a tier gets to see from `liandong` with these words, as programs read it. */
export const operatorIn =
  (net: ProcessNetwork) =>
  async (tier: TierCode, ...words: readonly string[]): Promise<unknown> => {
    const folder = mkdtempSync(path.join(tmpdir(), 'liandong-operator-'));
    try {
      const file = path.join(folder, 'addresses.json');
      const tiers = allTiers.map((each) => ({
        tier: each,
        ...{ approval: net.service(each, 'approval').http, exchange: net.service(each, 'exchange').http },
      }));
      writeFileSync(file, JSON.stringify({ network: networkName, tiers }));
      const token = await net.tokenOf(`operator-${tier}`);
      const asked = [...words, '--tier', tier, '--network', file, '--token', token, '--json'];
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...asked], {
        env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compiled },
        maxBuffer: 64_000_000,
      });
      return JSON.parse(stdout);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
