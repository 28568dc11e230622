/** What every HTTP request passes before any route: loopback names only, safe headers, a bounded JSON body. */
import type { IncomingMessage } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { loopbackOnly } from '../access';
import { DICOMWEB_PREFIX } from '../dicomweb/paths';

const LARGEST_BODY = '1mb';

/** For an application made with `bodyParser: false`. */
export function prepareHttp(app: NestExpressApplication): void {
  app.use(loopbackOnly);
  app.use(helmet());
  app.useBodyParser('json', { limit: LARGEST_BODY, type: isJsonOfTheApi });
}

/** Bodies of DICOMweb are read by their routes, as streams. */
function isJsonOfTheApi({ url = '', headers }: IncomingMessage): boolean {
  return !url.startsWith(DICOMWEB_PREFIX) && /^application\/json *(;|$)/i.test(headers['content-type'] ?? '');
}
