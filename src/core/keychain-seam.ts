// What a shell needs to start the keychain's helper process in its own way.

export { keychainEnvironment } from '../keychain/keychain-protocol.ts';
export type { KeychainHelper, StartKeychain } from '../keychain/keychain-protocol.ts';
