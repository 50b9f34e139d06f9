package org.precertocsp.responder.freshness;

import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLoad;
import org.precertocsp.signer.key.Keys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks after credentials on a thread of its own: loads them again when their files change or when
/// asked, warns every day of those that end soon, and watches whether their keys sign.
public final class CredentialUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialUpkeep.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration WARN_EVERY = Duration.ofDays(1);
    private static final long STOP_SECONDS = 5;

    private final List<KeptCredential> credentials;
    private final Map<KeptCredential, FileWatch> watches = new HashMap<>();
    private final Map<KeptCredential, KeyHealth> healths = new HashMap<>();
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("credential-upkeep").factory());
    private Instant warned;

    private CredentialUpkeep(List<KeptCredential> credentials, InstantSource clock) {
        this.credentials = List.copyOf(credentials);
        this.clock = clock;
        this.warned = clock.instant();
        for (KeptCredential credential : credentials) {
            watches.put(credential, new FileWatch(credential.loader().files()));
            healths.put(credential, new KeyHealth(new KeyProbe(credential), warned));
        }
    }

    /// Runs until closed.
    public static CredentialUpkeep start(List<KeptCredential> credentials, InstantSource clock) {
        CredentialUpkeep upkeep = new CredentialUpkeep(credentials, clock);
        Future<?> _ =
                upkeep.thread.scheduleWithFixedDelay(
                        upkeep::look,
                        LOOK_EVERY.toMillis(),
                        LOOK_EVERY.toMillis(),
                        TimeUnit.MILLISECONDS);
        return upkeep;
    }

    /// Has every credential loaded again soon; returns at once. A PIN that a token refused is tried
    /// once more, for all keys of that token together.
    public void reload() {
        thread.execute(
                () -> {
                    Keys.retryRefusedPins();
                    credentials.forEach(this::reload);
                });
    }

    /// Why a credential's key cannot sign, as last seen, or empty. Never waits.
    public Optional<String> problem(KeptCredential credential) {
        return healthOf(credential).problem();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a key is still being opened; it is left alone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private KeyHealth healthOf(KeptCredential credential) {
        return Objects.requireNonNull(healths.get(credential), credential.issuer());
    }

    private void look() {
        boolean daily = !clock.instant().isBefore(warned.plus(WARN_EVERY));
        for (KeptCredential credential : credentials) {
            try {
                lookAfter(credential, daily);
            } catch (RuntimeException e) {
                // The loop must outlive whatever one credential does.
                LOG.error("looking after the credential of {} failed", credential.issuer(), e);
            }
        }
        if (daily) {
            warned = clock.instant();
        }
    }

    private void lookAfter(KeptCredential credential, boolean daily) {
        if (Objects.requireNonNull(watches.get(credential)).changed()) {
            reload(credential);
        }
        healthOf(credential).look(credential.bounded().state(), clock.instant());
        if (daily) {
            log(
                    credential.issuer(),
                    credential.loader().endings(credential.current().credential()));
        }
    }

    private void reload(KeptCredential credential) {
        switch (credential.current().reload()) {
            case CredentialLoad.Ready ready -> {
                log(credential.issuer(), ready.findings());
                LOG.info(
                        "credential of {} loaded again, good until {}",
                        credential.issuer(),
                        ready.credential().end());
            }
            case CredentialLoad.Refused refused -> {
                log(credential.issuer(), refused.findings());
                LOG.error("credential of {} refused; the one in use stays", credential.issuer());
            }
        }
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
}
