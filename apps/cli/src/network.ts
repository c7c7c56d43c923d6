import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Complaint } from './complaint.ts';

/** Where the services of a network are, as a started network writes it beside its data. */
const addresses = z.object({
  network: z.string(),
  /** The development issuer of a demonstration network. */
  issuer: z.url().optional(),
  tiers: z
    .array(
      z.object({
        ...{ tier: z.string(), approval: z.url(), exchange: z.url(), grpc: z.string().optional() },
        ...{ supervision: z.url().optional(), audit: z.url().optional() },
      }),
    )
    .min(1),
});
export type Addresses = z.infer<typeof addresses>;
export type TierAddress = Addresses['tiers'][number];

const usual = '.liandong/addresses.json';

/** Reads the addresses from `--network`, `LIANDONG_NETWORK`, or the folder `npm start` uses. */
export const readAddresses = (given: string | undefined, environment: NodeJS.ProcessEnv): Addresses => {
  const file = path.resolve(given ?? environment['LIANDONG_NETWORK'] ?? usual);
  if (!existsSync(file))
    throw new Complaint(
      `没有找到网络地址文件 ${file}，请先运行 npm start，或用 --network 指明\n` +
        `There is no network at ${file}: start one with npm start, or name its addresses with --network <file>.`,
    );
  const parsed = addresses.safeParse(json(file));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Complaint(
    `${file} 不是网络地址文件\n${file} is not a file of network addresses:\n${lines.join('\n')}`,
  );
};

const json = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Complaint(`无法读取 ${file}\n${file} cannot be read: ${(error as Error).message}`);
  }
};

/** The tier with the code, or the first of the network. */
export const tierAt = ({ tiers }: Addresses, code: string | undefined): TierAddress => {
  const found = code === undefined ? tiers[0] : tiers.find(({ tier }) => tier === code);
  if (found !== undefined) return found;
  throw new Complaint(
    `本网络没有层级 ${code}\n--tier ${code} is not in this network: ${tiers.map(({ tier }) => tier).join(', ')}`,
  );
};
