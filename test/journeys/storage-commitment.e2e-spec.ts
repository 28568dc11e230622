/**
 * A storage commitment under `kill -9`: the hub dies after it took the request and before anything was reported, is started
 * again on the same home, and the gateway gets the one report that was promised.
 */
import { readFileSync } from 'node:fs';
import { EXPLICIT_VR_LITTLE_ENDIAN, deriveUid, parseUid } from '@modelbank/dicom';
import {
  STORAGE_COMMITMENT,
  openAssociation,
  readCommitmentReport,
  readStoreOperation,
  writeCommitmentRequest,
} from '@modelbank/dimse';
import { ReportTaker } from '@modelbank/testing';
import { join } from 'node:path';
import { enrolCentre, send, until } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import { SMALL_CHEST } from './support/journey-package';

const CONTEXT = { sopClassUid: STORAGE_COMMITMENT.sopClassUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };

it('a request that was taken is decided once and reported, although the hub was killed in between', async () => {
  const work = newHome();
  const home = join(work, 'home');
  const { paths } = await phantomFiles(join(work, 'ct'), 'commitment', SMALL_CHEST);
  const doomed = await startHubProcess(home);
  const centre = await enrolCentre(doomed, { id: 'odense', aeTitle: 'ODENSE_GW' });
  const gateway = await ReportTaker.listen();
  await doomed.api.post('/centres/odense/calling-aes/ODENSE_GW/storage-commitment', {
    ...{ host: '127.0.0.1', port: gateway.port, tls: false },
  });
  expect((await send(doomed, centre, paths)).filter(({ error }) => error)).toEqual([]);

  const operations = await Promise.all(paths.map((path) => readStoreOperation(path)));
  const references = operations.map((each) => ({
    sopClassUid: parseUid(each.sopClassUid),
    sopInstanceUid: parseUid(each.sopInstanceUid),
  }));
  const transactionUid = deriveUid('commitment under kill -9');
  const { caPath, certPath, keyPath } = centre.client;
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: doomed.dimsePort, callingAeTitle: 'ODENSE_GW', calledAeTitle: 'MODELBANK' },
    tls: { ca: readFileSync(caPath), cert: readFileSync(certPath), key: readFileSync(keyPath) },
    presentationContexts: [CONTEXT],
  });
  const status = await association.action({
    ...CONTEXT,
    sopInstanceUid: STORAGE_COMMITMENT.sopInstanceUid,
    typeId: STORAGE_COMMITMENT.requestCommitment,
    dataSet: writeCommitmentRequest({ transactionUid, references }, EXPLICIT_VR_LITTLE_ENDIAN),
  });
  await doomed.kill();
  expect(status).toBe(0);
  expect(gateway.reports).toEqual([]);

  const hub = await startHubProcess(home);
  await until(
    async () => gateway.reports.length,
    (taken) => taken > 0,
  );
  const report = readCommitmentReport(gateway.reports[0].dataSet, EXPLICIT_VR_LITTLE_ENDIAN, 20_000);
  expect(report).toEqual({ transactionUid, committed: references, failed: [] });
  const [transaction, ...others] = await until(
    () => hub.api.get<{ id: string; state: string }[]>('/commitments'),
    ([first]) => first?.state === 'reported',
  );
  expect(others).toEqual([]);
  expect(gateway.reports).toHaveLength(1);
  await hub.stop();
  await gateway.close();
  removeHome(work);
  expect(transaction).toMatchObject({ state: 'reported', requested: paths.length, failed: 0 });
}, 120_000);
