import 'reflect-metadata';
import { startApproval } from '@liandong/assembly';
import { loadTierConfig } from '@liandong/contracts';
import { ConsoleLogger } from '@nestjs/common';

/** The counter of one tier as a process of its own: `node main.js <tier configuration>`. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('用法 Usage: node apps/approval/dist/main.js <层级配置文件 tier configuration>');
  process.exit(2);
}

const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], colors: process.stdout.isTTY });
try {
  const config = loadTierConfig(file);
  const service = await startApproval(config, { logger });
  logger.log(
    `审批服务 approval ${config.tier}: ${service.http}${service.grpc ? ` · gRPC ${service.grpc}` : ''}`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      service.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
