package org.precertocsp.responder;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.precertocsp.responder.admin.overview.Overview;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ReadyAnswers;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.Shared;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.answer.UnassignedWatch;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.freshness.Renewals;
import org.precertocsp.responder.freshness.RenewedIssuer;
import org.precertocsp.responder.http.Answering;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.Traffic;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.request.RequestDecoder;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.tracing.Tracing;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.key.KeySource;

/// The path of an answer: the layers from the cache to the signer, and the endpoint in front of
/// them. It stands here, not in a package of its own, since it connects `http`, `answer`,
/// `freshness` and `tracing`, none of which may know all the others.
final class AnswerPath {
    /// An issuer and who signs for it.
    private record Signed(ServedIssuer issuer, KeptCredential credential) {}

    static final Duration OVERDUE_EVERY = Duration.ofSeconds(5);

    static final Duration CLOCK_EVERY = Duration.ofSeconds(1);

    private final ServerConfig config;
    private final SteadyClock clock;
    private final RocksStores store;
    private final List<Signed> issuers;
    private final Shared shared;
    private final AnswerCache<HttpReply> cache;
    private final UnassignedWatch unassigned;
    private final Traffic traffic = new Traffic();
    private final LongAdder memoryReached = new LongAdder();
    private final LongAdder diskReached = new LongAdder();
    private final LongAdder signerReached = new LongAdder();

    AnswerPath(
            ServerConfig config,
            List<KeptCredential> credentials,
            RocksStores store,
            SteadyClock clock,
            UnassignedWatch unassigned) {
        this.unassigned = unassigned;
        this.config = config;
        this.clock = clock;
        this.store = store;
        this.issuers = credentials.stream().map(credential -> signed(config, credential)).toList();
        this.shared =
                new Shared(
                        new IssuerDirectory(issuers.stream().map(Signed::issuer).toList()),
                        store,
                        store.epochs(),
                        config.answers(),
                        clock);
        this.cache =
                new AnswerCache<>(config.answers().cacheBytes(), HttpReply::of, HttpReply::bytes);
    }

    private static Signed signed(ServerConfig config, KeptCredential credential) {
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

    /// Begins to sign ahead; to be closed before store and signers.
    Renewals renewals(BackgroundTasks tasks) {
        return Renewals.start(
                tasks,
                issuers.stream().map(this::renewed).toList(),
                store,
                store.renewals(),
                clock,
                () -> cache.stats().requestCount());
    }

    private RenewedIssuer renewed(Signed signed) {
        return new RenewedIssuer(
                signed.credential().issuer(),
                signed.issuer(),
                signed.credential().bounded().urgent(),
                signed.credential().bounded().background(),
                config.signing().maxInFlight());
    }

    /// @throws IOException naming the address that could not be bound
    OcspHttpServer serve(Renewals renewals, Tracing tracing, OverloadMonitor overload)
            throws IOException {
        ReadyAnswers<HttpReply> ready =
                new ReadyAnswers<>(shared, cache, HttpReply.unauthorized(), unassigned);
        Shared traced = tracing.isOff() ? shared : traced(tracing);
        Answering answering =
                new Answering(
                        new RequestDecoder(config.requests()),
                        traced.issuers(),
                        ready::find,
                        tracing.sources(service(traced, renewals, tracing)),
                        threads(),
                        new Answering.SingleUse(ready::isSingleUse, singleUseThreads()),
                        traffic,
                        overload);
        return OcspHttpServer.start(config.http(), answering, clock);
    }

    /// Of the answers that last shortest.
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
            metrics.layer(word(layer), reached(layer)::sum);
        }
    }

    Traffic traffic() {
        return traffic;
    }

    /// In the order they are asked.
    List<Overview.Layer> layers() {
        List<Overview.Layer> layers = new ArrayList<>();
        layers.add(new Overview.Layer("loop", traffic.ready()));
        for (AnswerEvents.Layer layer : AnswerEvents.Layer.values()) {
            layers.add(new Overview.Layer(word(layer), reached(layer).sum()));
        }
        return layers;
    }

    /// The same answers for a look at them: no count and no renewal follows.
    AnswerService lookedAt() {
        return new AnswerService(
                shared, cache, store.responses(), config.signing().timeout(), AnswerEvents.NONE);
    }

    private AnswerService service(Shared traced, Renewals renewals, Tracing tracing) {
        return new AnswerService(
                traced,
                cache,
                tracing.responses(store.responses()),
                config.signing().timeout(),
                new AnswerEvents(layer -> reached(layer, tracing), renewals::asked, unassigned));
    }

    private void reached(AnswerEvents.Layer layer, Tracing tracing) {
        reached(layer).increment();
        tracing.reached(word(layer));
    }

    private LongAdder reached(AnswerEvents.Layer layer) {
        return switch (layer) {
            case MEMORY -> memoryReached;
            case DISK -> diskReached;
            case SIGNER -> signerReached;
        };
    }

    private static String word(AnswerEvents.Layer layer) {
        return layer.name().toLowerCase(Locale.ROOT);
    }

    /// The same issuers, store and clock.
    private Shared traced(Tracing tracing) {
        return new Shared(
                new IssuerDirectory(
                        issuers.stream()
                                .map(it -> tracing.issuer(it.credential().issuer(), it.issuer()))
                                .toList()),
                tracing.statuses(shared.statuses()),
                shared.epochs(),
                shared.config(),
                shared.clock());
    }

    /// Software keys compute, so more threads than processors would only take turns. Whoever waits
    /// for a token needs a thread of his own, or one dead token would silence all issuers.
    private int threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        long waiting = config.signing().maxInFlight() + (long) config.signing().maxWaiters();
        return Math.clamp(processors + tokens() * waiting, 2, config.http().maxInFlight() + 1);
    }

    /// Half the processors, so that the others answer what can be shared; and for each token as
    /// many as it lets wait in that lane.
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
