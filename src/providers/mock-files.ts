/**
 * What mocks remember, in files of one folder: every process that is given the folder sees the same, and what was
 * appended is still there after SIGKILL (the kernel has it; only a crash of the machine could lose it).
 */
import { createHash } from 'node:crypto';
import { constants, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class MockFiles {
  private readonly folder: string | undefined;

  /** @param folder `MOCKS_DIR`; undefined where no provider is a mock, and then nothing may be remembered */
  constructor(folder: string | undefined) {
    this.folder = folder;
  }

  /** Appends a line in one write, so that lines of two processes never mix. */
  async append(name: string, entry: object): Promise<void> {
    await mkdir(this.path(), { recursive: true, mode: 0o700 });
    await this.appendWith('a', name, entry);
  }

  /** @returns whether there is such a file; it is not made */
  async appendToExisting(name: string, entry: object): Promise<boolean> {
    try {
      await this.appendWith(constants.O_APPEND | constants.O_WRONLY, name, entry);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Every whole line, the oldest first; a line that is being written is not there yet. */
  async lines<Entry>(name: string): Promise<Entry[]> {
    try {
      const text = await readFile(this.path(name), 'utf8');
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Entry);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Puts a file of one line in its place; who appends to the one before is too late, and harms nothing. */
  async replace(name: string, entry: object): Promise<void> {
    await mkdir(this.path(), { recursive: true, mode: 0o700 });
    const next = this.path(`${name}.${process.pid}.${performance.now()}`);
    await writeFile(next, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    await rename(next, this.path(name));
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true });
  }

  /** @returns true for exactly one caller of all processes, until `group` is removed */
  async first(group: string, key: string): Promise<boolean> {
    await mkdir(this.path(group), { recursive: true, mode: 0o700 });
    const mark = join(this.path(group), createHash('sha256').update(key).digest('hex'));
    try {
      await (await open(mark, 'wx', 0o600)).close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  private async appendWith(flags: string | number, name: string, entry: object): Promise<void> {
    const file = await open(this.path(name), flags, 0o600);
    try {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      const { bytesWritten } = await file.write(line);
      if (bytesWritten !== line.length) throw new Error(`${name}: the disk took half a line`);
    } finally {
      await file.close();
    }
  }

  private path(name = ''): string {
    if (this.folder === undefined) throw new Error('no provider is a mock here: MOCKS_DIR is not set');
    return join(this.folder, name);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
