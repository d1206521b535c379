import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { AutoLogin } from './auto-login.js';
import { Clock } from './clock.js';
import { MeController } from './me.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [SessionsController, MeController],
  providers: [AccessTokens, RefreshTokens, SessionsService, AutoLogin, Clock],
  exports: [AccessTokens, AutoLogin],
})
export class AuthModule {}
