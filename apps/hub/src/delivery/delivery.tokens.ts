/** Injection token of the sender. */
export const DELIVERY_SENDER = Symbol('DeliverySender');
