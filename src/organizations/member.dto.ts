import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { memberRoles, type MemberRole } from '../auth/permissions.js';
import { memberIdExample, timeExample, userIdExample } from '../http/openapi.examples.js';
import { PageInfo, PageQuery, type Page } from '../http/page.js';
import { memberStatuses, type Member } from './member.entity.js';

export class MembersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: memberRoles, example: 'agent' })
  @IsOptional()
  @IsIn(memberRoles)
  role?: MemberRole;

  @ApiPropertyOptional({ enum: memberStatuses, example: 'active' })
  @IsOptional()
  @IsIn(memberStatuses)
  status?: Member['status'];
}

export class MemberAnswer {
  @ApiProperty({ example: memberIdExample, format: 'uuid' })
  id: string;

  @ApiProperty({ example: userIdExample, format: 'uuid' })
  userId: string;

  @ApiProperty({ example: 'olivia@volt-motors.example' })
  email: string;

  @ApiProperty({ example: 'Olivia Ohm' })
  displayName: string;

  @ApiProperty({ enum: memberRoles, example: 'owner' })
  role: MemberRole;

  @ApiProperty({ enum: memberStatuses, example: 'active' })
  status: Member['status'];

  @ApiProperty({ example: 1, description: 'The entity tag of this member is this number in quotes' })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', example: timeExample })
  updatedAt: string;
}

export class MembersPage implements Page<MemberAnswer> {
  @ApiProperty({ type: [MemberAnswer] })
  data: MemberAnswer[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class UpdateMember {
  @ApiPropertyOptional({ enum: memberRoles, example: 'agent', description: 'At most your own role' })
  @IsOptional()
  @IsIn(memberRoles)
  role?: MemberRole;

  @ApiPropertyOptional({
    enum: memberStatuses,
    example: 'removed',
    description: '`removed` ends access with the next request',
  })
  @IsOptional()
  @IsIn(memberStatuses)
  status?: Member['status'];
}
