package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.precertocsp.loadtest.compare.ComparisonCatalog.SigningContestant.SigningThroughputProbe;
import org.precertocsp.loadtest.drive.AnswerVerifier;
import org.precertocsp.loadtest.drive.ConnectionSettings;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.peers.CpuPinning;
import org.precertocsp.loadtest.peers.InstalledProgram;
import org.precertocsp.loadtest.peers.NginxPeer;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.report.TargetResult;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Defines the comparisons: their contestants, and the targets they decide.
final class ComparisonCatalog {
    private static final String GET = "our cached GET";
    private static final String POST = "our cached POST";
    private static final String LIVE = "our live GET";
    private static final String LIVE_CLOSING = "our live POST, closing";
    private static final String STORED = "our stored GET";
    private static final String UNASSIGNED = "our unassigned GET";
    private static final String NGINX_FILE = "nginx file";
    private static final String NGINX_RETURN = "nginx return";
    private static final String CFSSL = "cfssl POST";
    private static final String OPENSSL = "openssl POST, closing";

    // The best Java responder measured on such a machine, relative to nginx with a file, times the
    // factor by which ours must be better.
    private static final double CACHED_GET_OVER_NGINX = 2.5 * 0.57;
    private static final double CACHED_POST_OVER_NGINX = 2.5 * 0.67;

    /// Live answers of XiPKI 6.7 for one certificate in terms of nginx with a file, as published:
    /// it needs a servlet container and a database, so this program cannot start it.
    private static final double XIPKI_OVER_NGINX = 0.14;

    private static final double TAIL_MILLIS = 10;

    private static final double TAIL_LOAD = 0.7;
    private static final int CLOSING_CONNECTIONS = 16;
    private static final Workload PLAIN_GET = Workload.plainGet();
    private static final Workload PLAIN_POST = Workload.plainPost();
    private static final Workload UNASSIGNED_GET =
            new Workload(new Workload.Shares(1, 0, 0, 1), new Workload.Order.Sequential(), 1);
    // nginx sends one response to every request.
    private static final AnswerVerifier ANYTHING = (_, _, _) -> Optional.empty();

    private final ComparisonPlan plan;
    private final ComparisonServers peers;
    private final BiConsumer<String, LoadTestResult> runs;
    private final UniqueSerialStream.Counter asked;

    /// When all stored answers were requested they are requested again: far too many to be in
    /// memory still.
    private final UniqueSerialStream.Counter askedStored;

    /// @param runs receives every measured run
    ComparisonCatalog(
            ComparisonPlan plan, ComparisonServers peers, BiConsumer<String, LoadTestResult> runs) {
        this.plan = plan;
        this.peers = peers;
        this.runs = runs;
        this.asked = new UniqueSerialStream.Counter(plan.serials() - plan.hot());
        this.askedStored = new UniqueSerialStream.Counter(plan.storedSerials() - plan.hot());
    }

    /// Starts the servers it needs. Empty if none of the other servers is installed.
    Optional<ContestantComparison> of(ComparisonKind pair)
            throws PeerException, InterruptedException {
        return switch (pair) {
            case GET -> get();
            case POST -> post();
            case LIVE -> live();
            case CFSSL -> cfssl();
            case OPENSSL -> openssl();
            case UNASSIGNED -> unassigned();
            case TAIL -> tail();
            case WRK -> wrk();
            case LIVE_TAIL -> Optional.of(liveTail());
            case STORED -> Optional.of(stored());
            case COLD -> Optional.of(cold());
        };
    }

    /// True once the comparisons with live signatures ran out of serials not yet requested.
    boolean isExhausted() {
        return asked.isExhausted();
    }

