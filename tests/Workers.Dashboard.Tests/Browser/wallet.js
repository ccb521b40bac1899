// A wallet for tests (EIP-1193): what reads goes to anvil, and so does what signs, by one of anvil's own unlocked accounts.
// `settings` is put before it: { rpc, account, chain, known }.
(() => {
  let connected = false;
  let chain = settings.chain;
  let known = settings.known;
  const listeners = {};
  const emit = (event, value) => (listeners[event] ?? []).forEach((listener) => listener(value));
  const failure = (code, message, data) => Object.assign(new Error(message), { code, data });
  const node = async (method, params) => {
    const answer = await fetch(settings.rpc, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
    const { result, error } = await answer.json();
    if (error) throw failure(error.code, error.message, error.data);
    return result;
  };
  const wallet = {
    eth_accounts: () => (connected ? [settings.account] : []),
    eth_requestAccounts: () => {
      connected = true;
      emit("accountsChanged", [settings.account]);
      return [settings.account];
    },
    eth_chainId: () => chain,
    wallet_switchEthereumChain: ([{ chainId }]) => {
      if (!known) throw failure(4902, "Unrecognized chain");
      chain = chainId;
      emit("chainChanged", chain);
      return null;
    },
    wallet_addEthereumChain: ([added]) => {
      window.addedChain = added;
      known = true;
      return wallet.wallet_switchEthereumChain([added]);
    },
    eth_sendTransaction: (params) => {
      if (window.declines) throw failure(4001, "User rejected the request.");
      return node("eth_sendTransaction", params);
    },
  };
  window.ethereum = {
    request: async ({ method, params }) => (wallet[method] ?? ((p) => node(method, p)))(params ?? []),
    on: (event, listener) => void (listeners[event] ??= []).push(listener),
    removeListener: (event, listener) => void (listeners[event] = (listeners[event] ?? []).filter((l) => l !== listener)),
  };
})();
