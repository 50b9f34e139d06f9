package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.loadtest.drive.AnswerVerifier;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.loadtest.verify.OcspAnswerVerifier;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Requests about the serials of a corpus.
public final class CorpusRequests {
    private static final int UNASSIGNED = 1_000_000;

    private final Corpus corpus;
    private final IssuerCertificate issuer;

    private CorpusRequests(Corpus corpus, IssuerCertificate issuer) {
        this.corpus = corpus;
        this.issuer = issuer;
    }

    public static CorpusRequests about(Corpus corpus) throws PeerException {
        try {
            return new CorpusRequests(corpus, CertificateFile.readFirst(corpus.issuer()));
        } catch (InvalidCertificateException e) {
            throw new PeerException("the corpus's issuer: " + e.getMessage(), e);
        }
    }

    /// @param first number of the first assigned serial requested
    public RequestStream supply(long first, long count, Workload workload) {
        return RequestStream.of(
                new SerialPopulation(
                        issuer,
                        new CorpusTable(
                                corpus.plan().population(),
                                first,
                                Math.clamp(count, 1, Integer.MAX_VALUE),
                                true),
                        new CorpusTable(corpus.plan().population(), 0, UNASSIGNED, false)),
                workload);
    }

    /// As [#supply], for statuses that change meanwhile: good and revoked are both right.
    public RequestStream either(long first, long count, Workload workload) {
        CorpusTable known =
                new CorpusTable(
                        corpus.plan().population(),
                        first,
                        Math.clamp(count, 1, Integer.MAX_VALUE),
                        true);
        return RequestStream.of(
                new SerialPopulation(
                        issuer,
                        new EitherStatus(known),
                        new CorpusTable(corpus.plan().population(), 0, UNASSIGNED, false)),
                workload);
    }

    /// Checks the answers to all requests of [#supply].
    public AnswerVerifier check() {
        return new OcspAnswerVerifier(issuer);
    }

    /// A GET for the first serial, on a connection that ends with it.
    public byte[] probe() {
        return request(supply(0, 1, Workload.plainGet()), 0, 80, false);
    }

    /// The path of [#probe].
    public String probePath() {
        return new String(probe(), StandardCharsets.US_ASCII).split(" ", 3)[1];
    }

    /// As [#probe], for servers that cannot parse every GET: cfssl reads `+` as a space.
    public byte[] postProbe() {
        return request(supply(0, 1, Workload.plainPost()), 0, 80, false);
    }

    /// The answer to a client that keeps its connection open.
    public RawHttpExchange first(RunningPeer peer) throws PeerException {
        return ask(peer, request(supply(0, 1, Workload.plainGet()), 0, peer.port(), true));
    }

    /// A server's signed responses for the first serials.
    public List<ByteString> responses(RunningPeer peer, int count) throws PeerException {
        RequestStream stream = supply(0, count, Workload.plainGet());
        List<ByteString> responses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            responses.add(ask(peer, request(stream, i, peer.port(), false)).body());
        }
        return responses;
    }

    private static RawHttpExchange ask(RunningPeer peer, byte[] request) throws PeerException {
        try {
            RawHttpExchange exchange = RawHttpExchange.with(peer.port(), request);
            if (!exchange.isOk()) {
                throw new PeerException(peer.name() + " said " + exchange.head());
            }
            return exchange;
        } catch (IOException e) {
            throw new PeerException(peer.name() + ": " + e.getMessage(), e);
        }
    }

    private static byte[] request(RequestStream stream, long index, int port, boolean keepAlive) {
        EncodedRequest request = new EncodedRequest();
        stream.encoder(new TargetUrl("127.0.0.1", port, "/"), keepAlive).encode(index, request);
        return Arrays.copyOf(request.bytes(), request.length());
    }

    /// The same serials, assigned and no more is known of them.
    private record EitherStatus(SerialTable serials) implements SerialTable {
        @Override
        public int size() {
            return serials.size();
        }

        @Override
        public int copy(int row, byte[] into, int offset) {
            return serials.copy(row, into, offset);
        }

        @Override
        public ExpectedStatus expected(int row) {
            return ExpectedStatus.ASSIGNED;
        }
    }

    /// A range of the serials of a corpus, computed on demand.
    ///
    /// @param first number of the first
    /// @param assigned false: serials that the corpus does not have, in any number
    public record CorpusTable(SyntheticSerials serials, long first, int size, boolean assigned)
            implements SerialTable {
        @Override
        public int copy(int row, byte[] into, int offset) {
            if (assigned) {
                serials.write(first + row, into, offset);
            } else {
                System.arraycopy(
                        serials.unassigned(first + row), 0, into, offset, SyntheticSerials.BYTES);
            }
            return SyntheticSerials.BYTES;
        }

        @Override
        public ExpectedStatus expected(int row) {
            if (!assigned) {
                return ExpectedStatus.UNASSIGNED;
            }
            return serials.isRevoked(first + row) ? ExpectedStatus.REVOKED : ExpectedStatus.GOOD;
        }
    }
}
