/** Who may ask for storage commitment, what is answered, and that each report reaches its gateway, whatever that does first. */
import { deriveUid, parseUid, EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import {
  STORAGE_COMMITMENT,
  openAssociation,
  readStoreOperation,
  writeCommitmentRequest,
  type ReceivedEventReport,
  type ReferencedInstance,
} from '@modelbank/dimse';
import { ReportTaker } from '@modelbank/testing';
import { COMMIT, CT, CommitmentBench, readReport, until } from '../../../../../test/support/commitment-bench';

jest.setTimeout(60_000);

let place: CommitmentBench;
beforeAll(async () => {
  place = await CommitmentBench.open();
});
afterAll(() => place.dispose());

describe('who may ask', () => {
  const accepts = async (callingAeTitle: string, centre: string) => {
    const contexts = [COMMIT, { sopClassUid: CT, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }];
    const association = await openAssociation({
      ...(await place.target(callingAeTitle, centre)),
      presentationContexts: contexts,
    });
    const answers = contexts.map((context) => association.accepts(context));
    await association.release();
    return answers;
  };

  it('a calling AE that is a gateway, from then on, and as long as it is one', async () => {
    expect(await accepts('CT1', 'odense')).toEqual([false, true]);
    await place.setGateway({ port: 1, tls: true });
    expect(await accepts('CT1', 'odense')).toEqual([true, true]);
    expect(await accepts('CT2', 'aarhus')).toEqual([false, true]);
    expect((await place.bench.api('DELETE', '/centres/odense/calling-aes/CT1/storage-commitment')).status).toBe(204);
    expect(await accepts('CT1', 'odense')).toEqual([false, true]);
  });

  it.each([
    ["another centre's calling AE", 'CT2', { port: 104 }, 404],
    ['an address without TLS that is not on loopback', 'CT1', { host: '10.0.0.1', port: 104, tls: false }, 400],
    ['no port', 'CT1', {}, 400],
  ])('%s cannot be made a gateway', async (_what, aeTitle, body, status) => {
    expect((await place.setGateway(body, aeTitle)).status).toBe(status);
  });
});

describe('a gateway of ours', () => {
  let taker: ReportTaker;

  beforeAll(async () => {
    taker = await ReportTaker.listen();
    expect((await place.setGateway({ port: taker.port, tls: false })).status).toBe(200);
  });
  afterAll(() => taker.close());
  beforeEach(() => (taker.reports.length = 0));

  it('gets the report on its own association while that is open, and nothing on a new one', async () => {
    const references = await place.stored('same association', 2);
    const reports: ReceivedEventReport[] = [];
    const association = await openAssociation({
      ...(await place.target()),
      presentationContexts: [COMMIT],
      onEventReport: (report) => {
        reports.push(report);
        return 0;
      },
    });
    const transactionUid = deriveUid('same association');
    expect(await place.ask(references, transactionUid, { association })).toBe(0);
    await place.reported(transactionUid);
    expect(reports).toMatchObject([{ eventTypeId: 1, sopInstanceUid: STORAGE_COMMITMENT.sopInstanceUid }]);
    expect(readReport(reports[0])).toEqual({ transactionUid, committed: references, failed: [] });
    await association.release();
    expect(taker.reports).toEqual([]);
  });

  it('gets it on a new association once its own is over', async () => {
    const references = await place.stored('new association', 2);
    const transactionUid = deriveUid('new association');
    expect(await place.ask(references, transactionUid)).toBe(0);
    await place.reported(transactionUid);
    expect(taker.reports).toHaveLength(1);
    expect(readReport(taker.reports[0])).toEqual({ transactionUid, committed: references, failed: [] });
    const kinds = ['commitment.requested', 'commitment.decided', 'commitment.reported'];
    const [{ id }] = await place.transaction(transactionUid);
    for (const kind of kinds)
      expect((await place.bench.journal(kind)).filter((each) => each.subjectId === id)).toHaveLength(1);
  });

  it('that asks the same again is told the same again; another list under the same UID fails with 0x0131', async () => {
    const references = await place.stored('twice', 2);
    const transactionUid = deriveUid('twice');
    await place.ask(references, transactionUid);
    await place.reported(transactionUid);
    expect(await place.ask([...references].reverse(), transactionUid)).toBe(0);
    await until(async () => (taker.reports.length === 2 ? true : undefined));
    expect(taker.reports[1]).toEqual(taker.reports[0]);
    expect(await place.ask(references.slice(1), transactionUid)).toBe(0);
    await until(async () => (taker.reports.length === 3 ? true : undefined));
    expect(taker.reports[2].eventTypeId).toBe(2);
    expect(readReport(taker.reports[2]).failed).toEqual([{ ...references[1], failureReason: 0x0131 }]);
    expect(await place.transaction(transactionUid)).toHaveLength(2);
  });

  it('that is away is tried again until it is there, and the decision is made once', async () => {
    const references = await place.stored('away', 1);
    const { port } = taker;
    await taker.close();
    const transactionUid = deriveUid('away');
    await place.ask(references, transactionUid);
    const failing = await until(async () =>
      (await place.transaction(transactionUid)).find(({ lastError, attempts }) => lastError !== null && attempts > 1),
    );
    expect(failing).toMatchObject({ state: 'decided', stateCode: 'PEER_UNREACHABLE' });
    taker = await ReportTaker.listen({}, port);
    await place.reported(transactionUid);
    expect(taker.reports).toHaveLength(1);
    const decided = (await place.bench.journal('commitment.decided')).filter((each) => each.subjectId === failing.id);
    expect(decided).toHaveLength(1);
  });

  it('that refuses the report for good is parked and journalled, and a person may have it tried again', async () => {
    const { port } = taker;
    await taker.close();
    taker = await ReportTaker.listen({ statusOf: (index) => (index === 0 ? 0x0113 : 0) }, port);
    const transactionUid = deriveUid('parked');
    await place.ask(await place.stored('parked', 1), transactionUid);
    const parked = await until(async () =>
      (await place.transaction(transactionUid)).find(({ state }) => state === 'parked'),
    );
    expect((await place.bench.journal('commitment.parked')).at(-1)).toMatchObject({ subjectId: parked.id });
    const listed = await place.bench.api('GET', '/commitments?state=parked');
    expect(listed.body).toMatchObject([{ id: parked.id, requested: 1, failed: 0 }]);
    expect((await place.bench.api('POST', `/commitments/${parked.id}/retry`)).status).toBe(202);
    await place.reported(transactionUid);
    expect(taker.reports).toHaveLength(2);
  });

  it('that does not accept us as SCP gets no report until it does', async () => {
    const { port } = taker;
    await taker.close();
    taker = await ReportTaker.listen({ acceptsRole: false }, port);
    const transactionUid = deriveUid('role');
    await place.ask(await place.stored('role', 1), transactionUid);
    await until(async () => (await place.transaction(transactionUid)).find(({ stateCode }) => stateCode !== null));
    expect((await place.transaction(transactionUid))[0]).toMatchObject({ stateCode: 'SOP_CLASS_NOT_SUPPORTED' });
    expect(taker.reports).toEqual([]);
    await taker.close();
    taker = await ReportTaker.listen({}, port);
    await place.reported(transactionUid);
  });

  const many = (count: number): ReferencedInstance[] =>
    Array.from({ length: count }, (_, index) => ({ sopClassUid: CT, sopInstanceUid: parseUid(`1.2.3.${index}`) }));

  it('may name 20 000 instances, and no more', async () => {
    const transactionUid = deriveUid('many');
    expect(await place.ask(many(20_000), transactionUid)).toBe(0);
    await place.reported(transactionUid);
    expect(readReport(taker.reports[0]).failed).toHaveLength(20_000);
    expect(await place.ask(many(20_001), deriveUid('too many'))).toBe(0x0213);
    expect(await place.transaction(deriveUid('too many'))).toEqual([]);
  });

  it.each([
    ['another instance than the well-known one', { sopInstanceUid: '1.2.3' }, 0x0112],
    ['another action', { typeId: 2 }, 0x0123],
    ['no DICOM', { dataSet: Buffer.from('Dear hub, please keep all my images.') }, 0x0115],
    [
      'no references',
      { dataSet: writeCommitmentRequest({ transactionUid: deriveUid('x'), references: [] }, COMMIT.transferSyntaxUid) },
      0x0115,
    ],
    ['B16 a list of a million', { dataSet: Buffer.alloc(150_000_000) }, 0x0213],
  ])('that asks with %s gets its status, and the association goes on', async (_what, more, status) => {
    const association = await openAssociation({ ...(await place.target()), presentationContexts: [COMMIT] });
    expect(await place.ask(many(1), deriveUid('refused'), { ...more, association })).toBe(status);
    expect(await place.ask(many(1), deriveUid('refused'), { typeId: 9, association })).toBe(0x0123);
    await association.release();
    expect(await place.transaction(deriveUid('refused'))).toEqual([]);
  });

  it('cannot store on the context of the commitment', async () => {
    const { paths } = await place.slices('wrong context', 1);
    const operation = await readStoreOperation(paths[0]);
    const association = await openAssociation({ ...(await place.target()), presentationContexts: [COMMIT] });
    expect(await association.store({ ...operation, ...COMMIT })).toMatchObject({ code: 0x0122 });
    await association.release();
  });
});
