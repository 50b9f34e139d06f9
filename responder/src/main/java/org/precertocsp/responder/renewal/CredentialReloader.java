package org.precertocsp.responder.renewal;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLoadResult;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.PrivateKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reloads credentials when their files change or on request, warns daily of those that expire
/// soon, and monitors whether their keys sign.
///
/// Loading opens tokens, and a token may hang indefinitely, whereas signing has a deadline. So
/// loading and monitoring have a thread each, and the second reports if the first hangs.
public final class CredentialReloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialReloader.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);
    private static final Duration RELOAD_WAIT = Duration.ofSeconds(60);
    private static final Duration WARN_EVERY = Duration.ofDays(1);

    /// Longer than any working token takes to open.
    private static final Duration HANGS_AFTER = Duration.ofMinutes(1);

    /// An issuer whose credential is being loaded.
    private record Loading(String issuer, Instant since) {}

    /// Reads the sources of credentials again.
    @FunctionalInterface
    public interface Sources {
        Reading read();
    }

    /// @param byIssuer by its name in the configuration
    /// @param problem why nothing could be read, or empty
    public record Reading(Map<String, CredentialSource> byIssuer, Optional<String> problem) {
        public Reading {
            byIssuer = Map.copyOf(byIssuer);
        }
    }

    private final List<IssuerCredential> credentials;
    private final Sources sources;
    private final Map<IssuerCredential, FileChangeDetector> watches = new HashMap<>();
    private final Map<IssuerCredential, KeyHealth> healths = new HashMap<>();
    private final Map<IssuerCredential, KeyFailureAlert> alerts = new HashMap<>();
    private final Alarm alarm;
    private final InstantSource clock;
    private final Queue<CompletableFuture<List<Outcome>>> requests = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Loading loading;
    private @Nullable Loading hanging;
    private Instant warned;
    private BackgroundTasks.@Nullable Task loads;
    private BackgroundTasks.@Nullable Task health;

    private CredentialReloader(
            List<IssuerCredential> credentials, Sources sources, Alarm alarm, InstantSource clock) {
        this.credentials = List.copyOf(credentials);
        this.sources = sources;
        this.alarm = alarm;
        this.clock = clock;
        this.warned = clock.instant();
        for (IssuerCredential credential : credentials) {
            watches.put(credential, new FileChangeDetector(credential.loader().files()));
            healths.put(credential, new KeyHealth(new KeyProbe(credential), warned));
            alerts.put(credential, new KeyFailureAlert(credential.issuer(), alarm));
        }
    }

    /// Runs until closed.
    ///
    /// @param sources read at each [#reload]
    public static CredentialReloader start(
            List<IssuerCredential> credentials,
            Sources sources,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock) {
        CredentialReloader reloader = new CredentialReloader(credentials, sources, alarm, clock);
        reloader.loads =
                tasks.every("credential-upkeep", CHECK_EVERY, CHECK_EVERY, reloader::check);
        reloader.health =
                tasks.required().every("key-health", CHECK_EVERY, CHECK_EVERY, reloader::checkKeys);
        return reloader;
    }

    /// The result of reloading one issuer's credential.
    ///
    /// @param problem why it cannot be used, so that the previous one stays; or empty
    public record Outcome(String issuer, Optional<String> problem) {}

    /// Reloads every credential soon, from the sources in the current configuration; returns at
    /// once. A PIN that a token rejected is tried once more, for all keys of that token together.
    ///
    /// @return completed when all are loaded; never, if a token hangs
    public CompletableFuture<List<Outcome>> reload() {
        CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
        requests.add(done);
        if (loads != null) {
            loads.wake();
        }
        return done;
    }

    /// As [#reload], and waits for the result, at most a minute: a token may hang indefinitely.
    public ReloadReport reloadAndWait() {
        List<String> reloaded = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        try {
            for (Outcome outcome : reload().get(RELOAD_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                String credential = "the credential of " + outcome.issuer();
                outcome.problem()
                        .ifPresentOrElse(
                                why -> failed.add(credential + ": " + why),
                                () -> reloaded.add(credential));
            }
        } catch (TimeoutException _) {
            failed.add(
                    "keys: a token has not answered for %d seconds; they are loaded once it does"
                            .formatted(RELOAD_WAIT.toSeconds()));
        } catch (ExecutionException e) {
            failed.add("keys: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            failed.add("keys: the server is stopping");
        }
        return new ReloadReport(reloaded, List.of(), failed);
    }

    /// Why a credential's key cannot sign, as of the last check, or empty. Never blocks.
    public Optional<String> problem(IssuerCredential credential) {
        return Objects.requireNonNull(healths.get(credential), credential.issuer()).problem();
    }

    @Override
    public void close() {
        if (health != null) {
            health.close();
        }
        if (loads != null) {
            loads.close();
        }
    }

    private void check() {
        List<CompletableFuture<List<Outcome>>> waiting = new ArrayList<>();
        for (CompletableFuture<List<Outcome>> one = requests.poll();
                one != null;
                one = requests.poll()) {
            waiting.add(one);
        }
        List<Outcome> outcomes = new ArrayList<>();
        if (!waiting.isEmpty()) {
            readSources();
            PrivateKeys.retryRefusedPins();
        }
        boolean daily = !clock.instant().isBefore(warned.plus(WARN_EVERY));
        for (IssuerCredential credential : credentials) {
            try {
                reloadIfNeeded(credential, !waiting.isEmpty(), daily).ifPresent(outcomes::add);
            } catch (RuntimeException e) {
                // A failure of one credential must not affect the others.
                LOG.error("checking the credential of {} failed", credential.issuer(), e);
                outcomes.add(new Outcome(credential.issuer(), Optional.of(e.toString())));
            }
        }
        waiting.forEach(it -> it.complete(List.copyOf(outcomes)));
        if (daily) {
            warned = clock.instant();
        }
    }

    /// Switches to the keys and certificates in the current configuration. A credential that cannot
    /// be loaded is not used, and the previous one stays, until one of its files changes.
    private void readSources() {
        Reading reading = sources.read();
        if (reading.problem().isPresent()) {
            LOG.error(
                    "keys and certificates are reloaded from their previous sources: the"
                            + " configuration cannot be read: {}",
                    reading.problem().get());
            return;
        }
        for (IssuerCredential credential : credentials) {
            CredentialSource now = reading.byIssuer().get(credential.issuer());
            if (now != null && !now.equals(credential.loader().source())) {
                LOG.info(
                        "the configuration has a different key or certificate for {}",
                        credential.issuer());
                credential.loader().use(now);
                watches.put(credential, new FileChangeDetector(credential.loader().files()));
            }
        }
    }

    private Optional<Outcome> reloadIfNeeded(
            IssuerCredential credential, boolean wanted, boolean daily) {
        Optional<Outcome> outcome = Optional.empty();
        if (Objects.requireNonNull(watches.get(credential)).changed() || wanted) {
            loading = new Loading(credential.issuer(), clock.instant());
            try {
                outcome = Optional.of(reload(credential));
            } finally {
                loading = null;
            }
        }
        if (daily) {
            log(
                    credential.issuer(),
                    credential.loader().endings(credential.current().credential()));
        }
        return outcome;
    }

    private Outcome reload(IssuerCredential credential) {
        String about = "credential of " + credential.issuer();
        return switch (credential.current().reload()) {
            case CredentialLoadResult.Ready ready -> {
                log(credential.issuer(), ready.findings());
                LOG.info(
                        "reloaded the credential of {}, valid until {}",
                        credential.issuer(),
                        ready.credential().end());
                alarm.end(Incident.Kind.RELOAD_FAILED, about);
                yield new Outcome(credential.issuer(), Optional.empty());
            }
            case CredentialLoadResult.Refused refused -> {
                log(credential.issuer(), refused.findings());
                LOG.error(
                        "the changed credential of {} cannot be used; the previous one stays in"
                                + " use",
                        credential.issuer());
                String why =
                        refused.findings().stream()
                                .filter(CredentialFinding::isError)
                                .map(CredentialFinding::toString)
                                .collect(Collectors.joining("; "));
                alarm.raise(
                        new Incident(
                                Incident.Kind.RELOAD_FAILED,
                                about,
                                "The changed key or certificate of %s cannot be used, the previous one stays in use: %s"
                                                .formatted(credential.issuer(), why)
                                        + " Replace it."));
                yield new Outcome(credential.issuer(), Optional.of(why));
            }
        };
    }

    private void checkKeys() {
        for (IssuerCredential credential : credentials) {
            KeyHealth key = Objects.requireNonNull(healths.get(credential), credential.issuer());
            key.update(credential.bounded().state(), clock.instant());
            Objects.requireNonNull(alerts.get(credential)).update(key.problem(), clock.instant());
        }
        checkLoading();
    }

    private void checkLoading() {
        Loading now = loading;
        if (hanging != null && !hanging.equals(now)) {
            LOG.info("the key of {} is open now", hanging.issuer());
            alarm.end(Incident.Kind.RELOAD_FAILED, opening(hanging));
            hanging = null;
        }
        if (now != null
                && hanging == null
                && clock.instant().isAfter(now.since().plus(HANGS_AFTER))) {
            hanging = now;
            LOG.error(
                    "opening the key of {} has not returned for {}; no credential is loaded"
                            + " meanwhile",
                    now.issuer(),
                    HANGS_AFTER);
            alarm.raise(
                    new Incident(
                            Incident.Kind.RELOAD_FAILED,
                            opening(now),
                            "The key of %s is being opened since %s and its token does not answer."
                                            .formatted(now.issuer(), now.since())
                                    + " The previous key stays in use; changed keys and"
                                    + " certificates of all issuers are loaded when the token"
                                    + " answers. Check the HSM and its client software."));
        }
    }

    private static String opening(Loading loading) {
        return "opening the key of " + loading.issuer();
    }

    private static void log(String issuer, List<CredentialFinding> findings) {
        for (CredentialFinding finding : findings) {
            if (finding.isError()) {
                LOG.error("{}: {}", issuer, finding);
            } else {
                LOG.warn("{}: {}", issuer, finding);
            }
        }
    }

    /// Signs a response that nobody receives: `unknown` for the serial zero, which no CA may issue
    /// (SS-14), so that it would be harmless if it leaked.
    record KeyProbe(IssuerCredential credential) implements KeyHealth.Probe {
        @Override
        public void run(Instant now) throws SignerUnavailableException {
            CertId unused =
                    credential
                            .key()
                            .certId(
                                    HashAlgorithm.SHA256,
                                    DigestParameters.ABSENT,
                                    Serial.of(BigInteger.ZERO));
            IssuerProfile profile = credential.current().credential().profile();
            credential
                    .bounded()
                    .sign(
                            new ResponseContent(
                                    List.of(
                                            new SingleResponseContent(
                                                    unused, new CertStatus.Unknown())),
                                    ValidityWindow.from(now, profile.minValidity()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    now));
        }
    }
}
