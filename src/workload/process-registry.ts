/** The records on disk: one JSON file a revision and one an instance, each replaced as a whole. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { HostRecord } from './host-record.ts';
import { InstanceRecord, RevisionRecord } from './process-records.ts';

export interface Registered {
  readonly revisions: readonly RevisionRecord[];
  readonly instances: readonly InstanceRecord[];
  readonly hosts: readonly HostRecord[];
}

/**
 *   <state>/revisions/<revision>.json     what was asked for; written before its first instance, removed after its last
 *   <state>/instances/<id>.json           what was started
 *   <state>/hosts/<name>.json             what is known of a host
 *   <state>/logs/<id>.log                 what was written by an instance, or by the commands for a host
 *
 * Written without waiting for the disk: a crash of the machine ends the processes that the records speak of.
 */
export class ProcessRegistry {
  readonly #revisions: string;
  readonly #instances: string;
  readonly #hosts: string;
  readonly logsDir: string;
  /** Of the commands that are under way for hosts. */
  readonly runsDir: string;

  constructor(stateDir: string) {
    this.#revisions = join(stateDir, 'revisions');
    this.#instances = join(stateDir, 'instances');
    this.#hosts = join(stateDir, 'hosts');
    this.logsDir = join(stateDir, 'logs');
    this.runsDir = join(stateDir, 'runs');
  }

  /** Reads everything; refuses as a whole when one record can't be trusted, because a process might be behind it. */
  load(): Result<Registered> {
    try {
      for (const path of [this.#revisions, this.#instances, this.#hosts, this.logsDir, this.runsDir]) {
        mkdirSync(path, { recursive: true, mode: 0o700 });
      }
      const revisions = readRecords(this.#revisions, RevisionRecord);
      const instances = readRecords(this.#instances, InstanceRecord);
      revisions.sort((a, b) => a.createdAtMs - b.createdAtMs);
      instances.sort((a, b) => a.ordinal - b.ordinal);
      return ok({ revisions, instances, hosts: readRecords(this.#hosts, HostRecord) });
    } catch (error) {
      const message = `${messageOf(error)}; repair or remove the file (and end the process it names), then start again`;
      return failed({ reason: 'RegistryUnreadable', message, retryable: false });
    }
  }

  saveRevision(record: RevisionRecord): Result<void> {
    return write(fileOf(this.#revisions, record.revision), record);
  }

  saveInstance(record: InstanceRecord): Result<void> {
    return write(fileOf(this.#instances, record.id), record);
  }

  saveHost(record: HostRecord): Result<void> {
    return write(fileOf(this.#hosts, record.name), record);
  }

  removeRevision(revision: string): void {
    remove(fileOf(this.#revisions, revision));
  }

  removeInstance(id: string): void {
    remove(fileOf(this.#instances, id));
  }

  logPath(id: string): string {
    return join(this.logsDir, `${encodeURIComponent(id)}.log`);
  }
}

function fileOf(directory: string, name: string): string {
  return join(directory, `${encodeURIComponent(name)}.json`);
}

function readRecords<T>(directory: string, schema: z.ZodType<T>): T[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return files.map((name) => {
    const path = join(directory, name);
    const parsed = schema.safeParse(parseJson(path, readFileSync(path, 'utf8')));
    if (!parsed.success) throw new Error(`${path} is not a record of this version: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${messageOf(error)}`);
  }
}

/** A record that can't be removed speaks of a process that has ended: the next controller finds that out and tries again. */
const remove = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
};

function write(path: string, record: object): Result<void> {
  const next = `${path}.next`;
  try {
    writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, path);
    return ok(undefined);
  } catch (error) {
    const message = `${path} can't be written: ${messageOf(error)}`;
    return failed({ reason: 'RegistryUnwritable', message, retryable: true });
  }
}
