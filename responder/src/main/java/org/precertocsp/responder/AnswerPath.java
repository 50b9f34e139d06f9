package org.precertocsp.responder;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.precertocsp.responder.admin.Overview;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.answer.FastAnswerLookup;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OcspServiceConfig;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.renewal.RenewalIssuer;
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
    /// An issuer and its credential.
    private record Signed(ServedIssuer issuer, IssuerCredential credential) {}

    /// The first of that many requests waits for at most a millisecond of signatures by the others.
    private static final int BATCH = 16;

    static final Duration OVERDUE_EVERY = Duration.ofSeconds(5);

    static final Duration CLOCK_EVERY = Duration.ofSeconds(1);

    private final ServerConfig config;
    private final MonotonicClock clock;
    private final RocksStore store;
    private final List<Signed> issuers;
    private final AnswerContext shared;
    private final AnswerCache<HttpReply> cache;
    private final UnassignedSerialListener unassigned;
    private final RequestMetrics traffic = new RequestMetrics();
    private final Map<AnswerEvents.Layer, LongAdder> reached =
            new EnumMap<>(AnswerEvents.Layer.class);

    AnswerPath(
            ServerConfig config,
            List<IssuerCredential> credentials,
            RocksStore store,
            MonotonicClock clock,
            UnassignedSerialListener unassigned) {
        for (AnswerEvents.Layer layer : AnswerEvents.Layer.values()) {
            reached.put(layer, new LongAdder());
        }
        this.unassigned = unassigned;
        this.config = config;
        this.clock = clock;
        this.store = store;
        this.issuers = credentials.stream().map(credential -> signed(config, credential)).toList();
        this.shared =
                new AnswerContext(
                        new IssuerDirectory(issuers.stream().map(Signed::issuer).toList()),
                        store,
                        store.epochs(),
                        config.answers(),
                        clock);
        this.cache =
                new AnswerCache<>(config.answers().cacheBytes(), HttpReply::of, HttpReply::bytes);
    }

    private static Signed signed(ServerConfig config, IssuerCredential credential) {
        ServerConfig.Issuer issuer =
                config.issuers().stream()
                        .filter(it -> it.name().equals(credential.issuer()))
                        .findFirst()
                        .orElseThrow();
        return new Signed(
                new ServedIssuer(
                        credential.key(),
                        issuer.profile(),
                        issuer.validity(),
                        credential.bounded(),
                        credential.bounded().singleUse(),
                        issuer.presign(),
                        new CacheHints.Policy(
                                issuer.name(),
                                issuer.maxAge().orElse(CacheHints.NONE.maxAge()),
                                config.caching().surrogateKeyHeader())),
                credential);
    }

    /// Answers requests of its own for some time, if so configured.
    void warmUp() {
        if (config.warmUp().isZero()) {
            return;
        }
        List<ServedIssuer> software =
                issuers.stream()
                        .filter(it -> !it.credential().current().mayHang())
                        .map(AnswerPath::unrecorded)
                        .toList();
        new WarmUp(config, store, clock, software).run();
    }

    /// The same issuer, with a signer whose signatures are not to leave the process.
    private static ServedIssuer unrecorded(Signed signed) {
        ServedIssuer issuer = signed.issuer();
        ResponseSigner signer = new BouncyCastleSigner(signed.credential().current().credential());
        return new ServedIssuer(
                issuer.key(),
                issuer.profile(),
                issuer.validity(),
                signer,
                signer,
                issuer.presign(),
                issuer.caching());
    }

    /// Starts to renew responses; to be closed before store and signers.
    RenewalService renewals(BackgroundTasks tasks) {
        return RenewalService.start(
                tasks,
                issuers.stream().map(this::renewed).toList(),
                store,
                store.renewals(),
                clock,
                () -> cache.stats().requestCount());
    }

    private RenewalIssuer renewed(Signed signed) {
        return new RenewalIssuer(
                signed.credential().issuer(),
                signed.issuer(),
                signed.credential().bounded().urgent(),
                signed.credential().bounded().background(),
                config.signing().maxInFlight());
    }

    /// @throws IOException names the address that could not be bound
    OcspHttpServer serve(RenewalService renewals, Tracing tracing, OverloadMonitor overload)
            throws IOException {
        FastAnswerLookup<HttpReply> ready =
                new FastAnswerLookup<>(shared, cache, HttpReply.unauthorized(), unassigned);
        AnswerContext traced = tracing.isOff() ? shared : traced(tracing);
        OcspServiceConfig answering =
                new OcspServiceConfig(
                        new OcspRequestDecoder(config.requests()),
                        traced.issuers(),
                        ready::find,
                        tracing.sources(service(traced, renewals, tracing)),
                        threads(),
                        tokens() == 0 ? BATCH : 1,
                        new OcspServiceConfig.SingleUse(ready::isSingleUse, singleUseThreads()),
                        traffic,
                        overload);
        return OcspHttpServer.start(config.http(), answering, clock);
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
                shared, cache, store.responses(), config.signing().timeout(), AnswerEvents.NONE);
    }

    private AnswerService service(AnswerContext traced, RenewalService renewals, Tracing tracing) {
        return new AnswerService(
                traced,
                cache,
                tracing.responses(store.responses()),
                config.signing().timeout(),
                new AnswerEvents(layer -> reached(layer, tracing), renewals::asked, unassigned));
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
                                .map(it -> tracing.issuer(it.credential().issuer(), it.issuer()))
                                .toList()),
                tracing.statuses(shared.statuses()),
                shared.epochs(),
                shared.config(),
                shared.clock());
    }

    /// Software keys compute, so more threads than processors would only take turns. A request that
    /// waits for a token needs a thread of its own, or one dead token would stop the answers of all
    /// issuers.
    private int threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        long waiting = config.signing().maxInFlight() + (long) config.signing().maxWaiters();
        return Math.clamp(processors + tokens() * waiting, 2, config.http().maxInFlight() + 1);
    }

    /// Half the processors, so that the others answer requests that can share an answer; and for
    /// each token as many threads as it lets wait in that lane.
    private int singleUseThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        long waiting = BoundedSigner.mostSingleUse(config.signing());
        return Math.clamp(processors / 2 + tokens() * waiting, 1, config.http().maxInFlight() + 1);
    }

    private long tokens() {
        return config.issuers().stream()
                .flatMap(issuer -> issuer.credential().stream())
                .filter(credential -> credential.key().source() instanceof KeySource.Pkcs11)
                .count();
    }
}
