import { Ajv } from 'ajv';
import { compileBlocks } from '../docs/compile.ts';
import { customKinds } from './custom-kinds.ts';
import type { Manifest } from './render.ts';

type Validated = { readonly validate: () => void };
type Model = new (manifest: object) => Validated;

const isBuiltIn = ({ apiVersion }: Manifest) =>
  /^(v1|apps\/v1|batch\/v1|policy\/v1|networking\.k8s\.io\/v1)$/.test(apiVersion);
const nameOf = ({ kind, metadata: { name } }: Manifest): string => `${kind} ${name}`;

/**
 * What is wrong with the form of each object. Kubernetes’ own kinds are held against their published
 * types by the compiler, which refuses a field that it does not know, and against their schemas,
 * which want what is required; the operators’ kinds against schemas of the fields we use.
 */
export const formProblems = async (manifests: readonly Manifest[]): Promise<readonly string[]> => {
  const builtIn = manifests.filter(isBuiltIn);
  const others = manifests.filter((manifest) => !isBuiltIn(manifest));
  const typed = compileBlocks(
    builtIn.map((manifest) => ({
      ...{ file: nameOf(manifest), line: 0 },
      code: `import type { I${manifest.kind} } from 'kubernetes-models/${manifest.apiVersion}';\nexport const manifest: I${manifest.kind} = ${JSON.stringify(manifest)};`,
    })),
  );
  const required = await Promise.all(builtIn.map(requiredProblems));
  return [...typed, ...required.flat(), ...others.flatMap(customProblems)];
};

const requiredProblems = async (manifest: Manifest): Promise<readonly string[]> => {
  const models = (await import(`kubernetes-models/${manifest.apiVersion}`)) as Readonly<
    Record<string, Model>
  >;
  const Model = models[manifest.kind];
  if (Model === undefined) return [`${nameOf(manifest)}: is no kind of ${manifest.apiVersion}`];
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${nameOf(manifest)}: ${(error as Error).message}`];
  }
};

const customProblems = (manifest: Manifest): readonly string[] => {
  const schema = customKinds[`${manifest.apiVersion} ${manifest.kind}`];
  if (schema === undefined) return [`${nameOf(manifest)}: nothing is known of ${manifest.apiVersion}`];
  const valid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  if (valid(manifest)) return [];
  return (valid.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${nameOf(manifest)}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};
