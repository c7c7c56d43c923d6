import path from 'node:path';
import { everyNodeModule, layers, specs } from '../../boundaries.mjs';

const scope = '@liandong/';

/** Judges every import of a file by `boundaries.mjs`. A file outside all layers is not judged. */
export const importsRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      layer: '{{from}} may not import {{to}} ({{specifier}})',
      app: 'an app may not be imported ({{specifier}})',
      testing: '@liandong/testing is for specs ({{specifier}})',
      compartment: '{{from}} may not know {{to}} ({{specifier}})',
      unlisted: '{{folder}} is not a folder that boundaries.mjs lists for {{layer}}',
      npm: '{{from}} may not import the npm package {{specifier}}',
      node: '{{from}} may not import {{specifier}}',
      relative: 'another project is imported by its package name, not by {{specifier}}',
      missing: '{{specifier}} is not a project of this workspace',
    },
  },
  create: (context) => {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const place = placeOf(file);
    if (place === undefined) return {};

    const judge = (node, source) => {
      if (typeof source?.value !== 'string') return;
      const verdict = judgeImport(place, file, source.value);
      if (verdict !== undefined)
        context.report({ node: source, ...verdict, data: { ...verdict.data, specifier: source.value } });
    };
    return {
      Program: (node) => {
        if (place.unlisted !== undefined)
          context.report({
            node,
            messageId: 'unlisted',
            data: { folder: place.unlisted, layer: place.layer },
          });
      },
      ImportDeclaration: (node) => judge(node, node.source),
      ExportNamedDeclaration: (node) => judge(node, node.source),
      ExportAllDeclaration: (node) => judge(node, node.source),
      ImportExpression: (node) => judge(node, node.source),
      TSImportType: (node) => judge(node, node.source ?? node.argument?.literal),
    };
  },
};

/** The layer, compartment and allowances of a file, or undefined if the policy does not speak of it. */
export const placeOf = (file) => {
  const found = Object.entries(layers).find(([, { root }]) => file.startsWith(`${root}/`));
  if (found === undefined) return undefined;
  const [layer, policy] = found;
  const project = layer === 'app' ? file.split('/').slice(0, 2).join('/') : policy.root;
  const spec = specs.files.some((pattern) => path.posix.matchesGlob(file, pattern));
  const [, folder] = /^src\/([^/]+)\//.exec(file.slice(project.length + 1)) ?? [];
  const compartment = policy.folders === undefined ? undefined : folder;
  const own = policy.folders?.[compartment] ?? {};
  return {
    layer,
    project,
    spec,
    compartment,
    unlisted: compartment !== undefined && !(compartment in policy.folders) ? compartment : undefined,
    name: compartment === undefined ? layer : `${layer}/${compartment}`,
    imports: spec ? specs.imports : policy.imports,
    knows: own.knows ?? [],
    npm: [...policy.npm, ...(own.npm ?? []), ...(spec ? specs.npm : [])],
    node: [...policy.node, ...(own.node ?? []), ...(spec ? specs.node : [])],
  };
};

const judgeImport = (place, file, specifier) => {
  if (specifier.startsWith('.') || specifier.startsWith('/')) return judgeRelative(place, file, specifier);
  if (specifier.startsWith(scope)) return judgeWorkspace(place, specifier);
  return judgeExternal(place, specifier);
};

const judgeRelative = (place, file, specifier) => {
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  if (!target.startsWith(`${place.project}/`)) return { messageId: 'relative' };
  return judgeCompartment(place, /^src\/([^/]+)\//.exec(target.slice(place.project.length + 1))?.[1]);
};

const judgeWorkspace = (place, specifier) => {
  const [name, ...rest] = specifier.slice(scope.length).split('/');
  const [to, policy] = Object.entries(layers).find(([, { root }]) => root === `libs/${name}`) ?? [];
  if (to === undefined) return { messageId: isApp(name) ? 'app' : 'missing' };
  if (to === place.layer) return policy.folders === undefined ? undefined : judgeCompartment(place, rest[0]);
  if (place.imports.includes(to)) return undefined;
  return to === 'testing' ? { messageId: 'testing' } : { messageId: 'layer', data: { from: place.name, to } };
};

/** Files directly under `src` belong to no compartment; they gather the compartments and nobody inside imports them. */
const judgeCompartment = (place, to) => {
  if (layers[place.layer].folders === undefined || place.compartment === undefined) return undefined;
  if (place.spec || to === place.compartment || place.knows.includes(to)) return undefined;
  return { messageId: 'compartment', data: { from: place.name, to: to ?? 'files directly under src' } };
};

const judgeExternal = (place, specifier) => {
  if (specifier.startsWith('node:')) {
    return place.node.includes(everyNodeModule) || place.node.includes(specifier)
      ? undefined
      : { messageId: 'node', data: { from: place.name } };
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return place.npm.includes(name) ? undefined : { messageId: 'npm', data: { from: place.name } };
};

const isApp = (name) => name.endsWith('-app') || name === 'cli';
