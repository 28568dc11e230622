/** Wires the delivery stage. */
import { Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller';
import { DeliveryLoop } from './delivery-loop';
import { DeliveryConsumer } from './delivery.consumer';

@Module({ controllers: [DeliveryConsumer, DeliveriesController], providers: [DeliveryLoop] })
export class DeliveryModule {}
