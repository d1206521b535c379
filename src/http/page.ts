/**
 * Cursor pagination. A cursor says where the last page ended and for which filters; it holds no authority: whatever
 * it says, the list is read through the caller's own organization.
 */
import { Transform } from 'class-transformer';
import { createHash } from 'node:crypto';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, isUUID, Max, MaxLength, Min } from 'class-validator';
import { Problem } from './problem.js';

const version = 1;

export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 20, example: 20 })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (/^\d{1,4}$/.test(String(value)) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  @ApiPropertyOptional({ description: 'page.nextCursor of the page before, with the same filters' })
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;
}

export class PageInfo {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'WzEsIjAxOWFhNWMwLTdlMWEtN2MzYi05ZDZlLTJmMWIwYTRjNWQwMyIsIkpnUUZqN3pDRE0iXQ',
    description: 'Send as `cursor` for the next page; null on the last',
  })
  nextCursor: string | null;
}

/** Lists are sorted by id: UUIDv7, so the oldest first. */
export interface Page<Row> {
  data: Row[];
  page: PageInfo;
}

type Filters = Readonly<Record<string, unknown>>;

/** The id after which the page starts. @throws Problem `cursor-invalid` */
export function startAfter(cursor: string | undefined, filters: Filters): string | undefined {
  if (cursor === undefined) return undefined;
  const [cursorVersion, id, hash, ...rest] = decode(cursor);
  if (cursorVersion !== version || !isUUID(id) || hash !== filterHash(filters) || rest.length > 0) {
    throw new Problem('cursor-invalid', {
      detail: 'Take page.nextCursor of the page before and keep its filters.',
    });
  }
  return id as string;
}

/** @param rows up to one more than `limit`: the extra one says that there is a next page */
export function pageOf<Row extends { id: string }>(rows: Row[], limit: number, filters: Filters): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const more = rows.length > limit && last;
  return { data, page: { nextCursor: more ? encode([version, last.id, filterHash(filters)]) : null } };
}

function filterHash(filters: Filters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const text = JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 10);
}

function encode(parts: unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function decode(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
