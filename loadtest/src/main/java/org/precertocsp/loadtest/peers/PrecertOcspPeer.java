package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.ResponderYaml;

/// precert-ocsp started as its distribution starts it, with its defaults.
///
/// @param store directory of the store, loaded before
/// @param presign the issuer's setting
/// @param admin port for its metrics
public record PrecertOcspPeer(
        PrecertOcspDistribution distribution, Corpus corpus, Path store, String presign, int admin)
        implements Peer {
    private static final String SIGNED = "precertocsp_renewal_signed_total";
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration STALLED = Duration.ofSeconds(60);

    /// With a port that is free now.
    public static PrecertOcspPeer of(
            PrecertOcspDistribution distribution, Corpus corpus, Path store, String presign)
            throws PeerException {
        try {
            return new PrecertOcspPeer(
                    distribution, corpus, store, presign, RunningPeer.freePort());
        } catch (IOException e) {
            throw new PeerException("no port is free: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "precert-ocsp";
    }

    @Override
    public String version() {
        return distribution.version();
    }

    @Override
    public List<String> prepare(Path directory, int port) throws PeerException {
        Path yaml = directory.resolve("precert-ocsp.yaml");
        Optional<String> setting =
                distribution.knows("presign:") ? Optional.of(presign) : Optional.empty();
        try {
            Files.writeString(
                    yaml,
                    new ResponderYaml(
                                    corpus.directory(),
                                    store,
                                    "127.0.0.1:" + port,
                                    Optional.of("127.0.0.1:" + admin),
                                    setting)
                            .toString());
        } catch (IOException e) {
            throw new PeerException("writing " + yaml + ": " + e.getMessage(), e);
        }
        return List.of(distribution.program().toString(), "serve", "-c", yaml.toString());
    }

    /// The number of responses signed ahead of requests since the running server started.
    public long signedAhead() throws PeerException {
        byte[] request =
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        try {
            RawHttpExchange answer = RawHttpExchange.with(admin, request);
            String text = new String(answer.body().toArray(), StandardCharsets.UTF_8);
            return Math.round(sum(text, SIGNED));
        } catch (IOException e) {
            throw new PeerException("its metrics cannot be read: " + e.getMessage(), e);
        }
    }

    /// The sum of a metric over its labels; 0 if there is none yet.
    static double sum(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .filter(
                        line ->
                                line.charAt(name.length()) == '{'
                                        || line.charAt(name.length()) == ' ')
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /// Blocks until so many responses have been signed ahead since the running server started.
    ///
    /// @param progress receives the number now and then
    /// @throws PeerException no response was signed for a minute
    public void awaitSignedAhead(long count, LongConsumer progress)
            throws PeerException, InterruptedException {
        long last = -1;
        long changed = System.nanoTime();
        while (last < count) {
            long signed = signedAheadIfKnown(last);
            if (signed != last) {
                last = signed;
                changed = System.nanoTime();
                progress.accept(signed);
            } else if (System.nanoTime() - changed > STALLED.toNanos()) {
                throw new PeerException(
                        "%,d of %,d responses were signed, and then none for %d s"
                                .formatted(signed, count, STALLED.toSeconds()));
            }
            if (last < count) {
                Thread.sleep(PAUSE);
            }
        }
    }

    /// A server answers OCSP before it tells its metrics.
    private long signedAheadIfKnown(long otherwise) {
        try {
            return signedAhead();
        } catch (PeerException _) {
            return otherwise;
        }
    }
}
