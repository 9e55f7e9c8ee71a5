/** Where the contract lies on the core's loopback address. Apart from the schemas, which a window does not need. */
export const rpcPath = '/rpc';
