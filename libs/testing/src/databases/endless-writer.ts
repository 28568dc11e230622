/**
 * A process that writes until it is killed: each round an object, a journal entry and an event. It says each number only
 * when everything about it is durable, so that whoever kills it knows what must be there afterwards.
 */
import { loadConfiguration, SystemClock } from '@modelbank/platform';
import { appendJournal, openStore } from '@modelbank/store';

async function main(): Promise<void> {
  const clock = new SystemClock();
  const configuration = loadConfiguration(process.env);
  const { unitOfWork, objects } = await openStore(configuration, { clock, broker: { wake: () => undefined } });
  for (let number = 1; ; number += 1) {
    const subjectId = String(number);
    await objects.put(`written/${subjectId}`, Buffer.alloc(10_000, number % 256));
    await unitOfWork.run(async (tx) => {
      await appendJournal(tx, clock, { kind: 'test.written', actor: 'test', subjectId, text: 'written' });
      await tx.emit('inputSet.completed', 'test', { inputSetId: subjectId, centreId: 'test' }, 'test');
    });
    process.stdout.write(`${subjectId}\n`);
  }
}

void main();
