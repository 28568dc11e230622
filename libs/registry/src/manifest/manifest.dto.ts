/**
 * The shape of `model.yaml` as class-validator checks it. The type of the checked value is ModelManifest (manifest.ts);
 * these classes exist for their decorators only. What one key alone cannot tell is checked in cross-checks.ts.
 */
import { IsOptional } from 'class-validator';
import { ManifestInputDto } from './input.dto';
import { ManifestLabelDto, PostprocessingSteps } from './label.dto';
import { Block, BlockList, KebabCase, OneOf, Paragraphs, Text, TextLike, TextList } from './manifest-rules';
import { InferencePlanDto, LimitsDto, ManifestNetworkDto, PreprocessingDto } from './processing.dto';
import { SEMANTIC_VERSION } from './semantic-version';

class OwnerDto {
  @Text() readonly organisation!: string;
  @Text() readonly contact!: string;
}

class GoldenCasesDto {
  @Paragraphs(500) readonly noneBecause!: string;
}

class ManifestParameterDto {
  @TextLike(/^[a-z][a-zA-Z0-9]{0,63}$/, 'a word such as `operatedSide`: a lower-case letter, then letters and digits')
  readonly name!: string;
  @OneOf(['enum', 'number', 'boolean']) readonly type!: string;
  @IsOptional()
  @TextList(/^[A-Za-z0-9 _.+-]{1,64}$/, 'letters, digits, space or _ . + -, at most 64')
  readonly values?: string[];
  @Paragraphs(500) readonly description!: string;
  @IsOptional() readonly default?: unknown;
}

export class ModelManifestDto {
  @OneOf([1]) readonly manifestVersion!: number;
  @KebabCase() readonly id!: string;
  @TextLike(SEMANTIC_VERSION, 'a semantic version such as 1.2.0, with three numbers') readonly version!: string;
  @Text() readonly title!: string;
  @Block(() => OwnerDto) readonly owner!: OwnerDto;
  @KebabCase() readonly task!: string;
  @Paragraphs(2000) readonly intendedPurpose!: string;
  @Text(32) readonly dmcg!: string;
  @OneOf(['none', 'in-house', 'I', 'IIa', 'IIb', 'III']) readonly deviceClass!: string;
  @BlockList(() => ManifestInputDto, 1, 16) readonly inputs!: ManifestInputDto[];
  @IsOptional() @BlockList(() => ManifestParameterDto, 0, 50) readonly parameters?: ManifestParameterDto[];
  @Block(() => PreprocessingDto) readonly preprocessing!: PreprocessingDto;
  @BlockList(() => ManifestNetworkDto, 1, 20) readonly networks!: ManifestNetworkDto[];
  @Block(() => InferencePlanDto) readonly inference!: InferencePlanDto;
  @BlockList(() => ManifestLabelDto, 1, 1024) readonly labels!: ManifestLabelDto[];
  @IsOptional() @PostprocessingSteps() readonly postprocessing?: object[];
  @Block(() => LimitsDto) readonly limits!: LimitsDto;
  @IsOptional() @Block(() => GoldenCasesDto) readonly goldenCases?: GoldenCasesDto;
}
