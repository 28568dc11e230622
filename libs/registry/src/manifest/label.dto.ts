/** The shape of `labels` and `postprocessing` in `model.yaml`. */
import { IsOptional } from 'class-validator';
import {
  NumberBetween,
  OneOf,
  TextLike,
  Triple,
  Variant,
  VariantList,
  WholeNumberBetween,
  YesOrNo,
} from './manifest-rules';

/** Enumerated values of RT ROI Interpreted Type, PS3.3 C.8.8.8. */
export const INTERPRETED_TYPES = [
  'EXTERNAL',
  'PTV',
  'CTV',
  'GTV',
  'TREATED_VOLUME',
  'IRRAD_VOLUME',
  'OAR',
  'ORGAN',
  'AVOIDANCE',
  'BOLUS',
  'CAVITY',
  'CONTRAST_AGENT',
  'MARKER',
  'REGISTRATION',
  'ISOCENTER',
  'SUPPORT',
  'FIXATION',
  'DOSE_REGION',
  'CONTROL',
] as const;

/** Printable, without spaces and backslashes, as TG-263 writes names. The length is a cross-check: it has a warning too. */
const ROI_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+~^!-]*$/;
const ROI_NAME_ADVICE = 'a TG-263 name such as Lung_L: letters, digits and _ . + ~ ^ ! - without spaces';
const CHANNEL_MAXIMUM = 1023;

const LabelName = () => TextLike(ROI_NAME, ROI_NAME_ADVICE);

class ArgmaxSourceDto {
  readonly type!: string;
  @WholeNumberBetween(0, CHANNEL_MAXIMUM) readonly channel!: number;
}
class ThresholdSourceDto {
  readonly type!: string;
  @WholeNumberBetween(0, CHANNEL_MAXIMUM) readonly channel!: number;
  @NumberBetween(-1e6, 1e6) readonly above!: number;
}

export class ManifestLabelDto {
  @LabelName() readonly name!: string;
  @IsOptional() @Variant('type', { argmax: ArgmaxSourceDto, threshold: ThresholdSourceDto }) readonly source?: object;
  @Triple(0, 255, true, 'red, green and blue') readonly color!: number[];
  @OneOf(INTERPRETED_TYPES) readonly interpretedType!: string;
  @IsOptional() @YesOrNo() readonly internal?: boolean;
  @IsOptional() @YesOrNo() readonly mayBeEmpty?: boolean;
}

class LargestComponentsDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @WholeNumberBetween(1, 100) readonly count!: number;
}
class FillHolesDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @OneOf([2, 3]) readonly dimensions!: number;
}
class MinimumVolumeDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @NumberBetween(0, 1e5) readonly ml!: number;
}
class WithinDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @LabelName() readonly of!: string;
}
class SubtractDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @LabelName() readonly other!: string;
}
class SplitSidesDto {
  readonly step!: string;
  @LabelName() readonly label!: string;
  @LabelName() readonly left!: string;
  @LabelName() readonly right!: string;
}

const STEP_VARIANTS = {
  largestComponents: LargestComponentsDto,
  fillHoles: FillHolesDto,
  minimumVolume: MinimumVolumeDto,
  within: WithinDto,
  subtract: SubtractDto,
  splitSides: SplitSidesDto,
};

/** Carries the decorator of the list only; see manifest.dto.ts. */
export const PostprocessingSteps = () => VariantList('step', STEP_VARIANTS, 100);
