/** The validation rules that the manifest's DTO classes share, each with a message that says what to do. */
import 'reflect-metadata';
import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

type DtoClass = new () => object;

/** Several property decorators as one. */
function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** Text of 1 to `maximum` characters without control characters. */
export function Text(maximum = 200): PropertyDecorator {
  return all(
    IsString({ message: 'must be text; put it in quotes' }),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(maximum, { message: `must have at most ${maximum} characters; shorten it` }),
    Matches(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' }),
  );
}

/** Text of 1 to `maximum` characters that may have several lines. */
export function Paragraphs(maximum: number): PropertyDecorator {
  return all(
    IsString({ message: 'must be text; put it in quotes' }),
    Matches(/\S/, { message: 'must not be empty' }),
    MaxLength(maximum, { message: `must have at most ${maximum} characters; shorten it` }),
    Matches(/^[^\x00-\x09\x0b-\x1f\x7f]*$/, { message: 'must not hold control characters other than line ends' }),
  );
}

/** Text that follows a pattern, explained by an example. */
export function TextLike(pattern: RegExp, advice: string): PropertyDecorator {
  return all(IsString({ message: `must be text: ${advice}` }), Matches(pattern, { message: `must be ${advice}` }));
}

/** Lower-case words joined by hyphens, e.g. `reference-ct-anatomy`. */
export function KebabCase(): PropertyDecorator {
  return TextLike(/^(?=.{1,64}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens, e.g. `ct-anatomy`');
}

/** One of a closed list. */
export function OneOf(values: readonly (string | number)[]): PropertyDecorator {
  return IsIn([...values], { message: `must be one of ${values.join(', ')}` });
}

export function NumberBetween(minimum: number, maximum: number): PropertyDecorator {
  const message = `must be a number from ${minimum} to ${maximum}`;
  return all(IsNumber({}, { message }), Min(minimum, { message }), Max(maximum, { message }));
}

export function WholeNumberBetween(minimum: number, maximum: number): PropertyDecorator {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return all(IsInt({ message }), Min(minimum, { message }), Max(maximum, { message }));
}

export function YesOrNo(): PropertyDecorator {
  return IsBoolean({ message: 'must be true or false' });
}

/** A list of texts, each following a pattern. */
export function TextList(pattern: RegExp, advice: string, maximum = 50): PropertyDecorator {
  return all(
    ...listOf(1, maximum),
    IsString({ each: true, message: `every entry must be text: ${advice}` }),
    Matches(pattern, { each: true, message: `every entry must be ${advice}` }),
  );
}

/** A list of entries of a closed list. */
export function ListOf(values: readonly string[]): PropertyDecorator {
  const message = `every entry must be one of ${values.join(', ')}`;
  return all(...listOf(1, values.length), IsIn([...values], { each: true, message }));
}

/** Three whole numbers or three numbers: x, y, z of the tensor, or red, green, blue. */
export function Triple(minimum: number, maximum: number, whole: boolean, what: string): PropertyDecorator {
  const message = `must be a list of three ${whole ? 'whole ' : ''}numbers from ${minimum} to ${maximum}: ${what}`;
  return all(
    IsArray({ message }),
    ArrayMinSize(3, { message }),
    ArrayMaxSize(3, { message }),
    whole ? IsInt({ each: true, message }) : IsNumber({}, { each: true, message }),
    Min(minimum, { each: true, message }),
    Max(maximum, { each: true, message }),
  );
}

/** A block with its own keys. */
export function Block(dto: () => DtoClass): PropertyDecorator {
  return all(IsObject({ message: 'must be a block of keys' }), ValidateNested(), Type(dto));
}

/** A list of blocks. */
export function BlockList(dto: () => DtoClass, minimum: number, maximum: number): PropertyDecorator {
  return all(...listOf(minimum, maximum), ...eachIsBlock(), Type(dto));
}

/** A list of blocks whose `property` says which kind each one is. */
export function VariantList(property: string, variants: Record<string, DtoClass>, maximum: number): PropertyDecorator {
  const toVariant = variantMaker(property, variants);
  return all(
    ...listOf(0, maximum),
    ...eachIsBlock(),
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(toVariant) : value)),
  );
}

/** A block whose `property` says which kind it is. */
export function Variant(property: string, variants: Record<string, DtoClass>): PropertyDecorator {
  const toVariant = variantMaker(property, variants);
  return all(
    IsObject({ message: 'must be a block of keys' }),
    ValidateNested(),
    Transform(({ value }: { value: unknown }) => toVariant(value)),
  );
}

function listOf(minimum: number, maximum: number): PropertyDecorator[] {
  const message = `must be a list of ${minimum} to ${maximum} entries, each on its own line after "-"`;
  return [IsArray({ message }), ArrayMinSize(minimum, { message }), ArrayMaxSize(maximum, { message })];
}

function eachIsBlock(): PropertyDecorator[] {
  return [IsObject({ each: true, message: 'every entry must be a block of keys' }), ValidateNested({ each: true })];
}

function variantMaker(property: string, variants: Record<string, DtoClass>): (value: unknown) => unknown {
  class UnknownVariant {}
  OneOf(Object.keys(variants))(UnknownVariant.prototype, property);
  Object.values(variants).forEach((variant) => Allow()(variant.prototype, property));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const name = (value as Record<string, unknown>)[property];
    const known = typeof name === 'string' && Object.hasOwn(variants, name);
    return plainToInstance(known ? variants[name] : UnknownVariant, value);
  };
}
