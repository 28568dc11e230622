/** The one validation pipe: unknown properties are refused, and what is wrong is told by property and rule, never by value. */
import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from '@nestjs/common';
import { HubError } from '@modelbank/contracts';

export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new HubError('INVALID_REQUEST', sentencesOf(errors, '').join('; ')),
  });
}

/** One sentence per broken rule. A property that we do not know is not repeated: its name came from the caller. */
export function sentencesOf(errors: readonly ValidationError[], parent: string): string[] {
  return errors.flatMap((error) => {
    if (error.constraints?.whitelistValidation !== undefined) {
      return [`${parent === '' ? 'the request' : parent} has a property that is not known`];
    }
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((text) => sentenceOf(text, error.property, path));
    return [...own, ...sentencesOf(error.children ?? [], path)];
  });
}

function sentenceOf(text: string, property: string, path: string): string {
  return text.startsWith(property) ? path + text.slice(property.length) : `${path}: ${text}`;
}