    private Optional<ContestantComparison> get() throws PeerException, InterruptedException {
        List<Contestant> sides = new ArrayList<>(List.of(cachedGet()));
        List<ComparisonTarget> claims = new ArrayList<>();
        Optional<Contestant> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(ComparisonTarget.speed("1", GET, NGINX_FILE, 1.5));
            claims.add(
                    ComparisonTarget.speed(
                            TargetResult.MORE, GET, NGINX_FILE, CACHED_GET_OVER_NGINX));
        }
        Optional<Contestant> memory = nginx(NginxPeer.Source.MEMORY);
        if (memory.isPresent()) {
            sides.add(memory.get());
            claims.add(ComparisonTarget.speed("1", GET, NGINX_RETURN, 0.95));
        }
        return sides.size() == 1
                ? Optional.empty()
                : Optional.of(
                        new ContestantComparison(
                                ComparisonKind.GET, "cached GET, keep-alive", sides, claims));
    }

    private Optional<ContestantComparison> post() throws PeerException, InterruptedException {
        List<Contestant> sides = new ArrayList<>(List.of(cachedGet(), cachedPost()));
        List<ComparisonTarget> claims =
                new ArrayList<>(
                        List.of(ComparisonTarget.speed(TargetResult.MORE, POST, GET, 0.85)));
        Optional<Contestant> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(ComparisonTarget.speed("1", POST, NGINX_FILE, 1.5));
            claims.add(
                    ComparisonTarget.speed(
                            TargetResult.MORE, POST, NGINX_FILE, CACHED_POST_OVER_NGINX));
        }
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.POST, "cached POST, keep-alive", sides, claims));
    }

    private Optional<ContestantComparison> live() throws PeerException, InterruptedException {
        Contestant signing = new SigningContestant(peers.corpus().delegateKey(), peers.cores());
        List<Contestant> sides = new ArrayList<>(List.of(liveGet(), cachedGet(), signing));
        List<ComparisonTarget> claims = new ArrayList<>(List.of(liveAgainstItsParts()));
        Optional<Contestant> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(liveAgainstXipki());
        }
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.LIVE,
                        "live P-256, every request for a new serial",
                        sides,
                        claims));
    }

    private static ComparisonTarget liveAgainstXipki() {
        return new ComparisonTarget(
                "4",
                "%s / %s / %.2f (XiPKI 6.7, as published)"
                        .formatted(LIVE, NGINX_FILE, XIPKI_OVER_NGINX),
                new ComparisonTarget.Bound(true, 3),
                List.of(LIVE, NGINX_FILE),
                ComparisonTarget.Kind.RATE,
                (round, rate) ->
                        rate.applyAsDouble(ComparisonTarget.of(round, LIVE))
                                / rate.applyAsDouble(ComparisonTarget.of(round, NGINX_FILE))
                                / XIPKI_OVER_NGINX);
    }

    private static ComparisonTarget liveAgainstItsParts() {
        return new ComparisonTarget(
                "2",
                LIVE + " / 1/(1/cached + 1/signing)",
                new ComparisonTarget.Bound(true, 0.75),
                List.of(LIVE, GET, SigningContestant.NAME),
                ComparisonTarget.Kind.RATE,
                (round, rate) -> {
                    double cached = rate.applyAsDouble(ComparisonTarget.of(round, GET));
                    double signing =
                            rate.applyAsDouble(ComparisonTarget.of(round, SigningContestant.NAME));
                    double live = rate.applyAsDouble(ComparisonTarget.of(round, LIVE));
                    return live * (1 / cached + 1 / signing);
                });
    }

    private Optional<ContestantComparison> cfssl() throws PeerException, InterruptedException {
        Optional<RunningPeer> peer = peers.cfssl();
        if (peer.isEmpty()) {
            return Optional.empty();
        }
        Contestant cfssl =
                new ServerContestant(
                        CFSSL,
                        peer.get(),
                        questions(PLAIN_POST),
                        keptAlive(),
                        new RequestPacing.Saturate(),
                        runs);
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.CFSSL,
                        "responses signed before, POST, keep-alive",
                        List.of(cachedPost(), cfssl),
                        List.of(ComparisonTarget.speed(TargetResult.MORE, POST, CFSSL, 12))));
    }

    private Optional<ContestantComparison> openssl() throws PeerException, InterruptedException {
        Optional<RunningPeer> peer = peers.openssl();
        if (peer.isEmpty()) {
            return Optional.empty();
        }
        ConnectionSettings closing = new ConnectionSettings(CLOSING_CONNECTIONS, false, 1);
        ServerContestant.Questions theirs =
                new ServerContestant.Questions(
                        peers.asking().supply(0, peers.smallSerials(), PLAIN_POST),
                        peers.asking().check());
        Contestant openssl =
                new ServerContestant(
                        OPENSSL, peer.get(), theirs, closing, new RequestPacing.Saturate(), runs);
        Contestant ours =
                new ServerContestant(
                        LIVE_CLOSING,
                        peers.ours(),
                        fresh(PLAIN_POST),
                        closing,
                        new RequestPacing.Saturate(),
                        runs);
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.OPENSSL,
                        "live P-256, one connection for each request",
                        List.of(ours, openssl),
                        List.of(
                                ComparisonTarget.speed("5", LIVE_CLOSING, OPENSSL, 1.5)
                                        .by(ComparisonTarget.Kind.CPU))));
    }

    private Optional<ContestantComparison> unassigned() throws PeerException, InterruptedException {
        Contestant unassigned =
                new ServerContestant(
                        UNASSIGNED,
                        peers.ours(),
                        questions(UNASSIGNED_GET),
                        keptAlive(),
                        new RequestPacing.Saturate(),
                        runs);
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.UNASSIGNED,
                        "unassigned serials, %,d loaded".formatted(plan.serials()),
                        List.of(cachedGet(), unassigned),
                        List.of(ComparisonTarget.speed(TargetResult.MORE, UNASSIGNED, GET, 0.85))));
    }

    /// Both at 70 % of the maximum rate of the slower one.
    private Optional<ContestantComparison> tail() throws PeerException, InterruptedException {
        Optional<Contestant> file = nginx(NginxPeer.Source.FILE);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        ServerContestant ours = cachedGet();
        ServerContestant nginx = (ServerContestant) file.get();
        plan.warmUp().run(List.of(ours, nginx));
        Duration time = plan.measured();
        double maximum = Math.min(ours.measure(time).perSecond(), nginx.measure(time).perSecond());
        double rate = Math.floor(TAIL_LOAD * maximum);
        RequestPacing pace = new RequestPacing.Rate(rate);
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.TAIL,
                        "cached GET, open loop at %,.0f/s, 70 %% of the slower's maximum"
                                .formatted(rate),
                        List.of(ours.at(pace), nginx.at(pace)),
                        List.of(ComparisonTarget.tail(TargetResult.MORE, GET, NGINX_FILE, 1.5))));
    }

    private Optional<ContestantComparison> wrk() throws PeerException, InterruptedException {
        Optional<InstalledProgram> wrk = peers.wrk();
        Optional<RunningPeer> file = peers.nginx(NginxPeer.Source.FILE);
        Optional<RunningPeer> memory = peers.nginx(NginxPeer.Source.MEMORY);
        if (wrk.isEmpty() || file.isEmpty() || memory.isEmpty()) {
            return Optional.empty();
        }
        List<Contestant> sides = new ArrayList<>();
        Map<String, RunningPeer> servers = new LinkedHashMap<>();
        servers.put(byWrk(GET), peers.ours());
        servers.put(byWrk(NGINX_FILE), file.get());
        servers.put(byWrk(NGINX_RETURN), memory.get());
        servers.forEach(
                (name, server) ->
                        sides.add(
                                new WrkContestant(
                                        name,
                                        server,
                                        wrk.get(),
                                        peers.cores(),
                                        peers.asking().probePath(),
                                        plan.connections())));
        return Optional.of(
                new ContestantComparison(
                        ComparisonKind.WRK,
                        "cached GET, keep-alive, one URL, driven by wrk",
                        sides,
                        List.of(
                                ComparisonTarget.speed("1", byWrk(GET), byWrk(NGINX_FILE), 1.5),
                                ComparisonTarget.speed(
                                        "1", byWrk(GET), byWrk(NGINX_RETURN), 0.95))));
    }

    private static String byWrk(String side) {
        return side + " by wrk";
    }

    private ContestantComparison liveTail() throws PeerException, InterruptedException {
        ServerContestant live = liveGet();
        plan.warmUp().run(List.of(live));
        double rate = Math.floor(TAIL_LOAD * live.measure(plan.measured()).perSecond());
        String name = LIVE + " at 70 % load";
        return new ContestantComparison(
                ComparisonKind.LIVE_TAIL,
                "live P-256, open loop at %,.0f/s, 70 %% of its maximum".formatted(rate),
                List.of(live.at(new RequestPacing.Rate(rate)).named(name)),
                List.of(ComparisonTarget.tailMillis("2", name, TAIL_MILLIS)));
    }

    private ContestantComparison stored() throws PeerException, InterruptedException {
        return new ContestantComparison(
                ComparisonKind.STORED,
                "signed ahead and on disk, every request for another of %,d serials"
                        .formatted(plan.storedSerials()),
                List.of(storedGet(), cachedGet()),
                List.of(ComparisonTarget.speed("3", STORED, GET, 0.5)));
    }

    private ContestantComparison cold() throws PeerException, InterruptedException {
        List<Contestant> sides = new ArrayList<>();
        List<ComparisonTarget> claims = new ArrayList<>();
        for (ServerContestant steady : List.of(cachedGet(), storedGet(), liveGet())) {
            ColdStart.Starter starter =
                    steady.name().equals(STORED) ? peers::coldStored : peers::coldOurs;
            ColdStart cold = new ColdStart(steady.name(), plan.cold(), starter, steady::drive);
            sides.addAll(cold.contestants());
            sides.add(steady);
            claims.add(
                    ComparisonTarget.speed("10", cold.firstSecond(), steady.name(), 0.5)
                            .by(ComparisonTarget.Kind.THROUGHPUT));
        }
        return new ContestantComparison(
                ComparisonKind.COLD, "from the first answer after a start on", sides, claims);
    }

    private ServerContestant storedGet() throws PeerException, InterruptedException {
        RequestStream all =
                peers.asking().supply(plan.hot(), plan.storedSerials() - plan.hot(), PLAIN_GET);
        return new ServerContestant(
                STORED,
                peers.stored(),
                new ServerContestant.Questions(
                        new UniqueSerialStream(all, askedStored), peers.asking().check()),
                keptAlive(),
                new RequestPacing.Saturate(),
                runs);
    }

    private ServerContestant cachedGet() throws PeerException, InterruptedException {
        return ours(GET, questions(PLAIN_GET));
    }

    private ServerContestant cachedPost() throws PeerException, InterruptedException {
        return ours(POST, questions(PLAIN_POST));
    }

    private ServerContestant liveGet() throws PeerException, InterruptedException {
        return ours(LIVE, fresh(PLAIN_GET));
    }

    private ServerContestant ours(String name, ServerContestant.Questions questions)
            throws PeerException, InterruptedException {
        return new ServerContestant(
                name, peers.ours(), questions, keptAlive(), new RequestPacing.Saturate(), runs);
    }

    private Optional<Contestant> nginx(NginxPeer.Source source)
            throws PeerException, InterruptedException {
        return peers.nginx(source)
                .map(
                        peer ->
                                new ServerContestant(
                                        peer.name(),
                                        peer,
                                        new ServerContestant.Questions(
                                                questions(PLAIN_GET).supply(), ANYTHING),
                                        keptAlive(),
                                        new RequestPacing.Saturate(),
                                        runs));
    }

    private ServerContestant.Questions questions(Workload mix) {
        return new ServerContestant.Questions(
                peers.asking().supply(0, plan.hot(), mix), peers.asking().check());
    }

    private ServerContestant.Questions fresh(Workload mix) {
        return new ServerContestant.Questions(
                new UniqueSerialStream(
                        peers.asking().supply(plan.hot(), plan.serials() - plan.hot(), mix), asked),
                peers.asking().check());
    }

    private ConnectionSettings keptAlive() {
        return ConnectionSettings.keptAlive(plan.connections());
    }

    /// The responder's key signing and nothing else, in a process of its own on the server's
    /// processor.
    ///
    /// @param key PKCS#8 PEM
    record SigningContestant(Path key, CpuPinning cores) implements Contestant {
        static final String NAME = "bare signatures";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Measurement measure(Duration time) throws PeerException, InterruptedException {
            List<String> command =
                    cores.pinned(
                            List.of(
                                    ProcessHandle.current().info().command().orElse("java"),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "--sun-misc-unsafe-memory-access=allow",
                                    "-cp",
                                    System.getProperty("java.class.path", ""),
                                    SigningThroughputProbe.class.getName(),
                                    key.toString(),
                                    Long.toString(time.toMillis())));
            try {
                Process process =
                        new ProcessBuilder(command)
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start();
                process.getOutputStream().close();
                String output =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new PeerException(
                            "the signing probe failed: run " + String.join(" ", command));
                }
                // A logging library may have printed lines before.
                String last = output.strip().lines().reduce("", (_, line) -> line);
                return Measurement.bare(Double.parseDouble(last));
            } catch (IOException | NumberFormatException e) {
                throw new PeerException(
                        "the signing probe cannot be started: " + e.getMessage(), e);
            }
        }

        /// Signs with a key as fast as one thread can and prints the number of signatures per
        /// second.
        public static final class SigningThroughputProbe {
            /// About the number of bytes under the signature of a response about one certificate.
            private static final int MESSAGE_BYTES = 180;

            private static final double NANOS = 1e9;

            private SigningThroughputProbe() {}

            /// @param arguments key file (PKCS#8 PEM), milliseconds to measure; half as long
            ///   before, to warm up
            public static void main(String[] arguments) throws SigningKeyException {
                KeyConfig config =
                        new KeyConfig(
                                new KeySource.Pem(Path.of(arguments[0]), Optional.empty()),
                                KeyConfig.RsaPadding.PKCS1,
                                KeyConfig.RsaHash.SHA256,
                                KeyConfig.ProviderChoice.FASTEST);
                try (SigningKey key = PrivateKeys.open(config, Optional.empty())) {
                    Duration time = Duration.ofMillis(Long.parseLong(arguments[1]));
                    perSecond(key, time.dividedBy(2));
                    System.out.println(perSecond(key, time));
                }
            }

            private static double perSecond(SigningKey key, Duration time)
                    throws SigningKeyException {
                byte[] message = new byte[MESSAGE_BYTES];
                long start = System.nanoTime();
                long signatures = 0;
                while (System.nanoTime() - start < time.toNanos()) {
                    message[0]++;
                    key.sign(message);
                    signatures++;
                }
                return signatures * NANOS / (System.nanoTime() - start);
            }
        }
    }
}
