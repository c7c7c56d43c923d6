import {
  migrateViews,
  type NextSerial,
  postgresCaseSerials,
  postgresParking,
  postgresViews,
  postgresViewWriter,
  viewsDataSource,
} from '@liandong/adapters/postgres-views';
import type { Parking, Views, ViewWriter } from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
import { fileContent } from './tier.ts';

export type OpenedViews = {
  readonly views: Views;
  readonly writer: ViewWriter;
  readonly parking: Parking;
  readonly nextSerial: NextSerial;
  readonly close: () => Promise<void>;
};

/** The views of the counter, their tables brought up to date. */
export const openViews = async ({ databaseUrlFiles }: TierConfig): Promise<OpenedViews> => {
  const source = viewsDataSource({
    url: fileContent(databaseUrlFiles.approval, 'databaseUrlFiles.approval'),
    maxConnections: 3,
  });
  await source.initialize();
  await migrateViews(source);
  return {
    views: postgresViews(source),
    writer: postgresViewWriter(source),
    parking: postgresParking(source),
    nextSerial: postgresCaseSerials(source),
    close: () => source.destroy(),
  };
};
