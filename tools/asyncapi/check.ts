/**
 * `npm run asyncapi`: whether docs/asyncapi.yaml is what the schemas say, and valid.
 * `npm run asyncapi -- --update` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { documentFile, documentText, faultsIn } from './document.ts';

const text = documentText();
const faults = await faultsIn(text);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

if (process.argv.includes('--update')) {
  writeFileSync(documentFile, text);
  console.log('docs/asyncapi.yaml now says what the schemas say');
} else if (readFileSync(documentFile, 'utf8') === text)
  console.log('asyncapi: valid, and what the schemas say');
else {
  console.error('docs/asyncapi.yaml is not what the schemas say: npm run asyncapi -- --update');
  process.exitCode = 1;
}
