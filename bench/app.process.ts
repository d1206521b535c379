/** The whole application as `npm start` builds it, on a port of its own. Settings come from its environment. */
import { createApp } from '../src/app.js';
import { processEnvironment } from '../src/config/process-environment.js';
import { loadSettings } from '../src/config/settings.js';
import { reportServer } from './server-process.js';

const app = await createApp(loadSettings(processEnvironment()));
const url = await app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
reportServer(Number(new URL(url).port));
