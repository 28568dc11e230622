/** nginx as the TLS end in front of Orthanc, whose own HTTPS Debian's build cannot be trusted with: mutual TLS, nothing buffered. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevelopmentPki } from '@modelbank/dimse';
import { freePort, ListeningTool } from '@modelbank/testing';

export const NGINX = '/usr/sbin/nginx';

/** Listens on a free port and passes everything on to `httpPort`. */
export async function startNginx(folder: string, pki: DevelopmentPki, httpPort: number): Promise<ListeningTool> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const { certPath, keyPath } = pki.hub.server;
  const configuration = `
daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')}; worker_processes 1;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path ${join(folder, 'body')}; proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'f')}; uwsgi_temp_path ${join(folder, 'u')}; scgi_temp_path ${join(folder, 's')};
  server {
    listen 127.0.0.1:${port} ssl; client_max_body_size 0;
    ssl_certificate ${certPath}; ssl_certificate_key ${keyPath};
    ssl_client_certificate ${pki.caPath}; ssl_verify_client on; ssl_protocols TLSv1.2 TLSv1.3;
    location / { proxy_pass http://127.0.0.1:${httpPort}; proxy_request_buffering off; proxy_http_version 1.1; }
  }
}`;
  const path = join(folder, 'nginx.conf');
  await writeFile(path, configuration);
  return ListeningTool.start(NGINX, ['-c', path, '-p', folder], port);
}
