/** class-validator's tree of errors as a flat list of findings with the path of each and what to do about it. */
import { getMetadataStorage } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { Finding } from './finding';
import type { ManifestPath } from './manifest-problem';

const UNKNOWN_KEY = 'whitelistValidation';

export function shapeFindings(errors: readonly ValidationError[], parent: ManifestPath = []): Finding[] {
  // Of a block of an unknown kind nothing else can be said.
  const unknownKind = errors.find((error) => error.target?.constructor.name === 'UnknownVariant' && isKindError(error));
  const relevant = unknownKind === undefined ? errors : [unknownKind];
  return relevant.flatMap((error) => {
    const path = [...parent, positionOrKey(error.property)];
    const own = ownMessage(error);
    return [...(own === undefined ? [] : [{ path, message: own }]), ...shapeFindings(error.children ?? [], path)];
  });
}

function isKindError(error: ValidationError): boolean {
  return error.constraints !== undefined && !(UNKNOWN_KEY in error.constraints);
}

function positionOrKey(property: string): string | number {
  return /^\d+$/.test(property) ? Number(property) : property;
}

/** One message per key: its first rule's, which is about the type. */
function ownMessage(error: ValidationError): string | undefined {
  const constraints = error.constraints;
  if (constraints === undefined) return undefined;
  if (UNKNOWN_KEY in constraints) return `unknown key; remove it or correct it (${knownKeys(error)})`;
  const messages = Object.values(constraints).filter((message) => !message.includes('nested property'));
  if (error.value === undefined) return `is missing; add it (${messages[0] ?? 'a block of keys'})`;
  return messages[0] ?? 'must be a block of keys';
}

function knownKeys(error: ValidationError): string {
  const target = error.target?.constructor;
  if (target === undefined) return 'no keys are known here';
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false);
  return `known here: ${[...new Set(rules.map((rule) => rule.propertyName))].join(', ')}`;
}
