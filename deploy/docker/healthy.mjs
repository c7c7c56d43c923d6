/**
 * Ends with 0 if the service of this container says that it is ready, found by the same
 * configuration it was started with. A link that is down is no reason: see /health/ready.
 */
import { readFileSync } from 'node:fs';

const { LIANDONG_APP, LIANDONG_CONFIG } = process.env;
const { listen, witnesses } = JSON.parse(readFileSync(LIANDONG_CONFIG, 'utf8'));
const [at, where] =
  witnesses === undefined ? [listen[`${LIANDONG_APP}Http`], '/health/ready'] : [listen, '/health/live'];
const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host;
const { ok, status } = await fetch(`http://${host}:${at.port}${where}`, {
  signal: AbortSignal.timeout(4_000),
});
if (!ok) {
  console.error(`${where}: ${status}`);
  process.exit(1);
}
