import { Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Access } from '../auth/access.decorator.js';
import type { Vendor } from '../connections/vendors.js';
import { bytesOf, rawBody } from '../http/raw-body.js';
import { Handshake } from './handshake.js';
import { HandshakeQuery } from './handshake.dto.js';
import { Receiver } from './receiver.js';
import { ApiDelivery, ApiHandshake, Receipt } from './webhooks.openapi.js';

type Delivery = FastifyRequest<{ Params: { endpointKey: string } }>;

/** The same for every environment: not one line below here asks where it runs (S4.7). */
@ApiTags('Webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly receiver: Receiver,
    private readonly handshake: Handshake,
  ) {}

  @Post('shopify/:endpointKey')
  @Access('webhook')
  @HttpCode(200)
  @RouteConfig(rawBody)
  @ApiDelivery('Shopify')
  async shopify(@Req() request: Delivery): Promise<Receipt> {
    return this.receive('shopify', request);
  }

  @Post('whatsapp/:endpointKey')
  @Access('webhook')
  @HttpCode(200)
  @RouteConfig(rawBody)
  @ApiDelivery('WhatsApp')
  async whatsapp(@Req() request: Delivery): Promise<Receipt> {
    return this.receive('whatsapp', request);
  }

  @Post('richpanel/:endpointKey')
  @Access('webhook')
  @HttpCode(200)
  @RouteConfig(rawBody)
  @ApiDelivery('Richpanel')
  async richpanel(@Req() request: Delivery): Promise<Receipt> {
    return this.receive('richpanel', request);
  }

  @Get('whatsapp/:endpointKey')
  @Access('webhook')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiHandshake()
  async confirm(@Param('endpointKey') key: string, @Query() query: HandshakeQuery): Promise<string> {
    return this.handshake.answer(key, query);
  }

  private async receive(vendor: Vendor, request: Delivery): Promise<Receipt> {
    const incoming = { headers: request.headers, body: bytesOf(request) };
    return { status: await this.receiver.receive(vendor, request.params.endpointKey, incoming) };
  }
}
