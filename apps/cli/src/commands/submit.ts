/** `modelbank submit`: sends scans to the hub through its DICOM door, and waits for what comes of them. */
import type { Command } from 'commander';
import { HubError, exitCodeOf } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { CommandContext, SetExitCode } from '../context';
import { readHubAddress } from '../hub-client';
import type { HubClient } from '../hub-client';
import { findInstances } from '../journey/find-instances';
import type { FoundInstances } from '../journey/find-instances';
import { followStudy } from '../journey/follow-study';
import { refusalLines, refusedFiles, requireAccepted } from '../journey/refused-files';
import type { RefusedFile } from '../journey/refused-files';
import { sendWithProgress } from '../journey/send-with-progress';
import { resultIdsOf, whyNothing } from '../journey/study-progress';
import type { StudyProgressAnswer } from '../journey/study-progress';
import type { CentreAnswer } from './centre-text';
import { developmentCertificate } from './development-certificate';
import { fetchResult, roiTable } from './results';
import type { ResultAnswer } from './results';

interface SubmitOptions {
  readonly centre: string;
  readonly ae?: string;
  readonly called: string;
  readonly wait?: boolean;
  readonly out?: string;
  readonly timeoutSeconds: string;
}

export function addSubmitCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('submit')
    .argument('<paths...>', 'folders or files with DICOM instances')
    .requiredOption('--centre <id>', 'the centre that sends, with its development certificate')
    .option('--ae <title>', "calling AE title (default: the centre's first)")
    .option('--called <title>', 'called AE title of the hub', 'MODELBANK')
    .option('--wait', 'wait until the study has come to its end')
    .option('--out <dir>', 'write the results there (implies --wait)')
    .option('--timeout-seconds <n>', 'how long to wait', '1800')
    .description('send scans as DICOM over mutual TLS and show their journey')
    .action(async (paths: string[], options: SubmitOptions, command: Command) => {
      const context = contextOf(command, setExitCode);
      const hub = await context.connect();
      const found = await findInstances(paths);
      const sent = await send(context, hub, found, options);
      if (options.wait !== true && options.out === undefined) {
        context.output.answer(
          { ...sent, studyInstanceUids: found.studyInstanceUids },
          `${sent.accepted} instances accepted; look with: bin/modelbank series and bin/modelbank jobs`,
        );
        return;
      }
      await waitAndFetch(context, hub, found, sent, options);
    });
}

interface Sent {
  readonly accepted: number;
  readonly refused: readonly RefusedFile[];
}

async function send(
  context: CommandContext,
  hub: HubClient,
  found: FoundInstances,
  options: SubmitOptions,
): Promise<Sent> {
  const { home, output } = context;
  const centre = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(options.centre)}`);
  const callingAeTitle = options.ae ?? centre.callingAes[0]?.aeTitle;
  if (callingAeTitle === undefined) {
    throw new HubError('INVALID_REQUEST', `the centre ${centre.id} has no calling AE title`, {
      advice: `add one: bin/modelbank centre ae ${centre.id} TITLE`,
    });
  }
  const address = await readHubAddress(home);
  const sent = await sendWithProgress(found.paths, {
    host: '127.0.0.1',
    port: address!.dimsePort,
    callingAeTitle,
    calledAeTitle: options.called,
    certificate: await developmentCertificate(home, centre.id),
    showBar: !output.asJson,
  });
  const refused = refusedFiles(sent);
  for (const line of refusalLines(refused)) output.note(line);
  if (found.skipped > 0) output.note(`${found.skipped} files are not DICOM and were left out`);
  requireAccepted(sent);
  if (refused.length > 0) context.setExitCode(exitCodeOf('PEER_REFUSED_INSTANCE'));
  return { accepted: sent.length - refused.length, refused };
}

async function waitAndFetch(
  context: CommandContext,
  hub: HubClient,
  found: FoundInstances,
  sent: Sent,
  options: SubmitOptions,
): Promise<void> {
  const { output } = context;
  const studies: StudyProgressAnswer[] = [];
  for (const uid of found.studyInstanceUids) {
    const timeoutMs = Number(options.timeoutSeconds) * 1000;
    studies.push(await followStudy(hub, uid, options.centre, { timeoutMs, tell: (line) => output.note(line) }));
  }
  const results: (ResultAnswer & { path?: string })[] = [];
  for (const id of studies.flatMap(resultIdsOf)) {
    const result = await hub.get<ResultAnswer>(`/results/${id}`);
    const path = options.out === undefined ? undefined : await fetchResult(hub, result, options.out);
    results.push({ ...result, ...(path === undefined ? {} : { path }) });
  }
  // nothing came of it: held, not applicable or failed
  if (results.length === 0) context.setExitCode(exitCodeOf('SERIES_NOT_USABLE'));
  const text = results.length === 0 ? whyNothing(studies) : results.map(resultText).join('\n\n');
  output.answer({ ...sent, studies, results }, text);
}

function resultText({ id, rois, remarks, path }: ResultAnswer & { path?: string }): string {
  return [`result ${id}`, roiTable(rois), ...remarks, ...(path === undefined ? [] : [path])].join('\n');
}
