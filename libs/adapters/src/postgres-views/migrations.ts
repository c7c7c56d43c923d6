import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A step that was released is never edited: a change is a further step. Views can be
 * dropped and made again from the store, so a step may also empty `views_reached`.
 */
class CreateViews1764000000000 implements MigrationInterface {
  readonly name = 'CreateViews1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cases (
        case_id             text NOT NULL,
        number              text NOT NULL,
        own_number          text,
        item_code           text NOT NULL,
        item_version        text NOT NULL,
        item_name           text NOT NULL,
        kind                text NOT NULL,
        pilot               boolean NOT NULL,
        status              text NOT NULL,
        closing             text,
        lead_tier           text NOT NULL,
        lead_department     text NOT NULL,
        intake_tier         text NOT NULL,
        intake_department   text NOT NULL,
        intake_agent_point  text,
        applicant_kind      text NOT NULL,
        applicant_reference text NOT NULL,
        stage               text,
        steps               jsonb NOT NULL,
        missing             jsonb NOT NULL,
        obligations         jsonb NOT NULL,
        deadlines           jsonb NOT NULL,
        due                 timestamptz,
        term                text NOT NULL,
        recorded            integer NOT NULL,
        registered          integer NOT NULL,
        digest              text NOT NULL,
        opened_at           timestamptz NOT NULL,
        updated_at          timestamptz NOT NULL,
        without_effect      integer NOT NULL,
        needs_upgrade       boolean NOT NULL,
        audience            jsonb NOT NULL,
        parties             text[] NOT NULL,
        CONSTRAINT cases_key PRIMARY KEY (case_id)
      );
      CREATE INDEX cases_by_opening ON cases (opened_at, case_id);
      CREATE INDEX cases_by_number ON cases (number);
      CREATE INDEX cases_by_party ON cases USING gin (parties);

      CREATE TABLE work (
        case_id    text NOT NULL,
        key        text NOT NULL,
        act        text NOT NULL,
        tier       text NOT NULL,
        department text NOT NULL,
        roles      text[] NOT NULL,
        step       text,
        due        timestamptz,
        due_order  timestamptz NOT NULL,
        number     text NOT NULL,
        item_name  text NOT NULL,
        status     text NOT NULL,
        CONSTRAINT work_key PRIMARY KEY (case_id, key)
      );
      CREATE INDEX work_by_organ ON work (tier, department, due_order, case_id, key);

      CREATE TABLE items (
        code           text NOT NULL,
        tier           text NOT NULL,
        entry          integer NOT NULL,
        origin         text NOT NULL,
        verb           text,
        version        integer NOT NULL,
        standard_tier  text,
        standard_hash  text,
        status         text NOT NULL,
        effective_from text NOT NULL,
        effective_to   text,
        superseded_on  text,
        promised_days  integer,
        content        jsonb,
        CONSTRAINT items_key PRIMARY KEY (code, tier, entry)
      );

      CREATE TABLE departments (
        tier       text NOT NULL,
        department text NOT NULL,
        kind       text NOT NULL,
        name       jsonb NOT NULL,
        roles      text[] NOT NULL,
        section    jsonb,
        windows    jsonb NOT NULL,
        staff      jsonb NOT NULL,
        CONSTRAINT departments_key PRIMARY KEY (tier, department)
      );

      CREATE TABLE tiers (
        tier           text NOT NULL,
        network        text NOT NULL,
        level          text NOT NULL,
        name           jsonb NOT NULL,
        parent         text,
        demonstration  boolean NOT NULL,
        service_center jsonb,
        agent_points   jsonb NOT NULL,
        CONSTRAINT tiers_key PRIMARY KEY (tier)
      );

      CREATE TABLE views_reached (
        id       text NOT NULL,
        version  text NOT NULL,
        position bigint NOT NULL,
        CONSTRAINT views_reached_key PRIMARY KEY (id)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cases, work, items, departments, tiers, views_reached');
  }
}

class CreateCaseSerials1764000000001 implements MigrationInterface {
  readonly name = 'CreateCaseSerials1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE case_serials (
        prefix text NOT NULL,
        last   integer NOT NULL,
        CONSTRAINT case_serials_key PRIMARY KEY (prefix)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE case_serials');
  }
}

class CreateParked1764000000002 implements MigrationInterface {
  readonly name = 'CreateParked1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE parked (
        handler  text NOT NULL,
        stream   text NOT NULL,
        reason   text NOT NULL,
        since    timestamptz NOT NULL,
        tried_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        through  bigint NOT NULL,
        CONSTRAINT parked_key PRIMARY KEY (handler, stream)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parked');
  }
}

export const migrations = [
  CreateViews1764000000000,
  CreateCaseSerials1764000000001,
  CreateParked1764000000002,
];
