import 'reflect-metadata';
import { startExchange } from '@liandong/assembly';
import { runService } from '@liandong/assembly/process';
import { loadTierConfig } from '@liandong/contracts';
import { ConsoleLogger } from '@nestjs/common';

/** The exchange of one tier as a process of its own: `node main.js <tier configuration>`, or `LIANDONG_CONFIG`. */
await runService({
  usage: '用法 Usage: node apps/exchange/dist/main.js <层级配置文件 tier configuration>',
  given: process.argv[2],
  start: async (file) => {
    const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], colors: process.stdout.isTTY });
    const config = loadTierConfig(file);
    const service = await startExchange(config, { logger });
    logger.log(`交换服务 exchange ${config.tier}: ${service.http}`);
    return service;
  },
});
