import { toHex } from '@liandong/kernel';

/**
 * A list that holds everything once and says where. What many share is mostly one and the same
 * object: only one that was not met yet is compared with the others, by its bytes.
 */
export const listOnce = <Item extends object>(bytesOf: (item: Item) => Uint8Array) => {
  const items: Item[] = [];
  const places = new Map<Item, number>();
  const placesByBytes = new Map<string, number>();

  const find = (item: Item): number | undefined => {
    const place = places.get(item) ?? placesByBytes.get(toHex(bytesOf(item)));
    if (place !== undefined) places.set(item, place);
    return place;
  };

  return {
    items: items as readonly Item[],
    has: (item: Item): boolean => find(item) !== undefined,
    place: (item: Item): number => {
      const met = find(item);
      if (met !== undefined) return met;
      places.set(item, items.length);
      placesByBytes.set(toHex(bytesOf(item)), items.length);
      return items.push(item) - 1;
    },
  };
};
