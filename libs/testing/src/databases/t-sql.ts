/**
 * The T-SQL that TypeORM's mssql driver would send, recorded without a server, and a check of it: the T-SQL grammar of
 * antlr4ts-sql plus a list of what other databases know and SQL Server does not. It shows that statements are T-SQL; that
 * SQL Server runs them is shown only where MODELBANK_TEST_MSSQL_URL is set.
 */
import type { ANTLRErrorListener } from 'antlr4ts-sql';
import { DataSource, QueryResult } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import { loadConfiguration } from '@modelbank/platform';
import { applyColumnKinds, dataSourceOptions } from '@modelbank/store';

export interface RecordedStatement {
  readonly sql: string;
  /** TypeORM's MssqlParameter, or a plain value. */
  readonly parameters: readonly unknown[];
}

export interface TSqlRecorder {
  readonly dataSource: DataSource;
  readonly statements: readonly RecordedStatement[];
}

/** A data source for SQL Server that connects to nothing: each statement is recorded and answered with no rows. */
export async function recordTSql(): Promise<TSqlRecorder> {
  const statements: RecordedStatement[] = [];
  const env = { MODELBANK_DATABASE_TYPE: 'mssql', MODELBANK_DATABASE_URL: 'mssql://nobody@127.0.0.1:1/none' };
  const dataSource = new Connectionless(dataSourceOptions(loadConfiguration(env), 'writer'));
  await dataSource.prepare();
  const { driver } = dataSource;
  const makeRunner = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => recording(makeRunner(mode), statements);
  return { dataSource, statements };
}

class Connectionless extends DataSource {
  async prepare(): Promise<void> {
    await this.buildMetadatas();
    applyColumnKinds(this, 'mssql');
  }
}

function recording(runner: QueryRunner, statements: RecordedStatement[]): QueryRunner {
  const mutable = runner as { -readonly [K in keyof QueryRunner]: QueryRunner[K] };
  const answer = (sql: string, parameters: unknown[] = [], useStructuredResult?: boolean): Promise<unknown> => {
    statements.push({ sql, parameters });
    const nothing = Object.assign(new QueryResult(), { raw: [], records: [], affected: 0 });
    return Promise.resolve(useStructuredResult === true ? nothing : []);
  };
  mutable.query = answer as QueryRunner['query'];
  mutable.connect = () => Promise.resolve();
  mutable.release = () => Promise.resolve();
  mutable.startTransaction = () => Promise.resolve(void (mutable.isTransactionActive = true));
  mutable.commitTransaction = () => Promise.resolve(void (mutable.isTransactionActive = false));
  mutable.rollbackTransaction = () => Promise.resolve(void (mutable.isTransactionActive = false));
  return runner;
}

/** Words of other dialects; the grammar takes some of them for names, and some types are deprecated. */
const FOREIGN: readonly RegExp[] = [
  /\bLIMIT\b/i,
  /\bRETURNING\b/i,
  /\bboolean\b/i,
  /\bjsonb?\b(?!")/i,
  /\btimestamptz\b/i,
  /\bnow\s*\(/i,
  /\bn?text\b(?!")/i,
  /\bILIKE\b/i,
  /\bON\s+CONFLICT\b/i,
  /\bFOR\s+UPDATE\b/i,
  /::/,
];

/** What is wrong with a statement; empty when it is T-SQL. Names in double quotes are not looked at. */
export async function tSqlProblems(sql: string): Promise<string[]> {
  const withoutNames = sql.replace(/"[^"]*"/g, '"n"').replace(/'[^']*'/g, "'v'");
  const foreign = FOREIGN.filter((word) => word.test(withoutNames)).map((word) => `not of SQL Server: ${word.source}`);
  return [...foreign, ...(await syntaxErrors(sql))];
}

/** The grammar takes a second to load: only who needs it pays. */
async function syntaxErrors(sql: string): Promise<string[]> {
  const { antlr4tsSQL, SQLDialect } = await import('antlr4ts-sql');
  const errors: string[] = [];
  const listener: ANTLRErrorListener<unknown> = {
    syntaxError: (_recognizer, _symbol, line, column, message) => {
      errors.push(`line ${line}:${column} ${message.slice(0, 120)}`);
    },
  };
  const parser = new antlr4tsSQL(SQLDialect.TSQL);
  const tree = parser.getParser(parser.getTokens(sql, [listener]), [listener]);
  parser.getParseTree(tree);
  return errors;
}
