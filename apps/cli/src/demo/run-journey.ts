/** One CT from the first demonstration centre to its RTSTRUCT and back, told as it happens. */
import { join } from 'node:path';
import type { CommandContext } from '../context';
import { developmentCertificate } from '../commands/development-certificate';
import { explanationText } from '../commands/explain';
import type { ExplanationAnswer } from '../commands/explain';
import { roiTable } from '../commands/results';
import type { ResultAnswer } from '../commands/results';
import type { FoundInstances } from '../journey/find-instances';
import { followStudy } from '../journey/follow-study';
import { refusalLines, refusedFiles, requireAccepted } from '../journey/refused-files';
import { sendWithProgress } from '../journey/send-with-progress';
import { resultIdsOf } from '../journey/study-progress';
import { DEMO_CENTRES } from './enrol-centres';
import type { RunningHub } from './hub-process';
import type { DemoReceiver } from './receiver';
import { scanToSend } from './scan-to-send';
import { writeContactSheet } from './show-result';

const TIMEOUT_MS = 30 * 60_000;
const [SENDER] = DEMO_CENTRES;

/** True when at least one structure set came back. */
export async function runJourney(
  context: CommandContext,
  hub: RunningHub,
  receiver: DemoReceiver,
  own: string | null,
): Promise<boolean> {
  const { output, home } = context;
  const folder = join(home, 'demo', SENDER.id);
  output.note(own === null ? '\nA synthetic chest CT is made (libs/phantoms) ...' : `\nReading ${own} ...`);
  const scan = await scanToSend(own, join(folder, 'ct'), String(Date.now()));
  await send(context, hub, scan);
  const results: ResultAnswer[] = [];
  for (const uid of scan.studyInstanceUids) {
    const tell = (line: string) => output.note(line);
    const progress = await followStudy(hub.client, uid, SENDER.id, { timeoutMs: TIMEOUT_MS, tell });
    for (const id of resultIdsOf(progress)) results.push(await hub.client.get<ResultAnswer>(`/results/${id}`));
  }
  const shown: object[] = [];
  for (const result of results) shown.push(await show(context, receiver, scan, result, folder));
  if (results.length === 0) await explainAll(context, hub, scan);
  tellHowToSend(context, hub);
  if (output.asJson) output.answer({ results: shown }, '');
  return results.length > 0;
}

async function send({ output, home }: CommandContext, hub: RunningHub, scan: FoundInstances): Promise<void> {
  output.note(`sending    ${scan.paths.length} instances as ${SENDER.aeTitle} over mutual TLS`);
  const sent = await sendWithProgress(scan.paths, {
    host: '127.0.0.1',
    port: hub.address.dimsePort,
    callingAeTitle: SENDER.aeTitle,
    calledAeTitle: 'MODELBANK',
    certificate: await developmentCertificate(home, SENDER.id),
    showBar: !output.asJson,
  });
  for (const line of refusalLines(refusedFiles(sent))) output.note(line);
  requireAccepted(sent);
}

async function show(
  { output }: CommandContext,
  receiver: DemoReceiver,
  scan: FoundInstances,
  result: ResultAnswer,
  folder: string,
): Promise<object> {
  const path = receiver.pathOf(result.sopInstanceUid);
  output.note(`\n${roiTable(result.rois)}\n\n${result.remarks.join('\n')}`);
  if (path === undefined) {
    output.note(`The structure set was not delivered; fetch it: bin/modelbank results get ${result.id}`);
    return result;
  }
  const sheet = join(folder, `contours.${result.id}.png`);
  await writeContactSheet(scan.paths, path, result.remarks[0], sheet);
  output.note(`\nRTSTRUCT       ${path}\ncontact sheet  ${sheet}`);
  return { ...result, path, contactSheet: sheet };
}

async function explainAll({ output }: CommandContext, hub: RunningHub, scan: FoundInstances): Promise<void> {
  for (const uid of scan.seriesInstanceUids) {
    const answers = await hub.client.get<ExplanationAnswer[]>(`/series/${uid}/explanation`).catch(() => []);
    output.note(`\nNo model ran on this series:\n${answers.map(explanationText).join('\n')}`);
  }
}

function tellHowToSend({ output, home }: CommandContext, hub: RunningHub): void {
  const pki = join(home, 'pki');
  const { dimsePort } = hub.address;
  output.note(
    [
      '\nSend your own CT:',
      '  npm start -- --dicom DIR',
      `  bin/modelbank submit DIR --centre ${SENDER.id} --wait --out results`,
      'or with dcmtk, while the hub serves:',
      `  storescu +tls ${pki}/centres/${SENDER.id}/client.key ${pki}/centres/${SENDER.id}/client.crt +cf ${pki}/ca.crt \\`,
      `    -aet ${SENDER.aeTitle} -aec MODELBANK +sd +r 127.0.0.1 ${dimsePort} DIR`,
    ].join('\n'),
  );
}
