/**
 * The storage SOP classes that the hub accepts (PS3.4 B.5) and what becomes of each. A planning system sends whole plans in
 * one association and one refused context can fail all of it, so classes that no stage needs yet are accepted and kept.
 */
import { DicomError } from './dicom-error';
import type { Uid } from './uid';

/** `image` goes to assembly; `stored` is kept, no stage needs it yet; `held` waits for a person. */
export type SopClassUse = 'image' | 'stored' | 'held';

interface SopClassRow {
  readonly keyword: string;
  readonly uid: string;
  readonly use: SopClassUse;
}

const row = <K extends string>(keyword: K, uid: string, use: SopClassUse) => ({ keyword, uid: uid as Uid, use });

/** C-ECHO (PS3.4 Annex A). */
export const VERIFICATION_SOP_CLASS_UID = '1.2.840.10008.1.1' as Uid;

export const STORAGE_SOP_CLASSES = [
  // images that assembly builds series of
  row('CTImageStorage', '1.2.840.10008.5.1.4.1.1.2', 'image'),
  row('MRImageStorage', '1.2.840.10008.5.1.4.1.1.4', 'image'),
  row('PositronEmissionTomographyImageStorage', '1.2.840.10008.5.1.4.1.1.128', 'image'),
  row('DigitalMammographyXRayImageStorageForPresentation', '1.2.840.10008.5.1.4.1.1.1.2', 'image'),
  row('DigitalMammographyXRayImageStorageForProcessing', '1.2.840.10008.5.1.4.1.1.1.2.1', 'image'),
  row('BreastTomosynthesisImageStorage', '1.2.840.10008.5.1.4.1.1.13.1.3', 'image'),
  // CT that no stage can assemble yet: kept for a person to decide
  row('EnhancedCTImageStorage', '1.2.840.10008.5.1.4.1.1.2.1', 'held'),
  row('LegacyConvertedEnhancedCTImageStorage', '1.2.840.10008.5.1.4.1.1.2.2', 'held'),
  // other images
  row('EnhancedMRImageStorage', '1.2.840.10008.5.1.4.1.1.4.1', 'stored'),
  row('EnhancedMRColorImageStorage', '1.2.840.10008.5.1.4.1.1.4.3', 'stored'),
  row('LegacyConvertedEnhancedMRImageStorage', '1.2.840.10008.5.1.4.1.1.4.4', 'stored'),
  row('EnhancedPETImageStorage', '1.2.840.10008.5.1.4.1.1.130', 'stored'),
  row('LegacyConvertedEnhancedPETImageStorage', '1.2.840.10008.5.1.4.1.1.128.1', 'stored'),
  row('NuclearMedicineImageStorage', '1.2.840.10008.5.1.4.1.1.20', 'stored'),
  row('ComputedRadiographyImageStorage', '1.2.840.10008.5.1.4.1.1.1', 'stored'),
  row('DigitalXRayImageStorageForPresentation', '1.2.840.10008.5.1.4.1.1.1.1', 'stored'),
  row('DigitalXRayImageStorageForProcessing', '1.2.840.10008.5.1.4.1.1.1.1.1', 'stored'),
  row('BreastProjectionXRayImageStorageForPresentation', '1.2.840.10008.5.1.4.1.1.13.1.4', 'stored'),
  row('BreastProjectionXRayImageStorageForProcessing', '1.2.840.10008.5.1.4.1.1.13.1.5', 'stored'),
  row('UltrasoundImageStorage', '1.2.840.10008.5.1.4.1.1.6.1', 'stored'),
  row('UltrasoundMultiFrameImageStorage', '1.2.840.10008.5.1.4.1.1.3.1', 'stored'),
  row('XRayAngiographicImageStorage', '1.2.840.10008.5.1.4.1.1.12.1', 'stored'),
  row('XRayRadiofluoroscopicImageStorage', '1.2.840.10008.5.1.4.1.1.12.2', 'stored'),
  row('XRay3DAngiographicImageStorage', '1.2.840.10008.5.1.4.1.1.13.1.1', 'stored'),
  row('SecondaryCaptureImageStorage', '1.2.840.10008.5.1.4.1.1.7', 'stored'),
  row('MultiFrameSingleBitSecondaryCaptureImageStorage', '1.2.840.10008.5.1.4.1.1.7.1', 'stored'),
  row('MultiFrameGrayscaleByteSecondaryCaptureImageStorage', '1.2.840.10008.5.1.4.1.1.7.2', 'stored'),
  row('MultiFrameGrayscaleWordSecondaryCaptureImageStorage', '1.2.840.10008.5.1.4.1.1.7.3', 'stored'),
  row('MultiFrameTrueColorSecondaryCaptureImageStorage', '1.2.840.10008.5.1.4.1.1.7.4', 'stored'),
  row('ParametricMapStorage', '1.2.840.10008.5.1.4.1.1.30', 'stored'),
  // radiotherapy (PS3.3 A.17 to A.20, A.29, A.49 to A.51)
  row('RTStructureSetStorage', '1.2.840.10008.5.1.4.1.1.481.3', 'stored'),
  row('RTPlanStorage', '1.2.840.10008.5.1.4.1.1.481.5', 'stored'),
  row('RTIonPlanStorage', '1.2.840.10008.5.1.4.1.1.481.8', 'stored'),
  row('RTDoseStorage', '1.2.840.10008.5.1.4.1.1.481.2', 'stored'),
  row('RTImageStorage', '1.2.840.10008.5.1.4.1.1.481.1', 'stored'),
  row('RTBeamsTreatmentRecordStorage', '1.2.840.10008.5.1.4.1.1.481.4', 'stored'),
  row('RTIonBeamsTreatmentRecordStorage', '1.2.840.10008.5.1.4.1.1.481.9', 'stored'),
  row('RTBrachyTreatmentRecordStorage', '1.2.840.10008.5.1.4.1.1.481.6', 'stored'),
  row('RTTreatmentSummaryRecordStorage', '1.2.840.10008.5.1.4.1.1.481.7', 'stored'),
  row('RTPhysicianIntentStorage', '1.2.840.10008.5.1.4.1.1.481.10', 'stored'),
  row('RTSegmentAnnotationStorage', '1.2.840.10008.5.1.4.1.1.481.11', 'stored'),
  row('RTRadiationSetStorage', '1.2.840.10008.5.1.4.1.1.481.12', 'stored'),
  row('CArmPhotonElectronRadiationStorage', '1.2.840.10008.5.1.4.1.1.481.13', 'stored'),
  row('TomotherapeuticRadiationStorage', '1.2.840.10008.5.1.4.1.1.481.14', 'stored'),
  row('RoboticArmRadiationStorage', '1.2.840.10008.5.1.4.1.1.481.15', 'stored'),
  row('RTRadiationRecordSetStorage', '1.2.840.10008.5.1.4.1.1.481.16', 'stored'),
  row('RTRadiationSalvageRecordStorage', '1.2.840.10008.5.1.4.1.1.481.17', 'stored'),
  row('TomotherapeuticRadiationRecordStorage', '1.2.840.10008.5.1.4.1.1.481.18', 'stored'),
  row('CArmPhotonElectronRadiationRecordStorage', '1.2.840.10008.5.1.4.1.1.481.19', 'stored'),
  row('RoboticRadiationRecordStorage', '1.2.840.10008.5.1.4.1.1.481.20', 'stored'),
  row('RTRadiationSetDeliveryInstructionStorage', '1.2.840.10008.5.1.4.1.1.481.21', 'stored'),
  row('RTTreatmentPreparationStorage', '1.2.840.10008.5.1.4.1.1.481.22', 'stored'),
  row('RTBeamsDeliveryInstructionStorage', '1.2.840.10008.5.1.4.34.7', 'stored'),
  row('RTBrachyApplicationSetupDeliveryInstructionStorage', '1.2.840.10008.5.1.4.34.10', 'stored'),
  // registrations, segmentations and their like
  row('SpatialRegistrationStorage', '1.2.840.10008.5.1.4.1.1.66.1', 'stored'),
  row('DeformableSpatialRegistrationStorage', '1.2.840.10008.5.1.4.1.1.66.3', 'stored'),
  row('SpatialFiducialsStorage', '1.2.840.10008.5.1.4.1.1.66.2', 'stored'),
  row('SegmentationStorage', '1.2.840.10008.5.1.4.1.1.66.4', 'stored'),
  row('SurfaceSegmentationStorage', '1.2.840.10008.5.1.4.1.1.66.5', 'stored'),
  row('TractographyResultsStorage', '1.2.840.10008.5.1.4.1.1.66.6', 'stored'),
  row('RealWorldValueMappingStorage', '1.2.840.10008.5.1.4.1.1.67', 'stored'),
  row('RawDataStorage', '1.2.840.10008.5.1.4.1.1.66', 'stored'),
  // structured reports and key objects
  row('BasicTextSRStorage', '1.2.840.10008.5.1.4.1.1.88.11', 'stored'),
  row('EnhancedSRStorage', '1.2.840.10008.5.1.4.1.1.88.22', 'stored'),
  row('ComprehensiveSRStorage', '1.2.840.10008.5.1.4.1.1.88.33', 'stored'),
  row('Comprehensive3DSRStorage', '1.2.840.10008.5.1.4.1.1.88.34', 'stored'),
  row('ExtensibleSRStorage', '1.2.840.10008.5.1.4.1.1.88.35', 'stored'),
  row('ProcedureLogStorage', '1.2.840.10008.5.1.4.1.1.88.40', 'stored'),
  row('MammographyCADSRStorage', '1.2.840.10008.5.1.4.1.1.88.50', 'stored'),
  row('KeyObjectSelectionDocumentStorage', '1.2.840.10008.5.1.4.1.1.88.59', 'stored'),
  row('ChestCADSRStorage', '1.2.840.10008.5.1.4.1.1.88.65', 'stored'),
  row('XRayRadiationDoseSRStorage', '1.2.840.10008.5.1.4.1.1.88.67', 'stored'),
  row('RadiopharmaceuticalRadiationDoseSRStorage', '1.2.840.10008.5.1.4.1.1.88.68', 'stored'),
  row('ColonCADSRStorage', '1.2.840.10008.5.1.4.1.1.88.69', 'stored'),
  row('ImplantationPlanSRStorage', '1.2.840.10008.5.1.4.1.1.88.70', 'stored'),
  row('AcquisitionContextSRStorage', '1.2.840.10008.5.1.4.1.1.88.71', 'stored'),
  row('SimplifiedAdultEchoSRStorage', '1.2.840.10008.5.1.4.1.1.88.72', 'stored'),
  row('PatientRadiationDoseSRStorage', '1.2.840.10008.5.1.4.1.1.88.73', 'stored'),
  row('PlannedImagingAgentAdministrationSRStorage', '1.2.840.10008.5.1.4.1.1.88.74', 'stored'),
  row('PerformedImagingAgentAdministrationSRStorage', '1.2.840.10008.5.1.4.1.1.88.75', 'stored'),
  row('EnhancedXRayRadiationDoseSRStorage', '1.2.840.10008.5.1.4.1.1.88.76', 'stored'),
  // presentation states
  row('GrayscaleSoftcopyPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.1', 'stored'),
  row('ColorSoftcopyPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.2', 'stored'),
  row('PseudoColorSoftcopyPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.3', 'stored'),
  row('BlendingSoftcopyPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.4', 'stored'),
  row('XAXRFGrayscaleSoftcopyPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.5', 'stored'),
  row('GrayscalePlanarMPRVolumetricPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.6', 'stored'),
  row('CompositingPlanarMPRVolumetricPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.7', 'stored'),
  row('AdvancedBlendingPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.8', 'stored'),
  row('VolumeRenderingVolumetricPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.9', 'stored'),
  row('SegmentedVolumeRenderingVolumetricPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.10', 'stored'),
  row('MultipleVolumeRenderingVolumetricPresentationStateStorage', '1.2.840.10008.5.1.4.1.1.11.11', 'stored'),
  // encapsulated documents
  row('EncapsulatedPDFStorage', '1.2.840.10008.5.1.4.1.1.104.1', 'stored'),
  row('EncapsulatedCDAStorage', '1.2.840.10008.5.1.4.1.1.104.2', 'stored'),
  row('EncapsulatedSTLStorage', '1.2.840.10008.5.1.4.1.1.104.3', 'stored'),
  row('EncapsulatedOBJStorage', '1.2.840.10008.5.1.4.1.1.104.4', 'stored'),
  row('EncapsulatedMTLStorage', '1.2.840.10008.5.1.4.1.1.104.5', 'stored'),
  row('ContentAssessmentResultsStorage', '1.2.840.10008.5.1.4.1.1.90.1', 'stored'),
] as const satisfies readonly SopClassRow[];

export type StorageSopClass = (typeof STORAGE_SOP_CLASSES)[number];
export type SopClassKeyword = StorageSopClass['keyword'];

const BY_UID: ReadonlyMap<string, StorageSopClass> = new Map(STORAGE_SOP_CLASSES.map((each) => [each.uid, each]));
const BY_KEYWORD: ReadonlyMap<string, StorageSopClass> = new Map(
  STORAGE_SOP_CLASSES.map((each) => [each.keyword, each]),
);

/** The accepted storage class of a UID, else undefined. */
export function storageSopClassOf(uid: string): StorageSopClass | undefined {
  return BY_UID.get(uid);
}

/** The UID of a class by its keyword in the standard (`CTImageStorage`). */
export function sopClassUid(keyword: SopClassKeyword): Uid {
  const found = BY_KEYWORD.get(keyword);
  if (found === undefined) throw new DicomError('UID_INVALID', `${keyword} is not a storage SOP class of this table`);
  return found.uid;
}

/** A class named by keyword or UID, as manifests do; undefined when it is neither. */
export function findSopClass(keywordOrUid: string): StorageSopClass | undefined {
  return BY_KEYWORD.get(keywordOrUid) ?? BY_UID.get(keywordOrUid);
}
