import 'reflect-metadata';
import { startApproval } from '@liandong/assembly';
import { runService } from '@liandong/assembly/process';
import { loadTierConfig } from '@liandong/contracts';
import { ConsoleLogger } from '@nestjs/common';

/** The counter of one tier as a process of its own: `node main.js <tier configuration>`, or `LIANDONG_CONFIG`. */
await runService({
  usage: '用法 Usage: node apps/approval/dist/main.js <层级配置文件 tier configuration>',
  given: process.argv[2],
  start: async (file) => {
    const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], colors: process.stdout.isTTY });
    const config = loadTierConfig(file);
    const service = await startApproval(config, { logger });
    logger.log(
      `审批服务 approval ${config.tier}: ${service.http}${service.grpc ? ` · gRPC ${service.grpc}` : ''}`,
    );
    return service;
  },
});
