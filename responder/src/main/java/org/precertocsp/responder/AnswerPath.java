package org.precertocsp.responder;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.admin.Overview;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerLease;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.answer.FastAnswerLookup;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.LeasedAnswers;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.FastReplyLookup;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OcspServiceConfig;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.renewal.RenewalIssuer;
import org.precertocsp.responder.renewal.RenewalQueue;
import org.precertocsp.responder.renewal.RenewalService;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.tracing.Tracing;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.key.KeySource;

/// The path of an answer: the layers from the cache to the signer, and the endpoint in front of
/// them. It is here and not in a package of its own, since it connects `http`, `answer`, `renewal`
/// and `tracing`, none of which may know all the others.
final class AnswerPath {
    /// How the answers of an issuer are signed.
    ///
    /// @param bounded with its key, or at an edge by authorities
    /// @param credential none at an edge
    record Signer(
            String issuer,
            IssuerKey key,
            BoundedSigner bounded,
            Optional<IssuerCredential> credential) {
        static Signer of(IssuerCredential credential) {
            return new Signer(
                    credential.issuer(),
                    credential.key(),
                    credential.bounded(),
                    Optional.of(credential));
        }
    }

    /// The responses on disk, and the queue of their renewal.
    record Stored(ResponseStore responses, RenewalQueue renewals) {
        static Stored of(RocksStore store) {
            return new Stored(store.responses(), store.renewals());
        }
    }

    private record Served(
            String name, ServedIssuer issuer, Optional<IssuerCredential> credential) {}

    /// The first of that many requests waits for at most a millisecond of signatures by the others.
    private static final int BATCH = 16;

    static final Duration OVERDUE_EVERY = Duration.ofSeconds(5);

    static final Duration CLOCK_EVERY = Duration.ofSeconds(1);

    private final ServerConfig config;
    private final MonotonicClock clock;
    private final RocksStore store;
    private final Stored stored;
    private final List<Served> issuers;
    private final AnswerContext shared;
    private final AnswerCache<HttpReply> cache;
    private final UnassignedSerialListener unassigned;
    private final Optional<AnswerLease> lease;
    private final RequestMetrics traffic = new RequestMetrics();
    private final Map<AnswerEvents.Layer, LongAdder> reached =
            new EnumMap<>(AnswerEvents.Layer.class);

    /// @param lease of a node of a cluster
    AnswerPath(
            ServerConfig config,
            List<Signer> signers,
            RocksStore store,
            Stored stored,
            MonotonicClock clock,
            UnassignedSerialListener unassigned,
            Optional<AnswerLease> lease) {
        this.lease = lease;
        for (AnswerEvents.Layer layer : AnswerEvents.Layer.values()) {
            reached.put(layer, new LongAdder());
        }
        this.unassigned = unassigned;
        this.config = config;
        this.clock = clock;
        this.store = store;
        this.stored = stored;
        this.issuers = signers.stream().map(it -> served(config, it)).toList();
        this.shared =
                new AnswerContext(
                        new IssuerDirectory(issuers.stream().map(Served::issuer).toList()),
                        store,
                        store.epochs(),
                        config.answers(),
                        clock);
        this.cache =
                new AnswerCache<>(config.answers().cacheBytes(), HttpReply::of, HttpReply::bytes);
    }

    private static Served served(ServerConfig config, Signer signer) {
        ServerConfig.Issuer issuer =
                config.issuers().stream()
                        .filter(it -> it.name().equals(signer.issuer()))
                        .findFirst()
                        .orElseThrow();
        return new Served(
                issuer.name(),
                new ServedIssuer(
                        signer.key(),
                        issuer.profile(),
                        issuer.validity(),
                        signer.bounded(),
                        signer.bounded().singleUse(),
                        issuer.presign(),
                        new CacheHints.Policy(
                                issuer.name(),
                                issuer.maxAge().orElse(CacheHints.NONE.maxAge()),
                                config.caching().surrogateKeyHeader())),
                signer.credential());
    }

    /// Answers requests of its own for some time, if so configured.
    void warmUp() {
        if (config.warmUp().isZero()) {
            return;
        }
        List<ServedIssuer> software =
                issuers.stream()
                        .flatMap(it -> it.credential().stream().map(own -> unrecorded(it, own)))
                        .flatMap(Optional::stream)
                        .toList();
        new WarmUp(config, store, clock, software).run();
    }

    /// The same issuer, with a signer whose signatures are not to leave the process; none if it is
    /// a token.
    private static Optional<ServedIssuer> unrecorded(Served served, IssuerCredential credential) {
        if (credential.current().mayHang()) {
            return Optional.empty();
        }
        ServedIssuer issuer = served.issuer();
        ResponseSigner signer = new BouncyCastleSigner(credential.current().credential());
        return Optional.of(
                new ServedIssuer(
                        issuer.key(),
                        issuer.profile(),
                        issuer.validity(),
                        signer,
                        signer,
                        issuer.presign(),
                        issuer.caching()));
    }

    /// Starts to renew responses; to be closed before store and signers.
    RenewalService renewals(BackgroundTasks tasks) {
        return RenewalService.start(
                tasks,
                issuers.stream()
                        .flatMap(it -> it.credential().stream().map(own -> renewed(it, own)))
                        .toList(),
                store,
                stored.renewals(),
                clock,
                () -> cache.stats().requestCount());
    }

