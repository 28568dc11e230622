/** The SCP that is attacked in the soak: a process of its own with our listener, whose sink is the structure check. */
import { StructureCheck, TRANSFER_SYNTAXES, STORAGE_SOP_CLASSES, DicomError } from '@modelbank/dicom';
import { createDimseServer } from '@modelbank/dimse';
import { HubError } from '@modelbank/contracts';

const LIMITS = {
  associateMs: 500,
  idleMs: 500,
  lingerMs: 200,
  rateWindowMs: 1_000,
  maximumAssociations: 500,
  maximumAssociationsPerCentre: 500,
  maximumObjectBytes: 5_000_000,
};

async function main(): Promise<void> {
  const incidents = new Map<string, number>();
  const server = createDimseServer<string>({
    limits: LIMITS,
    presentationContexts: STORAGE_SOP_CLASSES.map(({ uid }) => ({
      abstractSyntax: uid,
      transferSyntaxes: TRANSFER_SYNTAXES.map((syntax) => syntax.uid),
    })),
    authorise: async ({ callingAeTitle }) => ({ accept: true, context: callingAeTitle, countedAs: 'everybody' }),
    onStore: ({ transferSyntaxUid }) => {
      const check = new StructureCheck(transferSyntaxUid);
      return {
        write: (chunk) => known(() => check.push(chunk)),
        finish: async () => {
          known(() => check.finish());
          return 0;
        },
        abort: () => undefined,
      };
    },
    onIncident: ({ rule, cause }) => {
      incidents.set(rule, (incidents.get(rule) ?? 0) + 1);
      // a failure of our own is what the soak looks for
      if (rule === 'hookFailed') process.send?.({ failure: String((cause as Error | undefined)?.stack ?? cause) });
    },
  });
  const { port } = await server.listen(0);
  process.on('message', () => process.send?.({ incidents: Object.fromEntries(incidents) }));
  process.once('disconnect', () => process.exit(0));
  process.send?.({ port });
}

function known(run: () => unknown): void {
  try {
    run();
  } catch (thrown) {
    throw thrown instanceof DicomError ? new HubError(thrown.code, thrown.message) : thrown;
  }
}

void main();
