package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.precertocsp.loadtest.drive.AnswerCheck;
import org.precertocsp.loadtest.drive.Connections;
import org.precertocsp.loadtest.drive.LoadRun;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.peers.NginxPeer;
import org.precertocsp.loadtest.peers.PeerFailed;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.requests.Mix;

/// Defines the comparisons: their sides, and the targets they decide.
final class Contests {
    private static final String GET = "our cached GET";
    private static final String POST = "our cached POST";
    private static final String LIVE = "our live GET";
    private static final String LIVE_CLOSING = "our live POST, closing";
    private static final String UNASSIGNED = "our unassigned GET";
    private static final String NGINX_FILE = "nginx file";
    private static final String NGINX_RETURN = "nginx return";
    private static final String CFSSL = "cfssl POST";
    private static final String OPENSSL = "openssl POST, closing";

    // The best Java responder measured on such a machine, relative to nginx with a file, times the
    // factor by which ours must be better (target 4).
    private static final double CACHED_GET_OVER_NGINX = 2.5 * 0.57;
    private static final double CACHED_POST_OVER_NGINX = 2.5 * 0.67;
    private static final double LIVE_OVER_NGINX = 3 * 0.14;

    private static final double TAIL_LOAD = 0.7;
    private static final int CLOSING_CONNECTIONS = 16;
    private static final Mix PLAIN_GET = Mix.plainGet();
    private static final Mix PLAIN_POST = Mix.plainPost();
    private static final Mix UNASSIGNED_GET =
            new Mix(new Mix.Shares(1, 0, 0, 1), new Mix.Order.Sequential(), 1);
    // nginx sends one response to every request.
    private static final AnswerCheck ANYTHING = (_, _, _) -> Optional.empty();

    private final ComparePlan plan;
    private final Arena arena;
    private final BiConsumer<String, LoadRun> runs;
    private final FreshSerials.Counter asked;

    /// @param runs receives every measured run
    Contests(ComparePlan plan, Arena arena, BiConsumer<String, LoadRun> runs) {
        this.plan = plan;
        this.arena = arena;
        this.runs = runs;
        this.asked = new FreshSerials.Counter(plan.serials() - plan.hot());
    }

    /// Starts the servers it needs. Empty if none of the other servers is installed.
    Optional<Contest> of(Pair pair) throws PeerFailed, InterruptedException {
        return switch (pair) {
            case GET -> get();
            case POST -> post();
            case LIVE -> live();
            case CFSSL -> cfssl();
            case OPENSSL -> openssl();
            case UNASSIGNED -> unassigned();
            case TAIL -> tail();
        };
    }

    /// True once the comparisons with live signatures ran out of serials not yet requested.
    boolean isExhausted() {
        return asked.isExhausted();
    }

