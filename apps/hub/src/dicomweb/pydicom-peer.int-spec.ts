/** Another implementation as the client: Python's own HTTPS, a quoted boundary with a space, no line end after the last one, pydicom reading what we answer. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { itWhen, PYTHON } from '@modelbank/testing';
import { element, sliceUids } from '../../../../test/support/ct-slices';
import { sliceFile } from '../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../test/support/intake-bench';

/** Sends the files of a folder, then searches; prints what pydicom makes of the answers. */
const CLIENT = `
import http.client, json, os, ssl, sys
from pydicom import Dataset
folder, port, ca, cert, key, study = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
connection = http.client.HTTPSConnection('localhost', int(port), context=context)

def ask(method, path, body=None, headers={}):
    connection.request(method, '/dicomweb/MODELBANK/' + path, body, {'Accept': 'application/dicom+json', **headers})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())

boundary = 'python peer'
body = b''
for name in sorted(os.listdir(folder)):
    body += b'--' + boundary.encode() + b'\\r\\nMIME-Version: 1.0\\r\\nContent-Type: application/dicom\\r\\nContent-Location: x\\r\\n\\r\\n'
    body += open(os.path.join(folder, name), 'rb').read() + b'\\r\\n'
body += b'--' + boundary.encode() + b'--'
status, stored = ask('POST', 'studies', body, {'Content-Type': 'multipart/related; type="application/dicom"; boundary="' + boundary + '"'})
answer = Dataset.from_json(stored)
found = [Dataset.from_json(item) for item in ask('GET', 'studies?StudyInstanceUID=' + study)[1]]
series = [Dataset.from_json(item) for item in ask('GET', 'studies/' + study + '/series')[1]]
instances = [Dataset.from_json(item) for item in ask('GET', 'studies/' + study + '/instances')[1]]
print(json.dumps({
  'status': status,
  'stored': [item.ReferencedSOPInstanceUID for item in answer.ReferencedSOPSequence],
  'url': answer.RetrieveURL,
  'name': str(found[0].PatientName),
  'modalities': found[0].ModalitiesInStudy,
  'counts': [int(found[0].NumberOfStudyRelatedSeries), int(found[0].NumberOfStudyRelatedInstances)],
  'series': [[each.Modality, int(each.SeriesNumber)] for each in series],
  'instances': [int(each.InstanceNumber) for each in instances],
  'rows': [each.Rows for each in instances],
}))
`;

const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;

itWhen(hasPydicom, 'no python3 with pydicom here')(
  'a client in Python sends a study and reads every answer with pydicom',
  async () => {
    const bench = await IntakeBench.open();
    const folder = await mkdtemp(join(tmpdir(), 'modelbank-python-'));
    try {
      await bench.enrol();
      const more = [
        element(0x00080005, 'CS', 'ISO_IR 100'),
        element(0x00100010, 'PN', 'S\xf8rensen^Bj\xf8rn'),
        element(0x00200011, 'IS', '4'),
      ];
      const plans = [0, 1, 2].map((k) => ({ seed: 'python', k, side: 64, more }));
      for (const plan of plans) await writeFile(join(folder, String(plan.k)), sliceFile(plan));
      const { caPath, certPath, keyPath } = bench.toolTls('odense');
      const { study } = sliceUids(plans[0]);
      const args = ['-c', CLIENT, folder, String(bench.dicomwebPort), caPath, certPath, keyPath, study];
      const told = JSON.parse((await promisify(execFile)(PYTHON, args)).stdout) as Record<string, unknown>;
      const uids = plans.map((plan) => sliceUids(plan).instance);
      expect(told).toMatchObject({
        ...{ status: 200, stored: uids, name: 'Sørensen^Bjørn', modalities: 'CT', counts: [1, 3], series: [['CT', 4]] },
        ...{ rows: [64, 64, 64], url: expect.stringContaining(study) as string },
      });
      expect((told.instances as number[]).sort()).toEqual([1, 2, 3]);
    } finally {
      await bench.dispose();
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);
