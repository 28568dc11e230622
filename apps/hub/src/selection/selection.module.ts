/** Wires the selection stage; HELD_ITEM_HANDLERS comes from the held module. */
import { Module } from '@nestjs/common';
import { IMAGE_FACTS } from '@modelbank/contracts';
import type { ImageFactsMeter } from '@modelbank/contracts';
import { measureImageFacts } from '@modelbank/inference';
import { GroupEvaluation } from './evaluate-group';
import { ExplanationController } from './explanation.controller';
import { GroupSelection } from './group-selection';
import { HeldSelections } from './held-selections';
import { MeasureOnce } from './image-facts';
import { SelectionConsumer } from './selection.consumer';

const meter: ImageFactsMeter = { measure: async (instances) => (await measureImageFacts(instances)).facts };

@Module({
  controllers: [SelectionConsumer, ExplanationController],
  providers: [GroupEvaluation, GroupSelection, HeldSelections, MeasureOnce, { provide: IMAGE_FACTS, useValue: meter }],
})
export class SelectionModule {}
