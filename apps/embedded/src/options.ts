import { division } from '@liandong/adapters/reference';
import { superiorsOf } from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Cast } from './main-job.ts';

export type Options = {
  /** A fresh network in a temporary folder that ends with the main job. */
  readonly demo: boolean;
  readonly folder: string;
  readonly port: number;
  /** Whether every tier opens its auditors' door too. */
  readonly audit: boolean;
  /** What carries the links, gRPC alone or Kafka with gRPC beside it; or that the events lie in KurrentDB. */
  readonly engine: (typeof engines)[number];
  /** Brokers to use instead of one of the network's own. */
  readonly brokers: readonly string[];
  /** The EventStoreDB or KurrentDB to use. There is none of the network's own. */
  readonly kurrent: string | undefined;
  /** How many times as fast as real time the network's clock runs once the main job is done. */
  readonly speed: number;
  /** Superiors before those below them; the cast is always among them. */
  readonly tiers: readonly TierCode[];
};

export const engines = ['embedded', 'kafka', 'kurrent'] as const;

/** 郴州市, 桂阳县 and one of its towns. */
export const cast = { city: '431000', county: '431021', township: '431021106' } as Cast;

export const usage = `npm start -- [options]

  --demo            a fresh temporary network that runs the main job and ends
                    在全新的临时网络上运行主流程后结束
  --tiers <codes>   further tiers, comma-separated, beside ${Object.values(cast).join(', ')}
                    除上述三级外再启动的层级，以逗号分隔
  --data <folder>   where the network keeps its data (default .liandong)
                    数据目录
  --port <first>    the first of the ports, 0 for any free ones (default 7310)
                    端口起始号，0 表示任选空闲端口
  --audit           open the auditors' door of every tier too
                    同时启动各级审计服务
  --engine kafka    links over Kafka: a broker of its own, fetched once with Maven
                    and run on Java 17 (default embedded: gRPC)
                    链路经 Kafka，自带单机代理，需 Maven 和 Java 17
  --brokers <list>  brokers that run already, host:port, comma-separated
                    使用已有的 Kafka 代理
  --kurrent <url>   with --engine kurrent: the EventStoreDB or KurrentDB that
                    holds the events, esdb://host:port?tls=false
                    与 --engine kurrent 同用：存放事件的 EventStoreDB 或 KurrentDB
  --speed <n>       the network's clock runs n times as fast once the main job is done:
                    86400 makes a day pass in a second
                    主流程办完后，示范时钟以 n 倍速运行；86400 即一秒一天
  --help`;

/** Throws an error that names the option and the rule. */
export const readOptions = (args: readonly string[]): Options | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      audit: { type: 'boolean', default: false },
      engine: { type: 'string', default: 'embedded' },
      brokers: { type: 'string' },
      kurrent: { type: 'string' },
      speed: { type: 'string', default: '1' },
      tiers: { type: 'string', default: '' },
      data: { type: 'string' },
      port: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  if (values.demo && (values.data !== undefined || values.port !== undefined))
    throw new Error('--demo takes a temporary folder and free ports: leave --data and --port out');
  const port = Number(values.port ?? (values.demo ? 0 : 7310));
  if (!Number.isInteger(port) || port < 0 || port > 65_000)
    throw new Error('--port: a number from 0 to 65000');
  const speed = Number(values.speed);
  if (!(speed >= 1 && speed <= 1_000_000)) throw new Error('--speed: a number from 1 to 1000000');
  return {
    demo: values.demo,
    folder: path.resolve(values.data ?? '.liandong'),
    port,
    ...{ audit: values.audit, speed },
    ...engineOf(values.engine, values.brokers),
    kurrent: kurrentOf(values.engine, values.kurrent),
    tiers: tiersOf(values.tiers.split(',').filter((code) => code !== '')),
  };
};

const engineOf = (name: string, brokers: string | undefined): Pick<Options, 'engine' | 'brokers'> => {
  const engine = engines.find((each) => each === name);
  if (engine === undefined) throw new Error(`--engine: ${engines.join(' or ')}, not ${name}`);
  if (brokers !== undefined && engine !== 'kafka') throw new Error('--brokers goes with --engine kafka');
  const addresses = brokers?.split(',') ?? [];
  if (!addresses.every((address) => /^[^\s/]+:\d{1,5}$/.test(address)))
    throw new Error('--brokers: addresses host:port, comma-separated');
  return { engine, brokers: addresses };
};

const kurrentOf = (engine: string, url: string | undefined): string | undefined => {
  if (engine !== 'kurrent') {
    if (url !== undefined) throw new Error('--kurrent goes with --engine kurrent');
    return undefined;
  }
  if (!/^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//.test(url ?? ''))
    throw new Error(
      '--engine kurrent needs --kurrent <esdb://…>: the server to use, which this program does not bring',
    );
  return url;
};

/** Each tier with its superiors up to the city of the cast, since a link needs both its ends. */
const tiersOf = (further: readonly string[]): readonly TierCode[] => {
  const all = new Set<TierCode>(Object.values(cast));
  for (const code of further) {
    if (division(code) === undefined) throw new Error(`--tiers: there is no division with the code ${code}`);
    const line = [code as TierCode, ...superiorsOf(code)];
    if (!line.includes(cast.city)) throw new Error(`--tiers: ${code} is not under ${cast.city}`);
    for (const tier of line.slice(0, line.indexOf(cast.city) + 1)) all.add(tier);
  }
  return [...all].sort((a, b) => superiorsOf(a).length - superiorsOf(b).length || (a < b ? -1 : 1));
};
