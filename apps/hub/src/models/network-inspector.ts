/** The look into a package's ONNX files at registration; a port, so that tests of registration need no network. */
import type { ModelManifest } from '@modelbank/registry';

export const NETWORK_INSPECTOR = Symbol('NetworkInspector');

export interface NetworkInspector {
  /** Throws PACKAGE_INVALID when a network does not open or does not fit the manifest. */
  inspect(packageFolder: string, manifest: ModelManifest): Promise<unknown>;
}
