import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';

/** Meta's question when an endpoint is entered in its dashboard (WhatsApp Cloud API, create-webhook-endpoint). */
export class HandshakeQuery {
  @ApiProperty({ enum: ['subscribe'], example: 'subscribe' })
  @IsIn(['subscribe'])
  'hub.mode': string;

  @ApiProperty({ example: '1158201444' })
  @IsString()
  @Length(1, 255)
  'hub.challenge': string;

  @ApiProperty({ example: 'the-token-you-chose' })
  @IsString()
  @Length(1, 255)
  'hub.verify_token': string;
}
