/** General Equipment (PS3.3 C.7.5.1) and the Contributing Equipment Sequence: which software and which model made the object. */
import type { DataSet } from '@modelbank/dicom';
import type { ContributingModel, StructureSetToWrite } from '../structure-set';

export function equipmentModules(structureSet: StructureSetToWrite): DataSet {
  const { manufacturer, modelName, softwareVersions, deviceSerialNumber } = structureSet.equipment;
  return {
    Manufacturer: manufacturer,
    ManufacturerModelName: modelName,
    SoftwareVersions: softwareVersions,
    DeviceSerialNumber: deviceSerialNumber,
    ContributingEquipmentSequence:
      structureSet.contributingModels.length === 0
        ? undefined
        : structureSet.contributingModels.map((model) => contributionOf(model, structureSet)),
  };
}

/** The package digest stands as the second software version: 64 digits are just what LO allows. */
function contributionOf(model: ContributingModel, { date, time }: StructureSetToWrite): DataSet {
  return {
    PurposeOfReferenceCodeSequence: [
      { CodeValue: '109102', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Processing Equipment' },
    ],
    Manufacturer: model.manufacturer,
    ManufacturerModelName: model.modelName,
    SoftwareVersions: [model.modelVersion, model.packageDigest],
    ContributionDateTime: `${date}${time}`,
    ContributionDescription: `Automatic contouring on ${model.device}; model package SHA-256 ${model.packageDigest}`,
  };
}
