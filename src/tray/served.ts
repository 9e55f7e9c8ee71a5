// Interfaces of ours that anybody on the bus may call: read-only properties, and methods that are told who calls.

import type { InterfaceDescriptor, Message, MessageBus } from 'dbus-native';

export interface ServedMethod {
  readonly in: string;
  readonly out: string;
  /** One value for each type of `out`, in a list when there are several, null when there is none. `sender`: the caller's unique name, as the bus says. */
  handle(args: readonly unknown[], sender: string): unknown;
}

export interface ServedInterface {
  readonly name: string;
  readonly methods: Readonly<Record<string, ServedMethod>>;
  readonly properties: Readonly<Record<string, { readonly type: string; readonly value: () => unknown }>>;
  /** Signature by name. */
  readonly signals: Readonly<Record<string, string>>;
}

/** Refuses a call with an error of D-Bus. */
export class RefusedCall extends Error {
  readonly dbusName: string;
  constructor(kind: 'AccessDenied' | 'InvalidArgs' | 'LimitsExceeded', message: string) {
    super(message);
    this.name = 'RefusedCall';
    this.dbusName = `org.freedesktop.DBus.Error.${kind}`;
  }
}

export function serve(bus: MessageBus, path: string, { name, methods, properties, signals }: ServedInterface): void {
  const described: Required<InterfaceDescriptor> = { name, methods: {}, signals: {}, properties: {} };
  // Without a prototype: a caller chooses the member's name.
  const object = Object.create(null) as Record<string, unknown>;
  for (const [member, method] of Object.entries(methods)) {
    described.methods[member] = [method.in, method.out, [], []];
    object[member] = (...all: unknown[]) => {
      // The library puts the message behind the arguments, however many came.
      const { body = [], signature = '', sender = '' } = all.at(-1) as Message;
      if (signature !== method.in)
        throw new RefusedCall('InvalidArgs', `${member} takes "${method.in}", not "${signature}".`);
      return method.handle(body, sender);
    };
  }
  for (const [member, { type, value }] of Object.entries(properties)) {
    described.properties[member] = { type, access: 'read' };
    Object.defineProperty(object, member, { get: value });
  }
  for (const [member, signature] of Object.entries(signals)) described.signals[member] = [signature];
  bus.exportInterface(object, path, described);
}
