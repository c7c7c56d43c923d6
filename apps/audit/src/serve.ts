import 'reflect-metadata';
import { type Running, startAudit } from '@liandong/assembly';
import { loadTierConfig } from '@liandong/contracts';
import { ConsoleLogger } from '@nestjs/common';

/** The auditors' door of the tier that a configuration describes. */
export const serve = async (file: string): Promise<Running> => {
  const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], colors: process.stdout.isTTY });
  const config = loadTierConfig(file);
  const service = await startAudit(config, { logger });
  logger.log(
    `审计服务 audit ${config.tier}: ${service.http}${service.grpc ? ` · gRPC ${service.grpc}` : ''}`,
  );
  return service;
};
