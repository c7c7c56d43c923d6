import type { ItemVersion } from '@liandong/domain/catalogue';
import { constructionItems } from './construction.ts';
import { landItems } from './land.ts';
import type { ShippedItem } from './parts.ts';
import { peopleItems } from './people.ts';
import { serviceItems } from './services.ts';
import { tradeItems } from './trade.ts';

export { constructionItemCode, constructionPartCodes } from './construction.ts';
export type { ShippedItem } from './parts.ts';

/**
 * The items the demonstration network publishes, as in 2013 and as they stand today.
 * Their basic codes are this catalogue's own, not those of a provincial register.
 */
export const shippedItems: readonly ShippedItem[] = [
  ...constructionItems,
  ...landItems,
  ...peopleItems,
  ...tradeItems,
  ...serviceItems,
];

export const shippedVersions = (code: string): readonly ItemVersion[] =>
  shippedItems
    .filter((item) => item.code === code)
    .flatMap(({ publications }) => publications.map(({ version }) => version));
