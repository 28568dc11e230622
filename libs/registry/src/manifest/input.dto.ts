/** The shape of `inputs` in `model.yaml`: roles, their applicability and how competing series are ranked. */
import { IsOptional } from 'class-validator';
import { Block, ListOf, NumberBetween, OneOf, TextLike, TextList, VariantList, YesOrNo } from './manifest-rules';

const LARGEST = 1e6;
const ROLE = /^[a-z][a-zA-Z0-9]{0,31}$/;
const ROLE_ADVICE = 'a word such as `ct` or `leftCc`: a lower-case letter, then letters and digits, at most 32';
const VOCABULARY = /^[A-Za-z0-9 _.+/-]{1,64}$/;
const VOCABULARY_ADVICE = 'a word of letters, digits, space, _ . + / or -, at most 64 characters';
/** Defined terms of PS3.3 C.7.3.1.1.2. */
const PATIENT_POSITIONS = 'HFP HFS HFDR HFDL FFP FFS FFDR FFDL LFP LFS RFP RFS AFDR AFDL PFDR PFDL'.split(' ');

export class RangeDto {
  @IsOptional() @NumberBetween(-LARGEST, LARGEST) readonly min?: number;
  @IsOptional() @NumberBetween(-LARGEST, LARGEST) readonly max?: number;
}

class AgeRangeDto extends RangeDto {
  @IsOptional() @YesOrNo() readonly orMissing?: boolean;
}

class BodyPartsDto {
  @TextList(VOCABULARY, VOCABULARY_ADVICE) readonly anyOf!: string[];
  @IsOptional() @YesOrNo() readonly orMissing?: boolean;
}

class DescriptionsDto {
  @IsOptional() @TextList(/^/, 'a pattern, in quotes', 20) readonly anyOf?: string[];
  @IsOptional() @TextList(/^/, 'a pattern, in quotes', 20) readonly noneOf?: string[];
}

class ExtentDto {
  @IsOptional() @Block(() => RangeDto) readonly leftRight?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly anteriorPosterior?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly craniocaudal?: RangeDto;
}

/** One range per image fact; the names are those of IMAGE_FACT_NAMES, which a test keeps true. */
class ImageFactRangesDto {
  @IsOptional() @Block(() => RangeDto) readonly bodyWidthMm?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly bodyDepthMm?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly bodyCrossSectionCm2?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly airAroundBodyFraction?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly lungVolumeMl?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly boneFraction?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly boneFractionCranialThird?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly boneFractionMiddleThird?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly boneFractionCaudalThird?: RangeDto;
}

class ApplicabilityDto {
  @IsOptional()
  @TextList(
    /^([A-Z][A-Za-z0-9]{1,63}|[0-2](\.(0|[1-9]\d*)){1,31})$/,
    'a name such as CTImageStorage, or a UID in quotes',
  )
  readonly sopClasses?: string[];
  @IsOptional() @TextList(/^[A-Z]{2,16}$/, 'a modality such as CT, MR or MG') readonly modalities?: string[];
  @IsOptional() @YesOrNo() readonly acceptsDerived?: boolean;
  @IsOptional() @YesOrNo() readonly acceptsIrreversibleCompression?: boolean;
  @IsOptional() @Block(() => BodyPartsDto) readonly bodyParts?: BodyPartsDto;
  @IsOptional() @Block(() => DescriptionsDto) readonly descriptions?: DescriptionsDto;
  @IsOptional() @Block(() => RangeDto) readonly sliceSpacingMm?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly pixelSpacingMm?: RangeDto;
  @IsOptional() @Block(() => RangeDto) readonly slices?: RangeDto;
  @IsOptional() @Block(() => ExtentDto) readonly extentMm?: ExtentDto;
  @IsOptional() @ListOf(['axial', 'coronal', 'sagittal', 'oblique']) readonly orientations?: string[];
  @IsOptional() @ListOf(PATIENT_POSITIONS) readonly patientPositions?: string[];
  @IsOptional() @OneOf(['required', 'excluded']) readonly contrast?: string;
  @IsOptional() @ListOf(['F', 'M', 'O']) readonly sex?: string[];
  @IsOptional() @Block(() => AgeRangeDto) readonly ageYears?: AgeRangeDto;
  @IsOptional() @Block(() => ImageFactRangesDto) readonly image?: ImageFactRangesDto;
}

class PreferenceDto {
  readonly by!: string;
  @TextList(VOCABULARY, VOCABULARY_ADVICE) readonly prefer!: string[];
}
class ThicknessRankingDto {
  readonly by!: string;
  @NumberBetween(0.01, 100) readonly closestTo!: number;
}
class ContrastRankingDto {
  readonly by!: string;
  @OneOf(['with', 'without']) readonly prefer!: string;
}
class SlicesRankingDto {
  readonly by!: string;
  @OneOf(['most']) readonly prefer!: string;
}

const RANKING_VARIANTS = {
  imageType: PreferenceDto,
  kernel: PreferenceDto,
  phase: PreferenceDto,
  sliceThicknessMm: ThicknessRankingDto,
  contrast: ContrastRankingDto,
  slices: SlicesRankingDto,
};

export class ManifestInputDto {
  @TextLike(ROLE, ROLE_ADVICE) readonly role!: string;
  @OneOf(['series', 'instance']) readonly kind!: string;
  @IsOptional() @TextLike(ROLE, ROLE_ADVICE) readonly priorOf?: string;
  @Block(() => ApplicabilityDto) readonly applicability!: ApplicabilityDto;
  @IsOptional() @VariantList('by', RANKING_VARIANTS, 10) readonly ranking?: object[];
}
