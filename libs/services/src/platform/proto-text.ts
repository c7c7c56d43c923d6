import { fromUtf8 } from '@liandong/kernel';

/** Of a message's fields by number: text, or another message. The others hold no text. */
type Shape = ReadonlyMap<number, 'text' | (() => Shape)>;

type Field = { readonly number: number; readonly type: string; readonly typeName: string };
type Described = {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly Described[];
};

/**
 * Tells whether all text in the bytes of a message is UTF-8, as proto3 demands. The library
 * does not look: it would hand on other text than was sent. `definition` is a loaded package;
 * the bytes have been read once, so their nesting is bounded.
 */
export const textChecker = (definition: object): ((message: string) => (bytes: Uint8Array) => boolean) => {
  const messages = new Map<string, Described>();
  const add = (name: string, described: Described) => {
    messages.set(name, described);
    for (const nested of described.nestedType) add(`${name}.${nested.name}`, nested);
  };
  for (const [name, { type }] of Object.entries(definition) as [string, { readonly type?: Described }][])
    if (type?.field !== undefined) add(name, type);

  const shapes = new Map<string, Shape>();
  const shapeOf = (name: string): Shape => {
    const known = shapes.get(name);
    if (known !== undefined) return known;
    const shape: Shape = new Map(
      (messages.get(name)?.field ?? []).flatMap(
        ({ number, type, typeName }): [number, 'text' | (() => Shape)][] => {
          if (type === 'TYPE_STRING') return [[number, 'text']];
          if (type !== 'TYPE_MESSAGE') return [];
          const inner = fullName(messages, name, typeName);
          return [[number, () => shapeOf(inner)]];
        },
      ),
    );
    shapes.set(name, shape);
    return shape;
  };
  return (message) => {
    if (!messages.has(message)) throw new Error(`${message} is not in the package`);
    return (bytes) => isText(shapeOf(message), bytes);
  };
};

/** A name is looked for in the message itself, then in what holds it, outwards. */
const fullName = (messages: ReadonlyMap<string, unknown>, from: string, name: string): string => {
  for (let scope = from; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.'))))
    if (messages.has(`${scope}.${name}`)) return `${scope}.${name}`;
  const plain = name.replace(/^\./, '');
  if (messages.has(plain)) return plain;
  throw new Error(`${name}, which ${from} names, is not in the package`);
};

const isText = (shape: Shape, bytes: Uint8Array): boolean => {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let place = 0; place < 10; place++) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        const content = bytes.subarray(at, at + length);
        at += length;
        const inner = shape.get(Math.floor(tag / 8));
        if (inner === 'text' ? !isUtf8(content) : inner !== undefined && !isText(inner(), content))
          return false;
        break;
      }
      case 5:
        at += 4;
        break;
      // Groups are no part of proto3.
      case 3:
      case 4:
        return false;
    }
  }
  return true;
};

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    fromUtf8(bytes);
    return true;
  } catch {
    return false;
  }
};
