/** What every HTTP request passes before any route: loopback names only, safe headers, a bounded JSON body. */
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { loopbackOnly } from '../access';

const LARGEST_BODY = '1mb';

/** For an application made with `bodyParser: false`. */
export function prepareHttp(app: NestExpressApplication): void {
  app.use(loopbackOnly);
  app.use(helmet());
  app.useBodyParser('json', { limit: LARGEST_BODY });
}
