// The one place where things are put together. Everything else receives what it needs: hence its length.

import { createHash, randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pacText } from './capture/pac.ts';
import { EventPublisher } from '@orpc/server';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import { createListener } from './connection/listener.ts';
import { createUpstream } from './connection/upstream.ts';
import type { CoreEvent, ReadyEvent } from './contract/core-events.ts';
import type { Status } from './contract/control.ts';
import { openApprovalDesk } from './core/approval-desk.ts';
import { approvalRoutes } from './core/approval-routes.ts';
import { startControlServer, type ControlServer } from './core/control-server.ts';
import { cannotListen } from './core/cannot-listen.ts';
import { CoreError } from './core/core-error.ts';
import type { RunToken } from './core/run-token.ts';
import { loadContract } from './core/contract-server.ts';
import { connectionFailure } from './core/connection-failure.ts';
import { createCredentials } from './core/credentials.ts';
import { createLiveExports } from './core/live-exports.ts';
import { createExchanges, type PolicyInForce } from './core/exchanges.ts';
import { createLive } from './core/live.ts';
import { createAddedTime } from './core/overview-added.ts';
import { openAnchorKey } from './core/log-maintenance.ts';
import { openFingerprint } from './core/fingerprint.ts';
import { gatewayTarget } from './core/gateway.ts';
import { createGuideDemo } from './core/guide-demo.ts';
import { withGuide } from './core/guide-exchange.ts';
import { openOwnAuthority, systemClock } from './core/home.ts';
import { openMaskingSource, type MaskingSource } from './core/masking-source.ts';
import { openKeyStores } from './core/key-stores.ts';
import { reachable } from './core/machine.ts';
import { pacHosts } from './core/pac-hosts.ts';
import { createPairing } from './core/pairing.ts';
import { addressOfRun } from './core/window-address.ts';
import { createPause } from './core/pause.ts';
import { openUrl } from './core/open-url.ts';
import { createPeers } from './core/peers.ts';
import { keepCertificates } from './core/renewal.ts';
import type { Caller } from './core/procedures/implementer.ts';
import type { ServeOptions } from './core/serve-options.ts';
import { createSessionIds } from './core/session-ids.ts';
import { startTray } from './core/tray.ts';
import { readCertificates } from './core/upstream-ca.ts';
import { createOriginals } from './core/vault.ts';
import { untilAborted } from './core/until-aborted.ts';
import { version } from './core/version.ts';
import { masked } from './exchange/masked.ts';
import { checkRule } from './masking/masking.ts';
import { matchesHost } from './policy/hosts.ts';
import type { Policy } from './policy/policy.ts';
import { policyFor } from './policy/scopes.ts';
import { compileRisks } from './core/risks.ts';
import { checkRiskRule } from './risk/risk.ts';
import { startSearchThread } from './sessions/search-thread.ts';
import { openSessionLog } from './sessions/sessions.ts';
import { removeInstance, writeInstance } from './settings/instance.ts';
import { locations } from './settings/locations.ts';
import { createPolicyFile } from './settings/policy-file.ts';

export interface Core {
  readonly ready: ReadyEvent;
  /** A process that was started as a client: neither it nor what it starts may answer questions. */
  guard(pid: number): Promise<void>;
  mintToken(): RunToken;
  /** An address that opens the window in a browser: good once, for ten minutes. `screen`: such as `approvals`. */
  link(screen: string): string;
  /** Serves the contract on a message port; `caller` says whose window it is. A port that must be started: once this resolves. */
  serveWindow(port: SupportedMessagePort, caller: Caller): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the core has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
}