    private RenewalIssuer renewed(Served served, IssuerCredential credential) {
        return new RenewalIssuer(
                served.name(),
                served.issuer(),
                credential.bounded().urgent(),
                credential.bounded().background(),
                config.signing().maxInFlight());
    }

    /// @param requested hears of the responses that clients request
    /// @throws IOException names the address that could not be bound
    OcspHttpServer serve(Consumer<ResponseKey> requested, Tracing tracing, OverloadMonitor overload)
            throws IOException {
        FastAnswerLookup<HttpReply> ready =
                new FastAnswerLookup<>(shared, cache, HttpReply.unauthorized(), unassigned);
        AnswerContext traced = tracing.isOff() ? shared : traced(tracing);
        OcspServiceConfig answering =
                new OcspServiceConfig(
                        new OcspRequestDecoder(config.requests()),
                        traced.issuers(),
                        fast(ready),
                        tracing.sources(leased(service(traced, requested, tracing), traced)),
                        threads(),
                        waits() == 0 ? BATCH : 1,
                        new OcspServiceConfig.SingleUse(ready::isSingleUse, singleUseThreads()),
                        traffic,
                        overload);
        return OcspHttpServer.start(config.http(), answering, clock);
    }

    /// With a lease, looked at before an answer in memory; a single node has nothing to look at.
    private FastReplyLookup fast(FastAnswerLookup<HttpReply> ready) {
        if (lease.isEmpty()) {
            return ready::find;
        }
        AnswerLease held = lease.get();
        return (query, now) -> held.isValid() ? ready.find(query, now) : null;
    }

    private ResponseSource leased(AnswerService service, AnswerContext context) {
        return lease.isEmpty() ? service : new LeasedAnswers(service, context, lease.get());
    }

    /// The validity of the responses that expire first.
    Duration validity() {
        return issuers.stream()
                .map(it -> it.issuer().validity())
                .min(Duration::compareTo)
                .orElse(Duration.ofDays(1));
    }

    void addTo(ServerMetrics metrics) {
        metrics.traffic(traffic);
        metrics.layer("loop", traffic::ready);
        for (AnswerEvents.Layer layer : AnswerEvents.Layer.values()) {
            metrics.layer(layer.label(), counter(layer)::sum);
        }
    }

    RequestMetrics traffic() {
        return traffic;
    }

    /// The layers in the order in which requests reach them.
    List<Overview.Layer> layers() {
        List<Overview.Layer> layers = new ArrayList<>();
        layers.add(new Overview.Layer("loop", traffic.ready()));
        for (AnswerEvents.Layer layer : AnswerEvents.Layer.values()) {
            layers.add(new Overview.Layer(layer.label(), counter(layer).sum()));
        }
        return layers;
    }

    /// The same answers for lookups: they are not counted and cause no renewal.
    AnswerService lookedAt() {
        return new AnswerService(
                shared, cache, stored.responses(), config.signing().timeout(), AnswerEvents.NONE);
    }

    /// Answers for edges, which compare them with what they know; so it needs no lease.
    ///
    /// @param sequence of the newest change that the store has
    AuthorityAnswers forEdges(LongSupplier sequence) {
        return new AuthorityAnswers(
                lookedAt(),
                shared.issuers(),
                store,
                sequence,
                new AuthorityAnswers.Limits(threads(), config.http().maxInFlight()),
                clock);
    }

    private AnswerService service(
            AnswerContext traced, Consumer<ResponseKey> requested, Tracing tracing) {
        return new AnswerService(
                traced,
                cache,
                tracing.responses(stored.responses()),
                config.signing().timeout(),
                new AnswerEvents(layer -> reached(layer, tracing), requested, unassigned));
    }

    private void reached(AnswerEvents.Layer layer, Tracing tracing) {
        counter(layer).increment();
        tracing.reached(layer.label());
    }

    private LongAdder counter(AnswerEvents.Layer layer) {
        return Objects.requireNonNull(reached.get(layer));
    }

    /// The same issuers, store and clock.
    private AnswerContext traced(Tracing tracing) {
        return new AnswerContext(
                new IssuerDirectory(
                        issuers.stream()
                                .map(it -> tracing.issuer(it.name(), it.issuer()))
                                .toList()),
                tracing.statuses(shared.statuses()),
                shared.epochs(),
                shared.config(),
                shared.clock());
    }

    /// Software keys compute, so more threads than processors would only take turns. A request that
    /// waits for a token needs a thread of its own, or one dead token would stop the answers of all
    /// issuers. So does a request that waits for an authority.
    private int threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        long waiting = config.signing().maxInFlight() + (long) config.signing().maxWaiters();
        return Math.clamp(processors + waits() * waiting, 2, config.http().maxInFlight() + 1);
    }

    /// Half the processors, so that the others answer requests that can share an answer; and for
    /// each token as many threads as it lets wait in that lane.
    private int singleUseThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        long waiting = BoundedSigner.mostSingleUse(config.signing());
        return Math.clamp(processors / 2 + waits() * waiting, 1, config.http().maxInFlight() + 1);
    }

    /// Signers outside this process: each token; and the authorities of an edge, which all its
    /// issuers request together.
    private long waits() {
        if (config.isEdge()) {
            return 1;
        }
        return config.issuers().stream()
                .flatMap(issuer -> issuer.credential().stream())
                .filter(credential -> credential.key().source() instanceof KeySource.Pkcs11)
                .count();
    }
}
