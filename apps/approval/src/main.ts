import 'reflect-metadata';
import { startApproval } from '@liandong/assembly';
import { configurationFile, loadTierConfig } from '@liandong/contracts';
import { ConsoleLogger } from '@nestjs/common';

/** The counter of one tier as a process of its own: `node main.js <tier configuration>`, or `LIANDONG_CONFIG`. */
try {
  const file = configurationFile(process.argv[2], process.env);
  if (file === undefined) {
    console.error('用法 Usage: node apps/approval/dist/main.js <层级配置文件 tier configuration>');
    process.exit(2);
  }
  const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], colors: process.stdout.isTTY });
  const config = loadTierConfig(file);
  let service: Awaited<ReturnType<typeof startApproval>> | undefined = undefined;
  // From the first moment: nobody else ends the first process of a container.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      // Nothing was promised to anybody yet.
      if (service === undefined) process.exit(1);
      service.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  service = await startApproval(config, { logger });
  logger.log(
    `审批服务 approval ${config.tier}: ${service.http}${service.grpc ? ` · gRPC ${service.grpc}` : ''}`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
