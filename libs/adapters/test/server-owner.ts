/**
 * A process that owns a server until it is ended, by whatever means; prints the server's id.
 *
 *     node server-owner.ts <data folder>
 */
import { startPostgres } from '@liandong/adapters/postgres';

const [dir = ''] = process.argv.slice(2);
const server = await startPostgres({ dir });
console.log(server.pid);
