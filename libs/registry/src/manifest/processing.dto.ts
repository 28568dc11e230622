/** The shape of `preprocessing`, `networks`, `inference` and `limits` in `model.yaml`. */
import { IsOptional } from 'class-validator';
import {
  Block,
  KebabCase,
  NumberBetween,
  OneOf,
  Text,
  TextLike,
  Triple,
  VariantList,
  WholeNumberBetween,
} from './manifest-rules';

const HU = 1e5;
const VOXELS = 4096;
const XYZ = 'x, y and z of the tensor';
const SEGMENT = '[A-Za-z0-9_][A-Za-z0-9._-]*';

class CropToBodyDto {
  @NumberBetween(-HU, HU) readonly thresholdHu!: number;
  @NumberBetween(0, 1000) readonly marginMm!: number;
}

class WindowStepDto {
  readonly type!: string;
  @NumberBetween(-HU, HU) readonly min!: number;
  @NumberBetween(-HU, HU) readonly max!: number;
}
class ScaleStepDto {
  readonly type!: string;
  @NumberBetween(-HU, HU) readonly fromMin!: number;
  @NumberBetween(-HU, HU) readonly fromMax!: number;
  @NumberBetween(-HU, HU) readonly toMin!: number;
  @NumberBetween(-HU, HU) readonly toMax!: number;
}
class ZScoreStepDto {
  readonly type!: string;
  @IsOptional() @NumberBetween(-HU, HU) readonly mean?: number;
  @IsOptional() @NumberBetween(1e-9, HU) readonly standardDeviation?: number;
  @IsOptional() @OneOf(['tensor', 'scan']) readonly over?: string;
}
class QuantilesStepDto {
  readonly type!: string;
  @NumberBetween(0, 1) readonly low!: number;
  @NumberBetween(0, 1) readonly high!: number;
  @IsOptional() @OneOf(['tensor', 'scan']) readonly over?: string;
}

const INTENSITY_VARIANTS = {
  window: WindowStepDto,
  scale: ScaleStepDto,
  zScore: ZScoreStepDto,
  quantiles: QuantilesStepDto,
};

export class PreprocessingDto {
  @TextLike(/^[LRAPSI]{3}$/, 'three letters of L/R, A/P and S/I, e.g. LPS') readonly orientation!: string;
  @IsOptional() @Triple(0.05, 100, false, XYZ) readonly spacingMm?: number[];
  @IsOptional() @OneOf(['linear', 'nearest']) readonly interpolation?: string;
  @IsOptional() @NumberBetween(-HU, HU) readonly paddingValue?: number;
  @IsOptional() @Block(() => CropToBodyDto) readonly cropToBody?: CropToBodyDto;
  @IsOptional() @Triple(1, VOXELS, true, XYZ) readonly size?: number[];
  @IsOptional() @WholeNumberBetween(1, 512) readonly multipleOf?: number;
  @IsOptional() @VariantList('type', INTENSITY_VARIANTS, 20) readonly intensity?: object[];
}

class NetworkInputDto {
  @Text(100) readonly name!: string;
  @OneOf(['NCDHW']) readonly layout!: string;
}

class NetworkOutputDto {
  @Text(100) readonly name!: string;
  @WholeNumberBetween(1, 1024) readonly channels!: number;
}

export class ManifestNetworkDto {
  @KebabCase() readonly name!: string;
  @TextLike(
    new RegExp(`^(?=.{1,200}$)(?!.*\\.\\.)(${SEGMENT}/){0,4}${SEGMENT}\\.onnx$`),
    'a path inside the package that ends in .onnx, e.g. model.onnx',
  )
  readonly file!: string;
  @Block(() => NetworkInputDto) readonly input!: NetworkInputDto;
  @Block(() => NetworkOutputDto) readonly output!: NetworkOutputDto;
  @OneOf(['zyx', 'xyz']) readonly axes!: string;
}

export class InferencePlanDto {
  @OneOf(['whole', 'slidingWindow']) readonly mode!: string;
  @IsOptional() @Triple(1, VOXELS, true, XYZ) readonly window?: number[];
  @IsOptional() @NumberBetween(0, 0.75) readonly overlap?: number;
  @OneOf(['softmax', 'sigmoid', 'none']) readonly activation!: string;
  @IsOptional() @OneOf(['mean']) readonly ensemble?: string;
}

export class LimitsDto {
  @WholeNumberBetween(1, 7200) readonly timeoutSeconds!: number;
  @WholeNumberBetween(64, 262_144) readonly memoryMiB!: number;
}
