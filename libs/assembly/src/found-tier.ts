import { type DemoTier, demoTier, shippedItems } from '@liandong/adapters/reference';
import { sha256 } from '@liandong/adapters/crypto';
import { type Authoring, type EventStore, ownStreamHandler, type Recorded } from '@liandong/application';
import { decodeDepartmentFact, decodeItemFact, decodeTierFact } from '@liandong/contracts';
import { itemDecider, itemStream } from '@liandong/domain/catalogue';
import { departmentDecider, departmentStream, tierDecider, tierStream } from '@liandong/domain/directory';
import { decodeEvent, type Envelope } from '@liandong/kernel';

/**
 * Founds a demonstration tier in its store: the genesis event that marks it as a
 * demonstration, its service centre, departments, windows and sample staff, and at
 * the top of the network the regional catalogue. Each command has a key of its own,
 * so founding again after a crash records nothing twice.
 */
export const foundDemonstrationTier = async (
  store: EventStore,
  authoring: Authoring,
  publishesCatalogue: boolean,
): Promise<DemoTier> => {
  const { tier, network } = authoring.author;
  const demo = demoTier(network, tier);
  if (demo === undefined) throw new Error(`there is no division with the code ${tier}`);
  await foundTier(store, authoring, demo);
  const items = ownStreamHandler(store, authoring, itemDecider(sha256), decoded(decodeItemFact));
  for (const { code, publications } of publishesCatalogue ? shippedItems : [])
    for (const [n, command] of publications.entries())
      must(
        await items({
          ...actOf(tier),
          idempotencyKey: `item-${code}-${n}`,
          stream: itemStream(tier, code),
          command,
        }),
      );
  return demo;
};

/** The commands that a tier's own streams begin with, those of each stream in their order. */
export type FoundingCommands = Pick<DemoTier, 'founding' | 'departments'>;

/** Each command has a key of its own, so founding again after a crash records nothing twice. */
export const foundTier = async (
  store: EventStore,
  authoring: Authoring,
  { founding, departments }: FoundingCommands,
): Promise<void> => {
  const { tier } = authoring.author;
  const act = actOf(tier);
  const ofTier = ownStreamHandler(store, authoring, tierDecider, decoded(decodeTierFact));
  const ofDepartment = ownStreamHandler(store, authoring, departmentDecider, decoded(decodeDepartmentFact));

  for (const [n, command] of founding.entries())
    must(await ofTier({ ...act, idempotencyKey: `tier-${n}`, stream: tierStream(tier), command }));
  for (const { department, commands } of departments)
    for (const [n, command] of commands.entries())
      must(
        await ofDepartment({
          ...act,
          idempotencyKey: `${department}-${n}`,
          stream: departmentStream(tier, department),
          command,
        }),
      );
};

const actOf = (tier: string) => ({ principal: `system:${tier}:founding`, authtype: 'system' }) as const;

const decoded =
  <F>(decode: (envelope: Envelope) => F | undefined) =>
  ({ bytes }: Recorded) =>
    decode(decodeEvent(bytes));

const must = (founded: { readonly ok: boolean; readonly refusal?: unknown }) => {
  if (!founded.ok) throw new Error(`founding was refused: ${JSON.stringify(founded.refusal)}`);
};