/** Starts proxy, gateway and control interface. Rejects with an error of one sentence that says what to do next. */
export async function createCore(options: ServeOptions, tellShell: (event: CoreEvent) => void): Promise<Core> {
  const publisher = new EventPublisher<{ event: CoreEvent }>({ maxBufferedEvents: 1_000 });
  const clock = systemClock;
  // Before everything that may have something to say.
  const live = createLive({ clock, record: (id) => log.exchange(id) });
  const emit = (event: CoreEvent): void => {
    publisher.publish('event', event);
    live.tell(event);
    tellShell(event);
  };
  const places = locations({ dataDir: options.dataDir, policyFile: options.policyFile, env: options.env });
  const stores = await openKeyStores(places, options);
  if (stores.notice !== undefined) emit({ event: 'failure', code: 'keys', message: stores.notice });
  const secrets = stores.own;
  const startedAt = clock.now();
  const [authority, fingerprint, extraCa] = await Promise.all([
    openOwnAuthority(places, secrets),
    openFingerprint(secrets),
    readCertificates(options.upstreamCa),
  ]);
  const originals = createOriginals({ dataFolder: places.dataFolder, stores, clock, fingerprint, emit });
  const renewal = keepCertificates(authority, places, emit);
  await renewal.now();

  let current: Policy;
  let source: MaskingSource | undefined;
  let inForce: PolicyInForce;
  let intercepts: (host: string, port: number) => boolean;
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: what was asked for last is in force at the end. */
  const enforce = (policy: Policy): Promise<boolean> => {
    const taken = turn.then(() => takeOver(policy));
    turn = taken.catch(() => undefined);
    return taken;
  };
  const tellFailure = (error: unknown): void => {
    emit({ event: 'failure', code: 'policy', message: (error as Error).message });
  };
  const exportsLive = createLiveExports({
    env: options.env,
    dataFolder: places.dataFolder,
    clock,
    onFailure: ({ message }) => emit({ event: 'failure', code: 'export', message }),
  });
  const takeOver = async (policy: Policy): Promise<boolean> => {
    // The authority first: no host is intercepted before its certificate can be signed.
    const certificateChanged = await authority.ensureFor(policy.intercept);
    if (certificateChanged) await renewal.bundle();
    const opened = await openMaskingSource(policy, {
      env: options.env,
      projectFolder: process.cwd(),
      fingerprint: (value) => originals.fingerprint(value),
      ownSecrets: credentials.secrets(),
      onChange: () => void enforce(current).catch(tellFailure),
    });
    source?.[Symbol.dispose]();
    source = opened;
    current = policy;
    const riskOf = compileRisks(policy);
    inForce = {
      masking: (masking) => opened.of(masking),
      risk: riskOf,
      id: createHash('sha256').update(JSON.stringify(policy)).digest('hex'),
      scopeFor: policyFor(policy, homedir()),
      dependsOnProcess: policy.scopes.some(({ match }) => match.project !== undefined || match.identity !== undefined),
      passUnreadable: matchesHost(policy.unreadable.pass),
      onRecordFailure: policy.sessions.onFailure,
    };
    intercepts = matchesHost(policy.intercept);
    await originals.follow(policy.sessions.originals);
    await exportsLive.follow(policy.export);
    return certificateChanged;
  };
  const own: { address: string; port: number }[] = [];
  const upstream = createUpstream({
    extraCa,
    resolve: options.resolve,
    ownAddresses: () => own,
    ...(options.upstreamProxy === undefined ? {} : { upstreamProxy: options.upstreamProxy }),
  });
  const credentials = createCredentials({
    store: stores.provider,
    tokensFile: join(places.dataFolder, 'tokens', 'tokens.db'),
    clock,
    upstream,
    policyProviders: () => current.providers,
    fetch,
  });
  await credentials.reload();
  let enforcing = Promise.resolve(false);
  const policyFile = await createPolicyFile({
    path: places.policyFile,
    checkRule,
    checkRiskRule,
    onChange(reading) {
      if (reading.policy === undefined) {
        emit({ event: 'policy', ok: false, problems: [...reading.problems], certificateChanged: false });
        return;
      }
      enforcing = enforce(reading.policy);
      enforcing.then(
        (certificateChanged) => emit({ event: 'policy', ok: true, problems: [], certificateChanged }),
        tellFailure,
      );
    },
  });
  const [problem] = policyFile.problems;
  if (problem !== undefined)
    throw new CoreError('policy', `${places.policyFile}:${problem.line}:${problem.column}: ${problem.message}`);
  await enforce(policyFile.policy);

  const log = openSessionLog({
    folder: join(places.dataFolder, 'sessions'),
    clock,
    onFailure: (error) => emit({ event: 'failure', code: error.code, message: error.message }),
    anchorKey: await openAnchorKey(secrets),
    retention: () => ({ maxAge: current.sessions.retain, maxBytes: current.sessions.maxSize }),
  });
  const indexer = startSearchThread(join(places.dataFolder, 'sessions'), (error) =>
    emit({ event: 'failure', code: 'search', message: error.message }),
  );
  const desk = openApprovalDesk({
    folder: join(places.dataFolder, 'approvals'),
    clock,
    maskNote: (text) => masked(inForce.masking(current.masking), text),
    hash: fingerprint,
    emit,
    routes: (waiting) =>
      approvalRoutes({
        clock,
        env: options.env,
        policyFolder: dirname(places.policyFile),
        policyOf: (question) => waiting.policyOf(question),
        ownAddresses: () => own.map(({ address: host, port }) => `${host}:${port}`),
        terminal: options.terminal ?? 'none',
        desktop: options.desktop ?? 'own',
      }),
  });
  const peers = createPeers();
  const pause = createPause(clock, () => emit({ event: 'pause', until: pause.until }));
  const added = createAddedTime(startedAt);
  const guideDemo = createGuideDemo({
    approvals: desk.approvals,
    clock,
    sessionOf: (exchange) => log.exchange(exchange)?.session ?? null,
  });
  const exchanges = createExchanges(
    withGuide(guideDemo, {
      inForce: () => inForce,
      credentials,
      log,
      live,
      added,
      sessionIds: createSessionIds(fingerprint),
      desk,
      originals,
      peerOf: (client) => peers.of(client),
      hash: fingerprint,
      home: homedir(),
      clock,
      paused: () => pause.until !== null,
      emit(event) {
        if (event.event === 'exchange') {
          indexer.recorded();
          exportsLive.exchange(() => log.exchange(event.id));
        }
        emit(event);
      },
    }),
  );
  const listener = createListener({
    intercepts: (host, port) => intercepts(host, port),
    leafFor: (host) => authority.leafFor(host),
    gateway: (path) => guideDemo.target(path) ?? gatewayTarget(current.providers, path),
    upstream,
    exchange: (client) => exchanges.start(client),
    connected: (socket) => peers.connected(socket),
    report(event) {
      const failure = connectionFailure(event, authority.certificatePath);
      if (failure !== undefined) emit(failure);
    },
  });

  /** The keys themselves are masked too, so the masking is made anew. */
  const keysChanged = async (): Promise<void> => {
    await credentials.reload();
    await enforce(current);
  };
  /** A local token for one client; it ends when the client does. */
  const mintToken = (): RunToken => {
    const { id, token } = credentials.tokens.mint({});
    return { token, providers: credentials.providers(), revoke: () => void credentials.tokens.revoke(id) };
  };
  const ticking = setInterval(() => exchanges.tick(), 1000).unref();

  const token = randomBytes(24).toString('base64url');
  const bound = await listener.listen(options.listen.host, options.listen.port).catch((error: unknown) => {
    throw cannotListen(options.listen, error, '--listen');
  });
  own.push({ address: bound.host, port: bound.port });
  const address = `http://${bound.host.includes(':') ? `[${bound.host}]` : bound.host}:${bound.port}`;
  let stopping: Promise<void> | undefined;
  const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<undefined>();
  const status = (): Status => ({
    version,
    ...about(),
    mode: current.mode,
    state:
      desk.approvals.open().length > 0
        ? 'asking'
        : pause.until !== null || current.mode === 'observe'
          ? 'observing'
          : 'on',
    pausedUntil: pause.until,
    policyFile: places.policyFile,
    policyProblems: policyFile.problems.map((each) => ({ ...each })),
    startedAt,
    ...exchanges.counts,
    questions: desk.approvals.open().length,
    keys: [...credentials.providers()],
  });
  const pairing = createPairing(clock);
  // The fragment never leaves the browser, and the page takes it away at once.
  const link = (screen: string): string => `${control.windowUrl}/#/${screen}?code=${pairing.newCode()}`;
  const contract = loadContract({
    options,
    places,
    stores,
    clock,
    status,
    pause,
    link,
    stop: () => void stop(),
    approvals: desk.approvals,
    log,
    live,
    added,
    policyFile,
    policyChanged: () => policyFile.reload().then(() => enforcing),
    policy: () => current,
    inForce: () => inForce,
    keysChanged,
    certificatesChanged: () => renewal.now(),
    credentials,
    authority,
    guideDemo,
    mintToken,
    events: (signal) => untilAborted(publisher.subscribe('event', { signal }), signal),
  });
  const control: ControlServer = await startControlServer({
    ...options.ui,
    windowHost: addressOfRun(options.ui.host, process.platform, options.env),
    token,
    contract,
    pairing,
    mayAnswer: (peer, where) => peers.mayAnswer(peer, where),
    pac: () => pacText({ proxy: reachable(address), hosts: pacHosts(current.intercept) }),
  }).catch(async (error: unknown) => {
    await listener.close();
    throw cannotListen(options.ui, error, '--ui');
  });
  const about = (): Omit<ReadyEvent, 'event'> => ({
    proxy: address,
    gateway: address,
    ui: control.url,
    ca: authority.certificatePath,
    pid: process.pid,
  });
  await writeInstance(places.instanceFile, {
    pid: process.pid,
    proxy: address,
    gateway: address,
    ui: control.url,
    fixed: [
      ...(options.listen.port === 0 ? [] : ['proxy' as const]),
      ...(options.ui.port === 0 ? [] : ['ui' as const]),
    ],
    controlToken: token,
    startedAt,
  });

  const openWindow = (screen: string): void => {
    const { platform } = process;
    openUrl(reachable(link(screen)), { platform, env: options.env, origin: reachable(control.windowUrl) }).catch(
      (error: unknown) => emit({ event: 'failure', code: 'window', message: (error as Error).message }),
    );
  };
  const tray =
    options.tray === true
      ? startTray({
          env: options.env,
          clock,
          status,
          approvals: desk.approvals,
          pause,
          mayUse: (pid) => peers.mayUse(pid),
          openWindow,
          stop: () => void stop(),
        })
      : undefined;
  const endTelling = publisher.subscribe('event', ({ event }) => {
    if (event !== 'exchange' && event !== 'finding') tray?.changed();
  });

  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      endTelling();
      guideDemo.close();
      await tray?.close();
      policyFile[Symbol.dispose]();
      clearInterval(ticking);
      pause[Symbol.dispose]();
      renewal[Symbol.dispose]();
      source?.[Symbol.dispose]();
      await Promise.all([listener.close(), control.close()]);
      upstream.close();
      await desk.close();
      await exportsLive.close();
      peers.close();
      credentials.close();
      await indexer.end();
      log.end();
      originals.close();
      await removeInstance(places.instanceFile, process.pid);
      hasStopped(undefined);
    })();
    return stopping;
  };
  live.tell({ event: 'ready', ...about() });
  return {
    ready: { event: 'ready', ...about() },
    link,
    async serveWindow(port, caller) {
      const { upgrade } = await contract();
      upgrade(port, caller);
    },
    guard: (pid) => peers.guard(pid),
    mintToken,
    stop,
    stopped,
  };
}