    private Optional<Contest> get() throws PeerFailed, InterruptedException {
        List<Side> sides = new ArrayList<>(List.of(cachedGet()));
        List<Claim> claims = new ArrayList<>();
        Optional<Side> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(Claim.speed("1", GET, NGINX_FILE, 1.5));
            claims.add(Claim.speed("4", GET, NGINX_FILE, CACHED_GET_OVER_NGINX));
        }
        Optional<Side> memory = nginx(NginxPeer.Source.MEMORY);
        if (memory.isPresent()) {
            sides.add(memory.get());
            claims.add(Claim.speed("1", GET, NGINX_RETURN, 0.9));
        }
        return sides.size() == 1
                ? Optional.empty()
                : Optional.of(new Contest(Pair.GET, "cached GET, keep-alive", sides, claims));
    }

    private Optional<Contest> post() throws PeerFailed, InterruptedException {
        List<Side> sides = new ArrayList<>(List.of(cachedGet(), cachedPost()));
        List<Claim> claims = new ArrayList<>(List.of(Claim.speed("2", POST, GET, 0.85)));
        Optional<Side> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(Claim.speed("4", POST, NGINX_FILE, CACHED_POST_OVER_NGINX));
        }
        return Optional.of(new Contest(Pair.POST, "cached POST, keep-alive", sides, claims));
    }

    private Optional<Contest> live() throws PeerFailed, InterruptedException {
        Side signing = new SigningSide(arena.corpus().delegateKey(), arena.cores());
        List<Side> sides = new ArrayList<>(List.of(liveGet(), cachedGet(), signing));
        List<Claim> claims = new ArrayList<>(List.of(liveAgainstItsParts()));
        Optional<Side> file = nginx(NginxPeer.Source.FILE);
        if (file.isPresent()) {
            sides.add(file.get());
            claims.add(Claim.speed("4", LIVE, NGINX_FILE, LIVE_OVER_NGINX));
        }
        return Optional.of(
                new Contest(
                        Pair.LIVE, "live P-256, every request for a new serial", sides, claims));
    }

    private static Claim liveAgainstItsParts() {
        return new Claim(
                "3",
                LIVE + " / 1/(1/cached + 1/signing)",
                new Claim.Bound(true, 0.85),
                List.of(LIVE, GET, SigningSide.NAME),
                Claim.Kind.RATE,
                (round, rate) -> {
                    double cached = rate.applyAsDouble(Claim.of(round, GET));
                    double signing = rate.applyAsDouble(Claim.of(round, SigningSide.NAME));
                    double live = rate.applyAsDouble(Claim.of(round, LIVE));
                    return live * (1 / cached + 1 / signing);
                });
    }

    private Optional<Contest> cfssl() throws PeerFailed, InterruptedException {
        Optional<RunningPeer> peer = arena.cfssl();
        if (peer.isEmpty()) {
            return Optional.empty();
        }
        Side cfssl =
                new DrivenSide(
                        CFSSL,
                        peer.get(),
                        questions(PLAIN_POST),
                        keptAlive(),
                        new Pace.Saturate(),
                        runs);
        return Optional.of(
                new Contest(
                        Pair.CFSSL,
                        "responses signed before, POST, keep-alive",
                        List.of(cachedPost(), cfssl),
                        List.of(Claim.speed("4", POST, CFSSL, 12))));
    }

    private Optional<Contest> openssl() throws PeerFailed, InterruptedException {
        Optional<RunningPeer> peer = arena.openssl();
        if (peer.isEmpty()) {
            return Optional.empty();
        }
        Connections closing = new Connections(CLOSING_CONNECTIONS, false, 1);
        DrivenSide.Questions theirs =
                new DrivenSide.Questions(
                        arena.asking().supply(0, arena.smallSerials(), PLAIN_POST),
                        arena.asking().check());
        Side openssl =
                new DrivenSide(OPENSSL, peer.get(), theirs, closing, new Pace.Saturate(), runs);
        Side ours =
                new DrivenSide(
                        LIVE_CLOSING,
                        arena.ours(),
                        fresh(PLAIN_POST),
                        closing,
                        new Pace.Saturate(),
                        runs);
        return Optional.of(
                new Contest(
                        Pair.OPENSSL,
                        "live P-256, one connection for each request",
                        List.of(ours, openssl),
                        List.of(Claim.speed("4", LIVE_CLOSING, OPENSSL, 1.5))));
    }

    private Optional<Contest> unassigned() throws PeerFailed, InterruptedException {
        Side unassigned =
                new DrivenSide(
                        UNASSIGNED,
                        arena.ours(),
                        questions(UNASSIGNED_GET),
                        keptAlive(),
                        new Pace.Saturate(),
                        runs);
        return Optional.of(
                new Contest(
                        Pair.UNASSIGNED,
                        "unassigned serials, %,d loaded".formatted(plan.serials()),
                        List.of(cachedGet(), unassigned),
                        List.of(Claim.speed("5", UNASSIGNED, GET, 0.85))));
    }

    /// Both at the rate that is 70 % of what the slower of them can do.
    private Optional<Contest> tail() throws PeerFailed, InterruptedException {
        Optional<Side> file = nginx(NginxPeer.Source.FILE);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        DrivenSide ours = cachedGet();
        DrivenSide nginx = (DrivenSide) file.get();
        plan.warmUp().run(List.of(ours, nginx));
        Duration time = plan.measured();
        double maximum = Math.min(ours.measure(time).perSecond(), nginx.measure(time).perSecond());
        double rate = Math.floor(TAIL_LOAD * maximum);
        Pace pace = new Pace.Rate(rate);
        return Optional.of(
                new Contest(
                        Pair.TAIL,
                        "cached GET, open loop at %,.0f/s, 70 %% of the slower's maximum"
                                .formatted(rate),
                        List.of(ours.at(pace), nginx.at(pace)),
                        List.of(Claim.tail("7", GET, NGINX_FILE, 1.5))));
    }

    private DrivenSide cachedGet() throws PeerFailed, InterruptedException {
        return ours(GET, questions(PLAIN_GET));
    }

    private DrivenSide cachedPost() throws PeerFailed, InterruptedException {
        return ours(POST, questions(PLAIN_POST));
    }

    private DrivenSide liveGet() throws PeerFailed, InterruptedException {
        return ours(LIVE, fresh(PLAIN_GET));
    }

    private DrivenSide ours(String name, DrivenSide.Questions questions)
            throws PeerFailed, InterruptedException {
        return new DrivenSide(
                name, arena.ours(), questions, keptAlive(), new Pace.Saturate(), runs);
    }

    private Optional<Side> nginx(NginxPeer.Source source) throws PeerFailed, InterruptedException {
        return arena.nginx(source)
                .map(
                        peer ->
                                new DrivenSide(
                                        peer.name(),
                                        peer,
                                        new DrivenSide.Questions(
                                                questions(PLAIN_GET).supply(), ANYTHING),
                                        keptAlive(),
                                        new Pace.Saturate(),
                                        runs));
    }

    private DrivenSide.Questions questions(Mix mix) {
        return new DrivenSide.Questions(
                arena.asking().supply(0, plan.hot(), mix), arena.asking().check());
    }

    private DrivenSide.Questions fresh(Mix mix) {
        return new DrivenSide.Questions(
                new FreshSerials(
                        arena.asking().supply(plan.hot(), plan.serials() - plan.hot(), mix), asked),
                arena.asking().check());
    }

    private Connections keptAlive() {
        return Connections.keptAlive(plan.connections());
    }
}
