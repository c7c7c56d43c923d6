import type { Incident, LinkBook, StoppedLink } from '@liandong/application';
import type pg from 'pg';
import { hashBytes, type IncidentRow, incidentOf, type Runs } from './rows.ts';

type IncidentMethods = 'report' | 'incidents' | 'stopLink' | 'resumeLink' | 'stoppedLinks';

/** What went wrong on the links, with the evidence, and the links an operator must look at. */
export const incidentsAndStops = (pool: pg.Pool): Pick<LinkBook, IncidentMethods> => ({
  report: (incident) => putIncident(pool, incident),

  incidents: async (limit) => {
    const { rows } = await pool.query<IncidentRow>(
      'SELECT * FROM exchange.incident ORDER BY no DESC LIMIT $1',
      [limit],
    );
    return rows.map(incidentOf);
  },

  stopLink: async ({ peer, code, detail, at }) => {
    await pool.query(
      `INSERT INTO exchange.stopped (peer, code, detail, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (peer) DO UPDATE SET code = $2, detail = $3, at = $4`,
      [peer, code, detail, at],
    );
  },
  resumeLink: async (peer) => {
    await pool.query('DELETE FROM exchange.stopped WHERE peer = $1', [peer]);
  },
  stoppedLinks: async () => {
    const { rows } = await pool.query<StoppedLink>('SELECT peer, code, detail, at FROM exchange.stopped');
    return rows;
  },
});

export const putIncident = async (
  db: Runs,
  { code, peer, feed, number, hash, detail, bytes, at }: Incident,
) => {
  await db.query(
    `INSERT INTO exchange.incident (code, peer, author, destination, number, hash, detail, bytes, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      code,
      peer,
      feed?.author ?? null,
      feed?.destination ?? null,
      number ?? null,
      hash === undefined ? null : hashBytes(hash),
      detail,
      bytes === undefined ? null : Buffer.from(bytes),
      at,
    ],
  );
};
