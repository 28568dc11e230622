/** What may lie in a model package. Its files are data for the hub: none of them is ever run, and no link leads out of it. */
import { HubError } from '@modelbank/contracts';

export const MANIFEST_FILE = 'model.yaml';
export const MODEL_CARD_FILE = 'MODEL_CARD.md';
export const GOLDEN_FOLDER = 'golden/';

export const PACKAGE_LIMITS = {
  files: 2000,
  depth: 8,
  fileBytes: 8 * 1024 ** 3,
  totalBytes: 16 * 1024 ** 3,
  manifestBytes: 1024 ** 2,
} as const;

/** Extensions of what packages are made of: network and its external weights, card, golden cases, the scripts that made it. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  'yaml yml md txt json csv onnx data dcm nii gz npy npz png jpg svg pdf py mjs ts toml lock cff'.split(' '),
);
const NAMES_WITHOUT_EXTENSION: ReadonlySet<string> = new Set(['LICENSE', 'NOTICE', 'SHA256SUMS', 'Makefile']);
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9 ._+@-]{0,127}$/;

/** Throws PACKAGE_INVALID unless a file of this relative path may be part of a package. */
export function checkPackagePath(path: string): void {
  const segments = path.split('/');
  if (segments.length > PACKAGE_LIMITS.depth) throw invalid(`${path} lies too deep`, 'Put it in fewer folders.');
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    throw invalid(
      'a file or folder has a name that is not allowed',
      'Use letters, digits and . _ + @ - only; remove hidden files such as .DS_Store.',
    );
  }
  const name = segments[segments.length - 1];
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : undefined;
  const allowed = extension === undefined ? NAMES_WITHOUT_EXTENSION.has(name) : EXTENSIONS.has(extension);
  if (!allowed) throw invalid(`${path} is not of a file type that a package holds`, 'Remove it from the package.');
}

export function invalid(message: string, advice: string): HubError {
  return new HubError('PACKAGE_INVALID', message, { advice });
}
