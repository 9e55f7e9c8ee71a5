// Rules about data in databases.

import { hasFlag, operands } from '../arguments.ts';
import { everywhere, type Rule } from '../rule.ts';
import { deletesAt } from './services.ts';

const scratch = /(?:^|[_-])(?:test|tests|tmp|temp|scratch|dummy)(?:[_\d-]|$)/i;

export const databaseRules: readonly Rule[] = [
  {
    id: 'database-drop',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes tables, databases or everything in them.',
    when: everywhere,
    signs: ['drop'],
    programs: [
      'dropdb',
      'redis-cli',
      'mysqladmin',
      'mongosh',
      'mongo',
      'dropuser',
      'rails',
      'rake',
      'prisma',
      'sequelize',
      'alembic',
      'artisan',
      'php',
      'manage.py',
      'python',
      'python3',
      'supabase',
      'etcdctl',
      'influx',
      'valkey-cli',
      'keydb-cli',
      'knex',
      'typeorm',
      'drizzle-kit',
      'flyway',
      'liquibase',
      'bin/rails',
      'sequelize-cli',
      'pg_restore',
      'mongorestore',
      'diesel',
      'sqlx',
      'dbmate',
      'goose',
      'migrate',
      'mix',
      'doctrine',
      'bin/console',
      'curl',
      'curlie',
      'http',
      'xh',
      'invoke-restmethod',
      'wrangler',
      'mikro-orm',
      'directus',
    ],
    command: ({ name, args, variables }) => {
      const line = args.join(' ');
      if (variables.some(([key, value]) => /_ENV$/.test(key) && /^test/.test(value))) return false;
      switch (name) {
        case 'curl':
        case 'curlie':
        case 'http':
        case 'xh':
        case 'invoke-restmethod':
          return (
            deletesAt(args).some(
              (url) =>
                /:(?:92\d\d|5984|6333|8108|7700|8983)\/|\/_all\b|_search|elastic|opensearch|couch/i.test(url) &&
                !scratch.test(url.replace(/[/.]/g, '_')) &&
                !/\/_doc\/|\/documents\//.test(url),
            ) ||
            (/_delete_by_query|\/_bulk\b.*"delete"|<delete>|_forcemerge/.test(line) && /match_all|\*:\*/.test(line))
          );
        case 'sequelize-cli':
          return /\bdb:drop\b|migrate:undo:all/.test(line);
        case 'knex':
          return /rollback.*--all/.test(line);
        case 'pg_restore':
          return hasFlag(args, 'c', '--clean');
        case 'mongorestore':
          return args.includes('--drop');
        case 'diesel':
        case 'sqlx':
        case 'dbmate':
        case 'goose':
        case 'migrate':
        case 'drizzle-kit':
        case 'mikro-orm':
          return (
            /\b(?:database (?:reset|drop)|drop|reset|down-to 0|schema:(?:drop|fresh)|migration:fresh)\b/.test(line) &&
            !scratch.test(line)
          );
        case 'mix':
          return /\becto\.(?:drop|reset)\b/.test(line) && !/MIX_ENV=test/.test(line);
        case 'bin/console':
        case 'doctrine':
          return /doctrine:(?:database|schema):drop/.test(line);
        case 'dropdb':
        case 'dropuser':
          return !scratch.test(
            operands(args, new Set(['-h', '-p', '-U', '--host', '--port', '--username'])).at(-1) ?? '',
          );
        case 'redis-cli':
        case 'valkey-cli':
        case 'keydb-cli':
          return (
            /\b(?:flushall|flushdb|shutdown|debug|slaveof|replicaof|module load)\b|\bconfig set (?:dir|dbfilename)\b/i.test(
              line,
            ) || /^(?:del|unlink)$/i.test(args.at(-1) ?? '')
          );
        case 'mysqladmin':
          return args.includes('drop');
        case 'rails':
        case 'rake':
          return /\bdb:(?:drop|reset|purge)\b/.test(line) && !/RAILS_ENV=test/.test(line);
        case 'prisma':
          return /\bmigrate reset\b|--force-reset|--accept-data-loss/.test(line);
        case 'php':
        case 'artisan':
          return /\bmigrate:(?:fresh|reset)\b|\bdb:wipe\b|doctrine:(?:database|schema):drop/.test(line);
        case 'python':
        case 'python3':
        case 'manage.py':
          return /\bmanage\.py (?:flush|reset_db)\b/.test(`${name} ${line}`);
        case 'supabase':
          return /\bdb reset\b.*--linked/.test(line);
        case 'sequelize':
          return /\bdb:drop\b|migrate:undo:all/.test(line);
        case 'alembic':
          return /downgrade base/.test(line);
        case 'typeorm':
          return /schema:drop/.test(line);
        case 'flyway':
          return args.includes('clean');
        case 'liquibase':
          return /drop-?all/i.test(line);
        case 'etcdctl':
          return args[0] === 'del' && args.includes('--prefix');
        case 'influx':
          return args[0] === 'delete' || (args[0] === 'bucket' && args[1] === 'delete');
        default:
          return false;
      }
    },
    examples: [
      "psql -c 'DROP TABLE users'",
      'psql app <<SQL\nTRUNCATE orders;\nSQL',
      'mysql -e "drop database shop"',
      'redis-cli FLUSHALL',
      "mongosh --eval 'db.dropDatabase()'",
      "sqlite3 app.db 'DROP TABLE users;'",
      'dropdb production',
      'curl -X DELETE localhost:9200/_all',
      "curl -XDELETE 'http://es.prod:9200/logs-*'",
      'npx knex migrate:rollback --all',
      'echo "drop table users;" > x.sql; psql -f x.sql',
      'redis-cli --scan | xargs redis-cli del',
      { kind: 'tool-call', name: 'query', input: { sql: 'DROP SCHEMA public CASCADE' } },
      { kind: 'code', language: 'sql', text: 'DROP DATABASE shop;' },
    ],
    counterExamples: [
      "psql -c 'select 1'",
      'psql -c "select \'drop table x\'"',
      'createdb app',
      'dropdb app_test',
      'redis-cli GET x',
      'redis-cli DEL session:1',
      'RAILS_ENV=test rails db:reset',
      'curl -X DELETE localhost:9200/test-index',
      'curl -s localhost:9200/_cat/indices',
      'npx prisma migrate dev',
      "psql -c 'create table t (id int)'",
    ],
  },
  {
    id: 'database-delete-all',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes or changes every row of a table.',
    when: everywhere,
    signs: ['delete-all'],
    examples: [
      "psql -c 'DELETE FROM users'",
      'mysql shop -e "UPDATE users SET admin = 1"',
      "sqlite3 app.db 'delete from logs;'",
    ],
    counterExamples: [
      "psql -c 'DELETE FROM users WHERE id = 3'",
      "psql -c 'select * from users'",
      'mysql -e "update users set name=\'x\' where id=1"',
    ],
  },
  {
    id: 'database-grant',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Gives a database user every right.',
    when: everywhere,
    signs: ['grant'],
    examples: ["psql -c 'ALTER USER app SUPERUSER'", `mysql -e "GRANT ALL PRIVILEGES ON *.* TO 'x'@'%'"`],
    counterExamples: ["psql -c 'GRANT SELECT ON t TO reader'"],
  },
];
