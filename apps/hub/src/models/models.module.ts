/** Wires the models stage: the registry of packages. */
import { Module } from '@nestjs/common';
import { inspectPackageNetworks } from '@modelbank/inference';
import { ModelsController } from './models.controller';
import { NETWORK_INSPECTOR } from './network-inspector';
import type { NetworkInspector } from './network-inspector';
import { RegisterPackage } from './register-package';

const inspector: NetworkInspector = { inspect: (folder, manifest) => inspectPackageNetworks(folder, manifest) };

@Module({
  controllers: [ModelsController],
  providers: [RegisterPackage, { provide: NETWORK_INSPECTOR, useValue: inspector }],
  exports: [RegisterPackage],
})
export class ModelsModule {}
