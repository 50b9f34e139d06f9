package org.precertocsp.responder.campaign;

import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.ClusterHistory.Said;

/// OCSP clients, one for each edge: each asks all the time, about the newest serials and any
/// others, and writes down what it was told.
final class CampaignProber implements AutoCloseable {
    private static final Duration REQUEST = Duration.ofSeconds(3);
    private static final int NEWEST = 40;
    private static final int TRY_LATER = 3;
    private static final int UNAUTHORIZED = 6;

    /// A clock of the node may be behind a little.
    private static final long MARGIN_NANOS = 2_000_000_000L;

    private final CampaignCluster cluster;
    private final CampaignHistory history;
    private final CampaignWriter writer;
    private final CertificateID any;
    private final ContentVerifierProvider verifier;
    private final HttpClient http;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    CampaignProber(CampaignCluster cluster, CampaignHistory history, CampaignWriter writer)
            throws OperatorCreationException, OCSPException {
        this.cluster = cluster;
        this.history = history;
        this.writer = writer;
        // Digest calculators are not thread-safe, so the issuer is hashed once.
        this.any =
                new CertificateID(
                        new JcaDigestCalculatorProviderBuilder()
                                .build()
                                .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
                        cluster.ca().holder(),
                        BigInteger.ONE);
        PublicKey key = cluster.signer();
        this.verifier = new JcaContentVerifierProviderBuilder().build(key);
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(REQUEST)
                        .build();
    }

    void start(Duration pause) {
        for (String edge : CampaignCluster.EDGES) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("prober-" + edge)
                            .start(() -> probe(edge, pause.toMillis())));
        }
    }

    private void probe(String edge, long pauseMillis) {
        Random random = new Random();
        while (!ended) {
            try {
                List<Integer> known = writer.known();
                int size = known.size();
                if (size > 0) {
                    int index =
                            random.nextInt(3) > 0
                                    ? Math.max(0, size - 1 - random.nextInt(NEWEST))
                                    : random.nextInt(size);
                    ask(edge, known.get(index));
                }
                Thread.sleep(pauseMillis);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// Asks, and writes down the answer, if there is one.
    Said ask(String edge, int serial) throws InterruptedException {
        long sent = history.now();
        ClusterHistory.Answer answer;
        try {
            CertificateID id = CertificateID.deriveCertificateID(any, BigInteger.valueOf(serial));
            byte[] request = new OCSPReqBuilder().addRequest(id).build().getEncoded();
            sent = history.now();
            HttpResponse<byte[]> reply =
                    http.send(
                            HttpRequest.newBuilder(cluster.ocsp(edge))
                                    .header("Content-Type", "application/ocsp-request")
                                    .timeout(REQUEST)
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            answer = read(edge, serial, sent, reply, id);
        } catch (IOException | OCSPException _) {
            // No answer is no wrong one.
            return Said.TRY_LATER;
        }
        history.add(answer);
        return answer.said();
    }

    private ClusterHistory.Answer read(
            String edge, int serial, long sent, HttpResponse<byte[]> reply, CertificateID id)
            throws OCSPException, IOException {
        long now = history.now();
        Said said = Said.TRY_LATER;
        OptionalLong until = OptionalLong.empty();
        if (reply.statusCode() == 200) {
            OCSPResp response = new OCSPResp(reply.body());
            switch (response.getStatus()) {
                case OCSPResp.SUCCESSFUL -> {
                    BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
                    SingleResp single = basic.getResponses()[0];
                    if (!basic.isSignatureValid(verifier) || !single.getCertID().equals(id)) {
                        said = Said.INVALID;
                    } else if (single.getCertStatus() == null) {
                        said = Said.GOOD;
                    } else if (single.getCertStatus() instanceof RevokedStatus) {
                        said = Said.REVOKED;
                        @Nullable Instant next =
                                single.getNextUpdate() == null
                                        ? null
                                        : single.getNextUpdate().toInstant();
                        if (next != null) {
                            until =
                                    OptionalLong.of(
                                            now
                                                    + (next.toEpochMilli()
                                                                    - System.currentTimeMillis())
                                                            * 1_000_000
                                                    - MARGIN_NANOS);
                        }
                    } else {
                        said = Said.UNAUTHORIZED;
                    }
                }
                case UNAUTHORIZED -> said = Said.UNAUTHORIZED;
                // An internalError says nothing about a certificate, either.
                case TRY_LATER, OCSPResp.INTERNAL_ERROR -> said = Said.TRY_LATER;
                default -> said = Said.INVALID;
            }
        }
        return new ClusterHistory.Answer(sent, now, edge, CampaignWriter.name(serial), said, until);
    }

    @Override
    public void close() {
        end();
    }

    /// Asks nothing more.
    void end() {
        ended = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(REQUEST.toMillis());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        http.shutdownNow();
    }
}
