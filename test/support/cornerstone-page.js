// Runs in a browser (cornerstone.int-spec.ts bundles it): loads each image as OHIF does and says what pixels it got.
import * as cornerstone from '@cornerstonejs/core';
import { init, wadors } from '@cornerstonejs/dicom-image-loader';

const tell = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });

async function load(base, path, authorization) {
  const answer = await fetch(`${base}/${path}/metadata`, {
    headers: { ...authorization, Accept: 'application/dicom+json' },
  });
  const [metadata] = await answer.json();
  const imageId = `wadors:${base}/${path}/frames/1`;
  wadors.metaDataManager.add(imageId, metadata);
  const image = await cornerstone.imageLoader.loadAndCacheImage(imageId);
  const { buffer, byteOffset, byteLength } = image.getPixelData();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(buffer, byteOffset, byteLength)));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { rows: image.rows, columns: image.columns, sha256 };
}

async function run() {
  const { base, token, paths } = await (await fetch('/asked.json')).json();
  const authorization = { Authorization: `Bearer ${token}` };
  await cornerstone.init();
  init({ maxWebWorkers: 1, beforeSend: (_xhr, _imageId, headers) => ({ ...headers, ...authorization }) });
  const images = [];
  for (const path of paths) images.push(await load(base, path, authorization));
  await tell({ images });
}

run().catch((error) => tell({ error: String(error?.error?.message ?? error?.message ?? error) }));
